"""What the chain said about consents, word by word, whether or not we know who spoke."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.db.models import QuerySet

from chain.domain.calls import EventRecord
from chain.facts import place_of, word
from consent.models import ChainWord

KINDS = {
    "Granted": ChainWord.Kind.GRANTED,
    "Renewed": ChainWord.Kind.RENEWED,
    "Revoked": ChainWord.Kind.REVOKED,
}


@dataclass(frozen=True)
class Standing:
    """The last word of an address about a dataset, and the grant that it goes back to.

    nonce: of the last word. grant_nonce, terms_digest: of the last grant, if one was heard.
    expiry: Unix seconds, of the last grant or renewal.
    """

    address: str
    dataset: str
    nonce: int
    is_granted: bool
    grant_nonce: int | None = None
    terms_digest: str = ""
    expiry: int = 0


def write(records: Sequence[EventRecord]) -> None:
    """Write words down. Hearing one again changes nothing."""
    ChainWord.objects.bulk_create(map(_word, records), ignore_conflicts=True)


def forget(block: int) -> None:
    """Drop the words of all blocks above this one."""
    ChainWord.objects.filter(block_number__gt=block).delete()


def standing(address: str, dataset: str) -> Standing | None:
    """Return what stands for an address and a dataset, both 0x; None when nothing was said."""
    words = ChainWord.objects.filter(address=address, dataset=dataset)
    return next(_standings(words), None)


def standings() -> Iterator[Standing]:
    """Yield what stands for every address and dataset that the chain spoke of."""
    return _standings(ChainWord.objects.all())


def _standings(words: QuerySet[ChainWord]) -> Iterator[Standing]:
    ordered = words.order_by("address", "dataset", "nonce").iterator(chunk_size=2_000)
    for _, said in groupby(ordered, key=lambda one: (one.address, one.dataset)):
        yield _last_of(said)


def _last_of(words: Iterator[ChainWord]) -> Standing:
    first = next(words)
    found = _after(Standing(first.address, first.dataset, first.nonce, is_granted=False), first)
    for one in words:
        found = _after(found, one)
    return found


def _after(before: Standing, said: ChainWord) -> Standing:
    is_grant = said.kind == ChainWord.Kind.GRANTED
    return Standing(
        address=said.address,
        dataset=said.dataset,
        nonce=said.nonce,
        is_granted=said.kind != ChainWord.Kind.REVOKED,
        grant_nonce=said.nonce if is_grant else before.grant_nonce,
        terms_digest=said.terms_digest if is_grant else before.terms_digest,
        expiry=before.expiry if said.expiry is None else said.expiry,
    )


def _word(record: EventRecord) -> ChainWord:
    args = record.args
    return ChainWord(
        kind=KINDS[record.name],
        address=args["driver"],
        dataset=word(args["dataset"]),
        terms_digest=word(args["terms"]) if "terms" in args else "",
        expiry=args.get("expiry"),
        nonce=args["nonce"],
        **place_of(record),
    )
