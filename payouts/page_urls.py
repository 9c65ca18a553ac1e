"""Addresses of the payouts room's pages."""

from django.urls import URLPattern, path

from payouts import pages as doors

pages: list[URLPattern] = [path("earnings", doors.earnings, name="earnings")]
