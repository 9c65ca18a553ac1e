"""Keep an object in every second place too, and drop an erased one everywhere."""

from collections.abc import Callable, Iterable
from functools import partial

from common.errors import Unavailable
from storage import ipfs, layout, targets
from storage.models import SealedObject
from storage.targets import Target
from work.claiming import Lease


def mirror(lease: Lease) -> None:
    """Let every mirror keep one pinned object.

    Raises NodeDown, WrongBytes when one of them could not: the row is tried again.
    """
    sealed = SealedObject.objects.filter(id=lease.reference).first()
    if sealed is not None and sealed.state == SealedObject.State.PINNED:
        cids = layout.cids_of(sealed)
        each(targets.mirrors(), lambda target: _keep_all(target, cids))
        sealed.refresh_from_db()
        if sealed.state == SealedObject.State.ERASED:  # while it was on its way there
            let_go(sealed)
    lease.finish()


def let_go(sealed: SealedObject) -> None:
    """Drop the bytes everywhere, but those that another object has too. Raises NodeDown."""
    loose = [cid for cid in layout.cids_of(sealed) if not layout.is_needed(cid)]
    if loose:
        each(targets.everywhere(), lambda target: target.let_go(*loose))


def each(places: Iterable[Target], act: Callable[[Target], None]) -> None:
    """Do this in every place, also when one fails. Raises what failed last."""
    failed: Unavailable | None = None
    for place in places:
        try:
            act(place)
        except Unavailable as error:
            failed = error
    if failed is not None:
        raise failed


def _keep_all(target: Target, cids: Iterable[str]) -> None:
    for cid in cids:
        if not target.keeps(cid):
            target.keep(cid, partial(ipfs.node().fetch, cid))
