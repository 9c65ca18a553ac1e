"""Addresses of the anonymize room's pages."""

from django.urls import URLPattern, path

from anonymize import pages as doors

pages: list[URLPattern] = [path("ledger", doors.ledger, name="ledger")]
