import base64
import uuid
from collections.abc import Callable

import pytest

from audit.models import AuditLine
from protocol import envelope
from protocol.envelope import Context
from storage import handover, keeping, sealing, selectors
from storage.errors import BadRecipientKey, Unreadable
from storage.models import SealedObject, WrappedKey
from tests.factories import keys
from tests.fakes.ipfs import FakeNode

pytestmark = pytest.mark.django_db

DATASET, RELEASE = uuid.uuid4(), uuid.uuid4()


@pytest.fixture
def sealed(ipfs_node: FakeNode) -> SealedObject:
    return sealing.seal_release(content=b"PAR1", dataset_id=DATASET, release_id=RELEASE)


def _key(sealed: SealedObject, public_key: bytes = keys.BUYER.public) -> WrappedKey | None:
    return handover.key_for(
        sealed=sealed,
        recipient_public_key=public_key,
        context_of_release=selectors.release_context(sealed),
    )


def test_a_release_is_sealed_once(sealed: SealedObject) -> None:
    again = sealing.seal_release(content=b"other", dataset_id=DATASET, release_id=RELEASE)
    assert again == sealed
    assert again.cid == sealed.cid


def test_a_sealed_release_is_kept_then_pinned(
    sealed: SealedObject, ipfs_node: FakeNode, work_through: Callable
) -> None:
    before = keeping.fetch(sealed)
    work_through("storage.tasks.pin_object")
    sealed.refresh_from_db()
    assert sealed.state == "pinned"
    assert keeping.fetch(sealed) == before == b"".join(ipfs_node.fetch(sealed.cid))


def test_a_buyer_gets_a_key_that_opens_the_release(
    sealed: SealedObject, builder_process: None, work_through: Callable
) -> None:
    assert _key(sealed) is None
    work_through("storage.tasks.wrap_for_buyer")
    key = _key(sealed)
    assert key is not None
    context = Context("release", "", str(DATASET), str(RELEASE))
    data_key = envelope.unwrap_key(base64.b64decode(key.sealed), keys.BUYER.private, context)
    assert envelope.open_bytes(keeping.fetch(sealed), data_key, context) == b"PAR1"
    assert AuditLine.objects.get().act == "release_key_handed_over"


def test_asking_again_asks_for_one_key(
    sealed: SealedObject, builder_process: None, work_through: Callable
) -> None:
    assert _key(sealed) is None
    assert _key(sealed) is None
    assert work_through("storage.tasks.wrap_for_buyer") == 1


def test_a_worker_without_the_key_leaves_the_row_to_the_builder(
    sealed: SealedObject, work_through: Callable
) -> None:
    _key(sealed)
    with pytest.raises(Exception, match="not_the_builder"):
        work_through("storage.tasks.wrap_for_buyer")
    assert _key(sealed) is None


@pytest.mark.parametrize("public_key", [b"", b"\x00" * 32, b"\x01" * 31])
def test_it_refuses_a_key_nothing_can_be_sealed_to(sealed: SealedObject, public_key: bytes) -> None:
    with pytest.raises(BadRecipientKey):
        _key(sealed, public_key)
    assert not WrappedKey.objects.filter(recipient_kind="buyer").exists()


def test_it_refuses_another_release_by_that_name(sealed: SealedObject) -> None:
    other = Context("release", "", str(uuid.uuid4()), str(RELEASE))
    with pytest.raises(Unreadable):
        handover.key_for(
            sealed=sealed, recipient_public_key=keys.BUYER.public, context_of_release=other
        )
