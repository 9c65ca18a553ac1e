"""Compare what must be kept with what every place keeps, mend what was lost, and write it down."""

import logging
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from django.utils import timezone

from common.errors import Unavailable
from storage import layout, targets, tidying
from storage.errors import NodeDown, WrongBytes
from storage.models import PinAudit, SealedObject
from storage.targets import Target
from work.claiming import Lease

logger = logging.getLogger(__name__)

SAMPLE = 32
"""Of so many objects, chosen anew each time, one part (or all there is) is read back and hashed."""

_ROWS_AT_ONCE = 500

KEPT_FOR = timedelta(days=90)


def audit(lease: Lease) -> None:
    """Look at every place once, our own disk too, as queued work."""
    tidying.tidy()
    audit_now()
    lease.finish()


def audit_now() -> list[PinAudit]:
    """Look at every place, mend what it lost, and return what was found, a row for each place.

    A place that does not answer is written down as out of reach; nothing is given up.
    """
    rows = [_audited(target) for target in targets.everywhere()]
    PinAudit.objects.filter(created_at__lt=timezone.now() - KEPT_FOR).delete()
    return rows


@dataclass
class _Tally:
    """How many objects were as they should be, and how many were not."""

    counts: dict[str, int] = field(default_factory=dict)

    def add(self, what: str) -> None:
        self.counts[what] = self.counts.get(what, 0) + 1


def _audited(target: Target) -> PinAudit:
    tally = _Tally()
    try:
        _look_at_all(target, tally)
        is_reachable = True
    except Unavailable:
        is_reachable = False
    row = PinAudit.objects.create(target=target.name, is_reachable=is_reachable, **tally.counts)
    logger.info("pins_audited target=%s counts=%s", target.name, tally.counts)
    return row


def _look_at_all(target: Target, tally: _Tally) -> None:
    """Raises Unavailable when the place itself does not answer."""
    pinned = SealedObject.objects.filter(state=SealedObject.State.PINNED)
    pinned = pinned.prefetch_related("parts")
    for sealed in pinned.iterator(chunk_size=_ROWS_AT_ONCE):
        for cid in layout.cids_of(sealed):
            tally.add("wanted")
            tally.add(_mended(target, cid))
    for sealed in pinned.order_by("?")[:SAMPLE]:
        if _is_damaged(target, secrets.choice(layout.cids_of(sealed))):
            tally.add("damaged")
    for cid in _erased():
        if target.keeps(cid):
            target.let_go(cid)
            tally.add("left_over")


def _mended(target: Target, cid: str) -> str:
    """Return held, mended or lost. Raises Unavailable when the place does not answer."""
    if target.keeps(cid):
        return "held"
    try:
        target.keep(cid, lambda: _pieces_of(cid, targets.everywhere()))
    except Unavailable:
        return "lost"
    return "mended"


def _is_damaged(target: Target, cid: str) -> bool:
    """Read an object back whole; damaged bytes are replaced when another place has them whole."""
    try:
        _drain(target.fetch(cid) or ())
    except WrongBytes:
        _replace(target, cid)
        return True
    except Unavailable:
        return False  # not there at all was counted before
    return False


def _replace(target: Target, cid: str) -> None:
    others = [place for place in targets.everywhere() if place.name != target.name]
    try:
        _drain(_pieces_of(cid, others))  # whole elsewhere, before what is left here is dropped
        target.let_go(cid)
        target.keep(cid, lambda: _pieces_of(cid, others))
    except Unavailable:
        logger.exception("damaged target=%s cid=%s", target.name, cid)


def _pieces_of(cid: str, places: Iterable[Target]) -> Iterator[bytes]:
    """Yield the bytes from the first place that has them; where one breaks off, the next goes on.

    Every piece was held against the CID, so those of two places fit. Raises NodeDown when none has
    the rest.
    """
    given = 0
    for place in places:
        try:
            for piece in place.fetch(cid, given) or ():
                given += len(piece)
                yield piece
        except Unavailable:
            continue
        if given:
            return
    raise NodeDown


def _drain(pieces: Iterable[bytes]) -> None:
    for _ in pieces:
        pass


def _erased() -> Iterator[str]:
    """Yield the CIDs of which nothing may be left: erased, let go, and of no other object."""
    gone = SealedObject.objects.filter(
        state=SealedObject.State.ERASED, unpinned_at__isnull=False
    ).prefetch_related("parts")
    for sealed in gone.iterator(chunk_size=_ROWS_AT_ONCE):
        yield from (cid for cid in layout.cids_of(sealed) if not layout.is_needed(cid))
