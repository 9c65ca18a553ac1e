"""Say where datasets and releases differ from what the chain told of them."""

from collections.abc import Iterator

from anonymize.models import ChainDataset, ChainRelease, Dataset, Release
from chain.comparing import compares
from chain.facts import word
from protocol.ids import to_bytes32


@compares("anonymize")
def differences() -> Iterator[str]:
    """Yield a line for each dataset and each release that says something else than the chain."""
    opened = {one.dataset: (one.fee_bps, one.rho_cap) for one in ChainDataset.objects.all()}
    for dataset in Dataset.objects.all():
        own = (dataset.fee_bps, dataset.rho_cap_micro)
        is_ready = dataset.state == Dataset.State.READY
        if opened.get(word(to_bytes32(dataset.id))) != (own if is_ready else None):
            yield f"dataset {dataset.id} is {dataset.state}"
    published = {one.release: _said(one) for one in ChainRelease.objects.all()}
    for release in Release.objects.defer("manifest"):
        is_published = release.state == Release.State.PUBLISHED
        said = published.get(word(to_bytes32(release.id)))
        if said != (_told(release) if is_published else None):
            yield f"release {release.id} is {release.state}"


def _said(fact: ChainRelease) -> tuple[object, ...]:
    return (fact.dataset, fact.manifest, fact.rho, fact.price, fact.consent_block, fact.tx_hash)


def _told(release: Release) -> tuple[object, ...]:
    return (
        word(to_bytes32(release.dataset_id)),
        release.manifest_digest,
        release.rho_micro,
        release.price_units,
        release.consent_block,
        release.tx_hash,
    )
