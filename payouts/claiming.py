"""Take a driver's signed claim and hand it to the relayer."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction

from chain import outbox, reading
from chain.domain.calls import ContractCall
from payouts.errors import (
    AddressMalformed,
    ClaimUnderWay,
    DeadlineTooClose,
    NothingDue,
    ShareNotFound,
    WrongSignature,
)
from payouts.models import Claim, Share
from protocol import allotment, ids, typed_data
from protocol.errors import ProtocolError
from registry import wallets
from registry.models import Driver

CONTRACT = "ReleaseMarket"
LEAST = timedelta(minutes=1)
MOST = timedelta(days=7)
MOST_RELEASES = 32
"""The contract takes so many releases in one claim."""


def claim(
    *,
    driver: Driver,
    consent_address: str,
    release_ids: Sequence[UUID],
    to: str,
    deadline: int,
    signature: str,
    at: datetime,
) -> Claim:
    """Return the claim that pays `to` what these releases owe to the consent address.

    release_ids: in the order in which they were signed. deadline: Unix seconds.
    The same signature again returns the first claim.

    Raises AddressMalformed and DeadlineTooClose (InvalidInput), ShareNotFound, WrongSignature
    (NotAllowed), NothingDue and ClaimUnderWay (Conflict), NodeDown (contract accounts alone).
    """
    message = _message(consent_address, to, release_ids, deadline)
    to = message["message"]["to"]
    # Asked before the transaction: whether a contract account signed, only the chain can tell.
    is_signed = wallets.is_signed_by(
        address=consent_address, digest=typed_data.digest(message), signature=signature
    )
    with transaction.atomic():
        shares = _shares(driver, consent_address, release_ids)
        if not is_signed:
            raise WrongSignature(address=consent_address)
        first = Claim.objects.filter(signature=signature.lower()).first()
        if first is not None:
            return first
        _check_deadline(deadline, at)
        _check_free(consent_address, release_ids, at)
        row = Claim.objects.create(
            driver=driver,
            consent_address=consent_address,
            to=to,
            deadline=deadline,
            signature=signature.lower(),
            sales={str(release_id): share.pool.sales for release_id, share in shares.items()},
            amount_units=_due_units(shares),
        )
        outbox.submit(call=_call(row, shares), reference=f"payouts.claim:{row.id}")
    return row


def _check_deadline(deadline: int, at: datetime) -> None:
    left_s = deadline - at.timestamp()
    if not LEAST.total_seconds() <= left_s <= MOST.total_seconds():
        raise DeadlineTooClose(least_s=int(LEAST.total_seconds()), most_s=int(MOST.total_seconds()))


def _shares(driver: Driver, address: str, release_ids: Sequence[UUID]) -> Mapping[UUID, Share]:
    rows = (
        Share.objects.select_for_update(of=("self",))
        .filter(driver=driver, consent_address=address, pool__release_id__in=release_ids)
        .select_related("pool")
        .order_by("id")
    )
    found = {share.pool.release_id: share for share in rows}
    for release_id in release_ids:
        if release_id not in found:
            raise ShareNotFound(release_id=release_id)
    return {release_id: found[release_id] for release_id in release_ids}


def _message(
    address: str, to: str, release_ids: Sequence[UUID], deadline: int
) -> typed_data.TypedData:
    """Return what the consent address signs to be paid. Raises AddressMalformed."""
    try:
        message = typed_data.claim(
            typed_data.market_domain(settings.CHAIN_ID, reading.address_of(CONTRACT)),
            driver=address,
            to=to,
            releases=[ids.to_bytes32(release_id) for release_id in release_ids],
            deadline=deadline,
        )
    except ProtocolError as error:
        raise AddressMalformed from error
    if int(message["message"]["to"], 16) == 0:
        raise AddressMalformed  # the contract pays nobody at zero
    return message


def _check_free(address: str, release_ids: Sequence[UUID], at: datetime) -> None:
    asked = {str(release_id) for release_id in release_ids}
    under_way = Claim.objects.filter(
        consent_address=address, state=Claim.State.QUEUED, deadline__gt=int(at.timestamp())
    )
    if any(asked & set(claim.sales) for claim in under_way):
        raise ClaimUnderWay


def _due_units(shares: Mapping[UUID, Share]) -> int:
    due = sum(
        allotment.due_units(
            share.per_sale_units, sales=share.pool.sales, sales_claimed=share.claimed_sales
        )
        for share in shares.values()
    )
    if due == 0:
        raise NothingDue
    return due


def _call(row: Claim, shares: Mapping[UUID, Share]) -> ContractCall:
    items = [
        (
            ids.to_bytes32(release_id),
            share.start,
            share.weight,
            [bytes.fromhex(sibling[2:]) for sibling in share.proof],
        )
        for release_id, share in shares.items()
    ]
    signature = bytes.fromhex(row.signature.removeprefix("0x"))
    args = (row.consent_address, row.to, items, row.deadline, signature)
    return ContractCall(CONTRACT, "claim", args)
