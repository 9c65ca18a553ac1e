"""Datasets and releases are facts of their own, whoever made them."""

from datetime import UTC, datetime

import pytest

from anonymize import comparing, recording
from anonymize.models import ChainDataset, ChainRelease, Dataset, Release
from chain import subscriptions
from chain.domain.calls import EventRecord
from protocol.ids import to_bytes32
from tests.factories import anonymize as factory

pytestmark = pytest.mark.django_db

MARKET = "ReleaseMarket"
FOREIGN = b"\xff" * 32


def record(name: str, block: int, **args: object) -> EventRecord:
    return EventRecord(
        contract=MARKET,
        name=name,
        args=args,
        block_number=block,
        block_hash="0x" + f"{block:064x}",
        block_at=datetime(2026, 1, 1, tzinfo=UTC),
        tx_hash="0x" + f"{block:064x}",
        log_index=0,
    )


def opened(dataset: bytes, *, block: int = 3, fee_bps: int = 1_200) -> EventRecord:
    token = "0x" + "11" * 20
    return record(
        "DatasetCreated", block, dataset=dataset, token=token, fee_bps=fee_bps, rho_cap=250_000
    )


def published(release: bytes, dataset: bytes, *, block: int = 4, price: int = 1_000_000):
    return record(
        "ReleasePublished",
        block,
        release=release,
        dataset=dataset,
        manifest=b"\x01" * 32,
        cid_digest=b"\x02" * 32,
        contributors=b"\x03" * 32,
        total_weight=12,
        rho=100_000,
        price=price,
        consent_block=2,
    )


@pytest.fixture
def dataset():
    return factory.make_dataset()


@pytest.fixture
def release(dataset):
    return factory.make_release(
        dataset,
        state=Release.State.PUBLISHING,
        manifest_digest="0x" + "01" * 32,
        consent_block=2,
    )


@pytest.fixture
def story(dataset, release):
    words = to_bytes32(dataset.id), to_bytes32(release.id)
    return [opened(words[0]), published(words[1], words[0])]


def test_rows_agree_with_what_was_heard_however_often(story):
    for _ in range(2):
        subscriptions.dispatch_all(story)
    assert (ChainDataset.objects.count(), ChainRelease.objects.count()) == (1, 1)
    assert list(comparing.differences()) == []


def test_rows_that_say_something_else_are_named(story, dataset, release):
    assert str(dataset.id) in "".join(comparing.differences())  # ready, and nothing was heard
    subscriptions.dispatch_all(story)
    Release.objects.update(price_units=7)
    (line,) = comparing.differences()
    assert str(release.id) in line


def test_what_left_the_chain_is_taken_back(story, dataset, release):
    subscriptions.dispatch_all(story)
    for one in reversed(story):
        subscriptions.dispatch_undone(one)
    recording.forget(2)
    assert not ChainDataset.objects.exists()
    assert not ChainRelease.objects.exists()
    assert list(comparing.differences()) == []
    release.refresh_from_db()
    dataset.refresh_from_db()
    assert (release.state, dataset.state) == (Release.State.PUBLISHING, Dataset.State.REGISTERING)
    subscriptions.dispatch_all(story)
    assert list(comparing.differences()) == []


def test_ids_that_are_none_of_ours_are_facts_all_the_same():
    subscriptions.dispatch_all([opened(FOREIGN), published(FOREIGN, FOREIGN)])
    assert ChainRelease.objects.get().release == "0x" + FOREIGN.hex()
    assert list(comparing.differences()) == []
