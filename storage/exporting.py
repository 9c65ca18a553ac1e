"""Tell a driver of every upload, with the wrapped key that only their own seed opens."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import islice
from typing import Any

from audit import selectors as audit
from registry.models import Driver
from registry.sections import tells
from storage import api, selectors
from storage.models import Upload, WrappedKey

_AT_ONCE = 200


@tells("uploads")
def uploads(driver: Driver) -> Iterator[dict[str, Any]]:
    """Tell of every upload, erased ones too, and of each time the builder opened it."""
    rows = selectors.uploads_of(driver).prefetch_related("wrapped_keys")
    source = rows.order_by("created_at", "id").iterator(chunk_size=_AT_ONCE)
    while some := list(islice(source, _AT_ONCE)):
        yield from _told(some)


def _told(rows: Sequence[Upload]) -> Iterator[dict[str, Any]]:
    opened = audit.times([f"upload:{row.id}" for row in rows], act="upload_opened")
    for row in rows:
        yield {
            **api.shown(row),
            "builder_key_id": row.builder_key_id,
            "context": asdict(selectors.context_of(row)),
            "wrapped_key": _own_copy(row),
            "opened_by_builder_at": opened.get(f"upload:{row.id}", []),
        }


def _own_copy(upload: Upload) -> dict[str, str] | None:
    own = WrappedKey.Recipient.DRIVER
    copies = [key for key in upload.wrapped_keys.all() if key.recipient_kind == own]
    return {"alg": "crypto_box_seal", "sealed": copies[0].sealed} if copies else None
