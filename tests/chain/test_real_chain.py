"""The chain room against a real node: batches, crashes, forks, rebuilding."""

import secrets
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from chain import (
    deployed,
    indexing,
    node,
    outbox,
    reading,
    sending,
    signing,
    subscriptions,
    turns,
)
from chain.domain.calls import ContractCall, EventRecord
from chain.errors import CallRefused
from chain.models import OutboundCall, OutboundItem, StoredEvent
from protocol import typed_data
from stack.rpc import call as rpc
from tests.chain.conftest import TOMBSTONE

pytestmark = [pytest.mark.worlds]

TERMS = b"t" * 32
GRANT_GAS_MOST = 32_000
REVOKE_GAS_MOST = 15_000


def send_all() -> None:
    OutboundItem.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    with turns.take("sending") as turn:
        sending.run(turn=turn)


def index_all() -> None:
    with turns.take("indexing") as turn:
        indexing.run(turn=turn)


def domain():
    return typed_data.consent_domain(31337, reading.address_of("ConsentRegistry"))


def submit_grant(private: bytes, dataset: bytes) -> str:
    expiry = int(reading.head().at.timestamp()) + 86_400
    driver = typed_data.address_of(private)
    typed = typed_data.grant(
        domain(), driver=driver, dataset=dataset, terms=TERMS, expiry=expiry, nonce=0
    )
    signature = typed_data.compact(typed_data.sign(private, typed))
    _submit("grant_batch", (driver, dataset, TERMS, expiry, 0, *signature))
    return driver


def submit_revoke(private: bytes, dataset: bytes) -> None:
    driver = typed_data.address_of(private)
    typed = typed_data.revoke(domain(), driver=driver, dataset=dataset, nonce=1)
    signature = typed_data.compact(typed_data.sign(private, typed))
    _submit("revoke_batch", (driver, dataset, 1, *signature))


def _submit(function: str, item: tuple) -> None:
    outbox.submit_item(
        contract="ConsentRegistry",
        batch_function=function,
        item=item,
        reference=f"consent.{secrets.token_hex(8)}",
    )


def events():
    return sorted(StoredEvent.objects.values_list("block_hash", "log_index", "name"))


def gas_of(chain: str, function: str) -> int:
    call = OutboundCall.objects.filter(function=function).latest("created_at")
    return int(rpc(chain, "eth_getTransactionReceipt", call.tx_hash)["gasUsed"], 16)


def test_deploying_again_changes_nothing_and_says_what_differs(real_chain):
    before, calls = deployed.read(), OutboundCall.objects.count()
    for _ in range(2):
        with pytest.raises(CommandError, match="no builder key"):
            call_command("deploy_contracts", builder_key_sha256="ab" * 32)
    assert deployed.read() == before
    assert OutboundCall.objects.count() == calls


def test_a_hundred_grants_and_revocations_stand_after_one_call_each(real_chain):
    dataset = secrets.token_bytes(16) + bytes(16)
    keys = [secrets.token_bytes(32) for _ in range(100)]
    drivers = [submit_grant(key, dataset) for key in keys]
    send_all()
    granted_at = reading.head().number
    assert gas_of(real_chain, "grant_batch") <= 100 * GRANT_GAS_MOST
    for key in keys:
        submit_revoke(key, dataset)
    send_all()
    assert gas_of(real_chain, "revoke_batch") <= 100 * REVOKE_GAS_MOST
    ask = ContractCall("ConsentRegistry", "are_active", ([(one, dataset) for one in drivers],))
    assert reading.view(ask, block=granted_at) == [True] * 100
    assert reading.view(ask) == [False] * 100
    assert OutboundItem.objects.filter(state="settled").count() == 200


def test_a_revocation_that_overtakes_its_grant_stands_in_the_end(real_chain):
    dataset, key = secrets.token_bytes(32), secrets.token_bytes(32)
    submit_revoke(key, dataset)
    send_all()
    driver = submit_grant(key, dataset)
    send_all()
    send_all()
    assert reading.view(ContractCall("ConsentRegistry", "nonces", (driver, dataset))) == 2
    assert set(OutboundItem.objects.values_list("state", flat=True)) == {"settled"}


def test_a_crash_around_sending_sends_once(real_chain):
    outbox.submit(call=TOMBSTONE, reference="test.1")
    outbox.submit(call=TOMBSTONE, reference="test.2")
    rpc_node = node.connect()
    with turns.take("sending") as turn:
        signing.sign_queued(node=rpc_node, turn=turn)
    first = OutboundCall.objects.get(reference="test.1")
    rpc_node.send(
        [bytes(first.attempts.get().raw)]
    )  # sent, and then we died; the second was never sent
    send_all()
    index_all()
    assert StoredEvent.objects.filter(name="Erased").count() == 2
    states = OutboundCall.objects.filter(reference__startswith="test.").values_list("state")
    assert set(states) == {("confirmed",)}


@pytest.mark.parametrize("depth", [1, 3])
def test_after_a_real_fork_the_rows_equal_a_rebuild(real_chain, depth):
    undone: list[EventRecord] = []
    subscriptions.on_undone("ConsentRegistry", "Erased")(undone.append)
    for number in range(4):
        outbox.submit(call=TOMBSTONE, reference=f"test.{number}")
        send_all()
        index_all()
    rpc(real_chain, "anvil_reorg", depth, [])
    index_all()
    assert len(undone) >= depth
    send_all()
    index_all()
    live = events()
    assert [name for *_, name in live].count("Erased") == 4
    with turns.take("indexing") as turn:
        indexing.forget()
        indexing.run(turn=turn)
    assert events() == live


def test_a_refusal_is_told_in_the_contracts_words(real_chain):
    zero = ContractCall("ReleaseMarket", "claim", ("0x" + "11" * 20, "0x" + "00" * 20, [], 0, b""))
    with pytest.raises(CallRefused) as refused:
        reading.view(zero)
    assert refused.value.facts == {"reason": "market: no recipient"}
    outbox.submit(call=zero, reference="claim.1")
    send_all()
    call = OutboundCall.objects.get(reference="claim.1")
    assert (call.state, call.reason, call.nonce) == ("failed", "market: no recipient", None)
