"""Addresses of the storage room's pages."""

from django.urls import URLPattern, path

from storage import pages as doors
from storage import usage_pages

pages: list[URLPattern] = [
    path("upload", doors.upload, name="upload"),
    path("uploads", doors.uploads, name="uploads"),
    path("storage", usage_pages.storage, name="storage"),
]
