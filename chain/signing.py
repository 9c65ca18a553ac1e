"""Give calls a nonce and a signature, and store the bytes before anybody sees them."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils import timezone
from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_account.typed_transactions.typed_transaction import TypedTransaction
from hexbytes import HexBytes

from chain import contracts, deployed, gathering, identity, settling
from chain.domain import gas, objections
from chain.domain.wire import Refusal, Why, Wish
from chain.errors import NotDeployed
from chain.models import Attempt, OutboundCall
from chain.node import Node
from chain.turns import HeldTurn

logger = logging.getLogger(__name__)

AT_ONCE = 50
"""Calls that are dried, signed and stored together."""

MOST_IN_FLIGHT = 100
"""Nodes keep no more than so many unmined transactions of one account."""

_SIGNED = ["tx_hash", "lane", "nonce", "genesis_hash", "state", "sent_at", "waits_for", "reason"]
_WEI_PER_GWEI = 10**9


def sender() -> LocalAccount:
    """Return the account that pays for our transactions. Raises NotDeployed without a key."""
    if not settings.CHAIN_SENDER_KEY:
        raise NotDeployed(contract="sender")
    account: LocalAccount = Account.from_key(settings.CHAIN_SENDER_KEY)
    return account


def cap_wei() -> int:
    """Return the highest price per unit of gas that is ever paid."""
    return settings.CHAIN_MAX_FEE_GWEI * _WEI_PER_GWEI


def sign_queued(*, node: Node, turn: HeldTurn) -> int:
    """Sign what waits, urgent calls first, then the oldest. Returns how many calls moved.

    A call that the contract refuses is closed, but only when nothing sent earlier is still
    unmined: it may be waiting for that. A batch that fits into no block is parted.
    """
    in_flight = OutboundCall.objects.filter(state=OutboundCall.State.SENT).count()
    calls = list(_signable()[: max(0, min(AT_ONCE, MOST_IN_FLIGHT - in_flight))])
    if not calls:
        return 0
    account, terms = sender(), node.terms()
    wishes = [_wish(call) for call in calls]
    answers = [_judged(terms, one) for one in node.estimates(account.address, wishes)]
    mined = node.next_nonce(account.address)
    free = _first_free(account.address, mined)
    if free is None:
        return 0
    lane, refused = _Lane(account, free, is_clear=not in_flight), []
    prices = gas.fees_at(terms.base_fee_wei, cap_wei())
    for call, wish, answer in zip(calls, wishes, answers, strict=True):
        if isinstance(answer, Refusal):
            refused.append((call, answer, lane.is_clear))
        else:
            lane.sign(call, wish, answer, prices)
    with transaction.atomic():
        turn.check()
        if _first_free(account.address, mined) != free:
            return 0  # the indexer sent something again meanwhile
        lane.store()
        turned = [_turn_down(call, why, is_first=is_first) for call, why, is_first in refused]
    return len(lane.signed) + sum(turned)


def raise_fees(attempts: Sequence[Attempt], *, turn: HeldTurn, base_fee_wei: int) -> int:
    """Sign the same transactions, nonces and all, at prices that a node takes instead.

    Returns how many were signed; they are stored, and sent as everything else is.
    """
    ours = [attempt for attempt in attempts if attempt.lane == sender().address]
    raised = [attempt for one in ours if (attempt := _raised(one, base_fee_wei))]
    if not raised:
        return 0
    with transaction.atomic():
        turn.check()
        Attempt.objects.bulk_create(raised)
        for attempt in raised:
            OutboundCall.objects.filter(id=attempt.call_id).update(
                tx_hash=attempt.tx_hash, sent_at=None, waits_for="", reason=""
            )
    return len(raised)


def _raised(old: Attempt, base_fee_wei: int) -> Attempt | None:
    prices = gas.raised(gas.Prices(old.most_wei, old.tip_wei), base_fee_wei, cap_wei())
    if prices is None:
        return None
    fields = TypedTransaction.from_bytes(HexBytes(bytes(old.raw))).as_dict()
    same = {name: value for name, value in fields.items() if name not in {"v", "r", "s"}}
    logger.info("fee_raised call=%s nonce=%s most_wei=%s", old.call_id, old.nonce, prices.most_wei)
    return _attempt(sender(), old.call, same, prices, timezone.now())


def fill(*, node: Node, turn: HeldTurn, nonces: Sequence[int]) -> int:
    """Use up nonces that nothing of ours holds any more, by sending ourselves nothing."""
    if not nonces:
        return 0
    account, terms = sender(), node.terms()
    wish = Wish(account.address, b"")
    (estimate,) = node.estimates(account.address, [wish])
    if isinstance(estimate, Refusal):
        logger.error("gap_not_filled nonce=%s reason=%s", nonces[0], estimate.reason)
        return 0
    prices = gas.fees_at(terms.base_fee_wei, cap_wei())
    with transaction.atomic():
        turn.check()
        for nonce in nonces:
            reference = f"{settling.GAP_PREFIX}{account.address}.{nonce}"
            row, _ = OutboundCall.objects.get_or_create(reference=reference)
            lane = _Lane(account, nonce)
            lane.sign(row, wish, gas.limit_for(estimate), prices)
            lane.store()
            logger.warning("gap_filled nonce=%s", nonce)
    return len(nonces)


def _judged(terms: gas.Terms, answer: int | Refusal) -> int | Refusal:
    """Return the gas limit of an estimate, or the refusal of one that fits into no block."""
    if isinstance(answer, Refusal) or terms.fits(gas.limit_for(answer)):
        return answer if isinstance(answer, Refusal) else gas.limit_for(answer)
    return Refusal("it needs more gas than a block has", Why.TOO_LARGE)


@dataclass
class _Lane:
    """The one line of nonces of our account."""

    account: LocalAccount
    next_nonce: int
    is_clear: bool = True
    at: datetime = field(default_factory=timezone.now)
    signed: list[OutboundCall] = field(default_factory=list)
    attempts: list[Attempt] = field(default_factory=list)

    def sign(self, call: OutboundCall, wish: Wish, limit: int, prices: gas.Prices) -> None:
        """Give the call the next nonce; nothing is stored yet."""
        to = {} if wish.to is None else {"to": wish.to}
        fields: dict[str, Any] = {
            "type": 2,
            "chainId": settings.CHAIN_ID,
            "nonce": self.next_nonce,
            "gas": limit,
            "value": 0,
            "data": wish.data,
        }
        call.lane, call.nonce = self.account.address, self.next_nonce
        call.genesis_hash = identity.genesis_hash()
        attempt = _attempt(self.account, call, fields | to, prices, self.at)
        call.tx_hash, call.state, call.sent_at = attempt.tx_hash, OutboundCall.State.SENT, None
        call.waits_for = call.reason = ""
        self.signed.append(call)
        self.attempts.append(attempt)
        self.next_nonce += 1
        self.is_clear = False

    def store(self) -> None:
        """Keep what was signed, inside the caller's transaction."""
        OutboundCall.objects.bulk_update(self.signed, _SIGNED)
        Attempt.objects.bulk_create(self.attempts)


def _first_free(address: str, mined: int) -> int | None:
    """Return the lane's next nonce; None while confirmed calls must be sent again first."""
    State = OutboundCall.State  # noqa: N806 - a class
    mine = OutboundCall.objects.filter(identity.signed_here(), lane=address)
    if mine.filter(state=State.CONFIRMED, nonce__gte=mined).exists():
        return None
    highest = mine.filter(state=State.SENT).aggregate(highest=Max("nonce"))["highest"]
    return mined if highest is None else max(mined, highest + 1)


def _signable() -> QuerySet[OutboundCall]:
    known = Q(contract__in=deployed.read().get("contracts", {}))
    creation = Q(function=contracts.CONSTRUCTOR)
    queued = OutboundCall.objects.filter(known | creation, state=OutboundCall.State.QUEUED)
    return queued.order_by("-is_urgent", "waits_for", "created_at", "id")  # the hindered last


def _attempt(
    account: LocalAccount,
    call: OutboundCall,
    fields: dict[str, Any],
    prices: gas.Prices,
    at: datetime,
) -> Attempt:
    asked = {"maxFeePerGas": prices.most_wei, "maxPriorityFeePerGas": prices.tip_wei}
    signed = account.sign_transaction(fields | asked)
    return Attempt(
        call=call,
        lane=account.address,
        nonce=fields["nonce"],
        raw=bytes(signed.raw_transaction),
        tx_hash="0x" + signed.hash.hex(),
        most_wei=prices.most_wei,
        tip_wei=prices.tip_wei,
        made_at=at,
    )


def _turn_down(call: OutboundCall, refusal: Refusal, *, is_first: bool) -> int:
    """Do what a refused dry run asks for. Returns how many calls moved."""
    if refusal.why is Why.UNCLEAR:
        settling.hinder(call, OutboundCall.WaitsFor.NODE, refusal.reason)
        return 0
    if refusal.why is Why.TOO_LARGE and _is_batch(call) and gathering.split(call):
        return 1
    if refusal.why is Why.REVERTED and objections.is_halt(refusal.reason):
        settling.hinder(call, OutboundCall.WaitsFor.STEWARDS, refusal.reason)
        return 0
    if not is_first:
        return 0
    settling.fail(call, refusal.reason)
    return 1


def _is_batch(call: OutboundCall) -> bool:
    return call.reference.startswith(gathering.PREFIX)


def _wish(call: OutboundCall) -> Wish:
    is_creation = call.function == contracts.CONSTRUCTOR
    to = None if is_creation else deployed.address_of(call.contract)
    return Wish(to, bytes(call.calldata))
