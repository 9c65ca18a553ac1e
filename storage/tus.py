"""The door of an upload's bytes: tus 1.0 core, and reading them back, from anywhere on."""

from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.http import HttpResponseBase, StreamingHttpResponse
from rest_framework.parsers import BaseParser
from rest_framework.permissions import AllowAny, BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import Door
from storage import intake, keeping, selectors
from storage.domain import ranges
from storage.errors import (
    BeyondWhatIsHere,
    NotHereYet,
    OffsetMissing,
    PartTooLarge,
    TusVersion,
)
from storage.models import Upload

VERSION: Final = "1.0.0"
_PIECE_BYTES: Final = 256 * 1024


class PartParser(BaseParser):
    """The raw bytes of one part, never more than one part may have."""

    media_type = "application/offset+octet-stream"

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:  # noqa: ARG002 - DRF's signature
        """Return the bytes, in pieces as they came. Raises PartTooLarge before it reads too much.

        In pieces, for blocks of memory that are new each time cost more than what is done in them.
        """
        most = settings.UPLOAD_PART_MAX_BYTES
        part: list[bytes] = []
        size = 0
        while piece := stream.read(min(_PIECE_BYTES, most + 1 - size)):
            part.append(piece)
            size += len(piece)
            if size > most:
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
        part = _part(request)
        try:
            upload = intake.append(upload=upload, offset=offset, part=part)
        finally:
            part.clear()  # a request lies in circles and would hold its bytes until they are found
        return Response(status=204, headers=_headers(upload))

    def get(self, request: Request, upload_id: UUID) -> HttpResponseBase:
        """Stream the sealed bytes, for the driver to open; all, or the one range asked for."""
        upload = selectors.upload_of(user=request.user, upload_id=upload_id)
        if upload.sealed is None:
            raise NotHereYet
        size_bytes, tag = upload.size_bytes, f'"sha256:{upload.sha256}"'
        span = ranges.wanted(_range(request, tag), size_bytes)
        if span is not None and span.start >= size_bytes:
            raise BeyondWhatIsHere(size_bytes=size_bytes)
        start, stop = (span.start, span.stop) if span else (0, size_bytes)
        pieces = ranges.cut(keeping.pieces(upload.sealed, start), stop - start)
        headers = {"Accept-Ranges": "bytes", "ETag": tag, "Content-Length": str(stop - start)}
        if span is not None:
            headers["Content-Range"] = f"bytes {start}-{stop - 1}/{size_bytes}"
        return StreamingHttpResponse(
            pieces,
            status=200 if span is None else 206,
            content_type="application/octet-stream",
            headers=headers,
        )


def _range(request: Request, tag: str) -> str:
    """Return the range that is asked for, unless it is one of other bytes than these."""
    same = request.headers.get("If-Range", tag) == tag
    return request.headers.get("Range", "") if same else ""


def _offset(request: Request) -> int:
    text = request.headers.get("Upload-Offset", "")
    if not (text.isascii() and text.isdigit()):
        raise OffsetMissing
    return int(text)


def _part(request: Request) -> list[bytes]:
    part = request.data  # what PartParser read; of an empty body the framework makes a dict
    return part if isinstance(part, list) else []


def _headers(upload: Upload) -> dict[str, str]:
    return {"Upload-Offset": str(upload.received_bytes), "Tus-Resumable": VERSION}
