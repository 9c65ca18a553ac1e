"""Addresses of the storage room."""

from django.urls import URLPattern, path

from storage import api as doors
from storage import tus
from storage.page_urls import pages

api: list[URLPattern] = [
    path("builder-key", doors.BuilderKeyView.as_view(), name="builder_key"),
    path("uploads", doors.UploadsView.as_view(), name="uploads"),
    path("uploads/<uuid:upload_id>", doors.UploadView.as_view(), name="upload"),
    path("uploads/<uuid:upload_id>/content", tus.ContentView.as_view(), name="upload_content"),
    path(
        "uploads/<uuid:upload_id>/erasure",
        doors.UploadErasureView.as_view(),
        name="upload_erasure",
    ),
    path("uploads/<uuid:upload_id>/key", doors.UploadKeyView.as_view(), name="upload_key"),
]

__all__ = ["api", "pages"]
