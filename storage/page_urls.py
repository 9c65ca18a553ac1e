"""Addresses of the storage room's pages."""

from django.urls import URLPattern, path

from storage import pages as doors

pages: list[URLPattern] = [
    path("upload", doors.upload, name="upload"),
    path("uploads", doors.uploads, name="uploads"),
]
