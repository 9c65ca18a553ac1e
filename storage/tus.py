"""The door of an upload's bytes: tus 1.0 core, and reading them back."""

from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from rest_framework.parsers import BaseParser
from rest_framework.permissions import AllowAny, BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import Door
from storage import intake, keeping, selectors
from storage.errors import NotHereYet, OffsetMissing, PartTooLarge, TusVersion
from storage.models import Upload

VERSION: Final = "1.0.0"


class PartParser(BaseParser):
    """The raw bytes of one part, never more than one part may have."""

    media_type = "application/offset+octet-stream"

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:  # noqa: ARG002 - DRF's signature
        """Return the bytes. Raises PartTooLarge before it reads too much."""
        most = settings.UPLOAD_PART_MAX_BYTES
        part: bytes = stream.read(most + 1)
        if len(part) > most:
            raise PartTooLarge(most_bytes=most)
        return part


class ContentView(Door):
    """The sealed bytes of one upload."""

    parser_classes = [PartParser]

    def get_permissions(self) -> list[BasePermission]:
        """Let anybody ask what is spoken here; the rest is the driver's."""
        return [AllowAny()] if self.request.method == "OPTIONS" else [IsAuthenticated()]

    def options(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # type: ignore[override]  # noqa: ARG002 - DRF's signature
        """Return the version and the limit."""
        headers = {"Tus-Version": VERSION, "Tus-Max-Size": str(settings.UPLOAD_MAX_BYTES)}
        return Response(status=204, headers={**headers, "Tus-Resumable": VERSION})

    def head(self, request: Request, upload_id: UUID) -> Response:
        """Return how many bytes are here."""
        upload = selectors.upload_of(user=request.user, upload_id=upload_id)
        headers = _headers(upload)
        return Response(
            status=200,
            headers={
                **headers,
                "Upload-Length": str(upload.size_bytes),
                "Cache-Control": "no-store",
            },
        )

    def patch(self, request: Request, upload_id: UUID) -> Response:
        """Return how many bytes are here after this part."""
        if request.headers.get("Tus-Resumable", VERSION) != VERSION:
            raise TusVersion
        offset = _offset(request)
        upload = selectors.upload_of(user=request.user, upload_id=upload_id)
        upload = intake.append(upload=upload, offset=offset, part=_part(request))
        return Response(status=204, headers=_headers(upload))

    def get(self, request: Request, upload_id: UUID) -> HttpResponse:
        """Return the sealed bytes, for the driver to open."""
        upload = selectors.upload_of(user=request.user, upload_id=upload_id)
        if upload.sealed is None:
            raise NotHereYet
        content = keeping.fetch(upload.sealed)
        return HttpResponse(content, content_type="application/octet-stream")


def _offset(request: Request) -> int:
    text = request.headers.get("Upload-Offset", "")
    if not (text.isascii() and text.isdigit()):
        raise OffsetMissing
    return int(text)


def _part(request: Request) -> bytes:
    part: Any = request.data  # what PartParser read
    return bytes(part)


def _headers(upload: Upload) -> dict[str, str]:
    return {"Upload-Offset": str(upload.received_bytes), "Tus-Resumable": VERSION}
