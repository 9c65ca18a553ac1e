"""Wake-ups may come twice, late, or while somebody else is at it."""

from chain import outbox, tasks, turns
from chain.models import OutboundCall, StoredEvent, Turn
from tests.chain.conftest import TOMBSTONE


def test_a_wake_up_sends_and_then_wakes_the_indexer(chain, db, wakes):
    outbox.submit(call=TOMBSTONE, reference="consent.1")
    tasks.send_calls()
    assert OutboundCall.objects.get().state == "confirmed"
    assert ("chain.tasks.index_blocks", []) in wakes


def test_a_wake_up_indexes(chain, db):
    chain.emit("ConsentRegistry", "Erased", {"digest": b"e" * 32})
    tasks.index_blocks()
    tasks.index_blocks()
    assert StoredEvent.objects.count() == 1


def test_two_at_once_do_nothing_twice(chain, db):
    outbox.submit(call=TOMBSTONE, reference="consent.1")
    with turns.take("sending"):
        tasks.send_calls()
    assert OutboundCall.objects.get().state == "queued"


def test_a_turn_is_given_back(chain, db):
    tasks.send_calls()
    assert Turn.objects.get(name="sending").owner == ""


def test_a_silent_node_is_no_error_of_the_task(chain, db):
    chain.is_down = True
    outbox.submit(call=TOMBSTONE, reference="consent.1")
    tasks.send_calls()
    tasks.index_blocks()


def test_a_transaction_wakes_the_sender_once(chain, db, wakes, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        for number in range(5):
            outbox.submit(call=TOMBSTONE, reference=f"consent.{number}")
    assert wakes == [("chain.tasks.send_calls", [])]
