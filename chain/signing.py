"""Give queued calls a nonce and a signature, and store the bytes before anybody sees them."""

from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from eth_account import Account
from eth_account.signers.local import LocalAccount

from chain import contracts, deployed, settling
from chain.domain import gas
from chain.domain.wire import Refusal, Wish
from chain.errors import NotDeployed
from chain.models import OutboundCall
from chain.node import Node
from chain.turns import HeldTurn

AT_ONCE = 50
"""Calls that are dried, signed and stored together."""


def sender() -> LocalAccount:
    """Return the account that pays for our transactions. Raises NotDeployed without a key."""
    if not settings.CHAIN_SENDER_KEY:
        raise NotDeployed(contract="sender")
    account: LocalAccount = Account.from_key(settings.CHAIN_SENDER_KEY)
    return account


def sign_queued(*, node: Node, turn: HeldTurn) -> int:
    """Sign the oldest queued calls; close those that the contract refuses. Returns how many moved.

    A refusal counts only when nothing sent earlier is still unmined: it may be waiting for that.
    """
    queued = OutboundCall.objects.filter(state=OutboundCall.State.QUEUED)
    calls = list(queued.order_by("created_at", "id")[:AT_ONCE])
    if not calls:
        return 0
    account = sender()
    wishes = [Wish(_receiver(call), bytes(call.calldata)) for call in calls]
    answers = node.estimates(account.address, wishes)
    prices = gas.fees_at(node.base_fee_wei())
    mined = node.next_nonce(account.address)
    moved = 0
    with transaction.atomic():
        turn.check()
        lane = _Lane.of(account, mined, prices)
        for call, wish, answer in zip(calls, wishes, answers, strict=True):
            if not isinstance(answer, Refusal):
                lane.sign(call, wish, gas.limit_for(answer))
            elif lane.is_clear:
                settling.fail(call, answer.reason)
            else:
                continue
            moved += 1
        OutboundCall.objects.bulk_update(lane.signed, _SIGNED_FIELDS)
    return moved


_SIGNED_FIELDS = ["raw", "tx_hash", "lane", "nonce", "state", "attempts", "sent_at"]


@dataclass
class _Lane:
    """The one line of nonces of our account."""

    account: LocalAccount
    prices: gas.Prices
    next_nonce: int
    is_clear: bool
    signed: list[OutboundCall] = field(default_factory=list)

    @classmethod
    def of(cls, account: LocalAccount, mined: int, prices: gas.Prices) -> "_Lane":
        in_flight = OutboundCall.objects.filter(state=OutboundCall.State.SENT, lane=account.address)
        highest = in_flight.aggregate(highest=Max("nonce"))["highest"]
        is_clear = highest is None
        return cls(account, prices, mined if is_clear else max(mined, highest + 1), is_clear)

    def sign(self, call: OutboundCall, wish: Wish, limit: int) -> None:
        fields: dict[str, Any] = {
            "type": 2,
            "chainId": settings.CHAIN_ID,
            "nonce": self.next_nonce,
            "gas": limit,
            "maxFeePerGas": self.prices.most_wei,
            "maxPriorityFeePerGas": self.prices.tip_wei,
            "value": 0,
            "data": wish.data,
        }
        to = {} if wish.to is None else {"to": wish.to}
        signed = self.account.sign_transaction(fields | to)
        call.raw = bytes(signed.raw_transaction)
        call.tx_hash = "0x" + signed.hash.hex()
        call.lane, call.nonce = self.account.address, self.next_nonce
        call.state, call.sent_at = OutboundCall.State.SENT, None
        call.attempts += 1
        call.save(update_fields=["raw", "tx_hash", "lane", "nonce", "state", "attempts", "sent_at"])
        self.next_nonce += 1
        self.is_clear = False


def _receiver(call: OutboundCall) -> str | None:
    is_creation = call.function == contracts.CONSTRUCTOR
    return None if is_creation else deployed.address_of(call.contract)
