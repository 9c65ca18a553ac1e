"""In which IPFS objects a sealed object lies: itself, or its parts and the manifest of them."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings

from protocol import parts
from protocol.parts import Manifest, Part
from storage.errors import WrongBytes
from storage.models import SealedObject, SealedPart


@dataclass(frozen=True)
class Stretch:
    """Bytes of a sealed object that are an IPFS object. start_bytes: where they begin."""

    cid: str
    start_bytes: int
    size_bytes: int


def rule() -> parts.Rule:
    """Return when we cut a file, and into what."""
    return parts.Rule(settings.IPFS_WHOLE_MAX_BYTES, settings.IPFS_PART_BYTES)


def parts_of(sealed: SealedObject) -> tuple[Part, ...]:
    """Return the parts, in their order; none when the object is one."""
    return tuple(Part(row.cid, row.size_bytes) for row in sealed.parts.all())


def stretches(sealed: SealedObject) -> list[Stretch]:
    """Return the IPFS objects that hold the bytes, in their order.

    Raises WrongBytes when these parts are not the ones that the object's CID names.
    """
    found = parts_of(sealed)
    if not found:
        return [Stretch(sealed.cid, 0, sealed.size_bytes)]
    if _manifest(sealed, found).cid != sealed.cid:
        raise WrongBytes
    return list(_placed(found))


def manifest_of(sealed: SealedObject) -> bytes:
    """Return the manifest as it is kept beside the parts; empty when the object is one."""
    found = parts_of(sealed)
    return _manifest(sealed, found).encode() if found else b""


def cids_of(sealed: SealedObject) -> list[str]:
    """Return the CID of every IPFS object that must be kept for this one, its own the last."""
    return list(dict.fromkeys([*(part.cid for part in parts_of(sealed)), sealed.cid]))


def is_needed(cid: str, *, but: SealedObject | None = None) -> bool:
    """Return whether an object that is not erased lies in this IPFS object, or is it.

    but: one that does not count.
    """
    living = SealedObject.objects.exclude(state=SealedObject.State.ERASED)
    if but is not None:
        living = living.exclude(id=but.id)
    in_parts = SealedPart.objects.filter(cid=cid, sealed__in=living)
    return living.filter(cid=cid).exists() or in_parts.exists()


def _placed(found: tuple[Part, ...]) -> Iterator[Stretch]:
    start = 0
    for part in found:
        yield Stretch(part.cid, start, part.size_bytes)
        start += part.size_bytes


def _manifest(sealed: SealedObject, found: tuple[Part, ...]) -> Manifest:
    return Manifest(sealed.size_bytes, sealed.sha256, found)
