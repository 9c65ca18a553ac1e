"""Items travel together, are parted where they must be, and fail alone."""

from datetime import timedelta

from django.utils import timezone

from chain import gathering, node, outbox, sending, signing
from chain.models import OutboundCall, OutboundItem
from tests.chain.conftest import TOMBSTONE
from tests.chain.wishes import REGISTRY, make_due, submit_item
from tests.fakes import chain as fakes

State = OutboundCall.State


def test_items_travel_together(chain, sending_turn):
    chain.speak = fakes.grants
    for number in range(230):
        submit_item(number)
    gathering.gather(turn=sending_turn, at=timezone.now())
    assert OutboundCall.objects.count() == 2  # full ones leave at once, the rest waits
    make_due()
    assert sending.run(turn=sending_turn) == 3
    assert set(OutboundItem.objects.values_list("state", flat=True)) == {"settled"}


def test_a_skipped_item_tries_again_and_then_fails_alone(chain, sending_turn, failures):
    chain.speak = fakes.grants
    good, bad = submit_item(1), submit_item(2, nonce=9)
    for _ in range(3):
        make_due()
        sending.run(turn=sending_turn)
    good.refresh_from_db()
    bad.refresh_from_db()
    assert (good.state, bad.state) == ("settled", "failed")
    assert failures == [("consent.2", "wrong nonce")]


def test_a_refused_batch_fails_its_items(chain, sending_turn, failures):
    chain.refusals["grant_batch"] = "no"
    submit_item(1)
    make_due()
    sending.run(turn=sending_turn)
    assert failures == [("consent.1", "no")]


def test_a_batch_that_fits_into_no_block_is_parted_in_order(chain, sending_turn):
    chain.speak = fakes.grants
    chain.gas_limit = 1_000_000  # 16 items
    items = [submit_item(number) for number in range(40)]
    make_due()
    sending.run(turn=sending_turn)
    calls = OutboundCall.objects.order_by("nonce")
    assert [call.items.count() for call in calls] == [10, 10, 10, 10]
    travelled = [item.id for call in calls for item in call.items.order_by("position")]
    assert travelled == [item.id for item in items]
    assert set(OutboundItem.objects.values_list("state", flat=True)) == {"settled"}


def test_a_revocation_leaves_before_grants_that_were_there_first(chain, sending_turn):
    for number in range(150):
        submit_item(number)
    gathering.gather(turn=sending_turn, at=timezone.now())
    submit_item(500, function="revoke_batch")
    make_due()
    gathering.gather(turn=sending_turn, at=timezone.now())
    signing.sign_queued(node=node.connect(), turn=sending_turn)
    in_order = OutboundCall.objects.order_by("nonce").values_list("function", flat=True)
    assert list(in_order) == ["revoke_batch", "grant_batch", "grant_batch"]


def test_an_item_that_overtook_another_is_tried_until_that_one_has_arrived(
    chain, sending_turn, failures
):
    chain.speak = fakes.grants
    older = submit_item(1)
    OutboundItem.objects.update(due_at=timezone.now() + timedelta(days=1))
    quick = submit_item(2, nonce=9)
    call = outbox.submit(call=TOMBSTONE, reference="test.1")
    for _ in range(5):
        OutboundItem.objects.filter(id=quick.id).update(due_at=timezone.now())
        gathering._make_call(
            REGISTRY, "grant_batch", list(OutboundItem.objects.filter(id=quick.id))
        )
        sending.run(turn=sending_turn)
    quick.refresh_from_db()
    assert (older.state, quick.state, quick.attempts, failures) == ("waiting", "waiting", 0, [])
    assert call.state == State.QUEUED
