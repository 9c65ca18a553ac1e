"""Read all events of one kind again, straight from the node, whatever was indexed before."""

from collections.abc import Iterator

from django.conf import settings

from chain import deployed, node, spans
from chain.domain import limits
from chain.domain.calls import EventRecord
from chain.errors import RangeTooWide


def every(contract: str, name: str) -> Iterator[EventRecord]:
    """Yield each such event from the first block of ours to the newest that is confirmed.

    Raises NodeDown, NotDeployed.
    """
    rpc = node.connect()
    newest = spans.solid(rpc.block()).number - settings.CHAIN_CONFIRMATIONS + 1
    names = {
        address: known
        for address, known in deployed.names_by_address().items()
        if known == contract
    }
    first, width = deployed.first_block(), limits.WIDEST
    while first <= newest:
        last = min(first + width - 1, newest)
        try:
            heard = spans.read(rpc, names, first, last)
        except RangeTooWide:
            if width == 1:
                raise
            width = limits.narrower(min(width, last - first + 1))
            continue
        yield from (record for record in heard.records if record.name == name)
        first = last + 1
