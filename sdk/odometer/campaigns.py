"""A data request and its campaign: a bounty in escrow buys the license, or comes back."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from odometer.buying import License
from odometer.chain import Chain
from odometer.errors import OdometerError, Untrusted
from odometer.resource import Resource
from odometer.waiting import until
from odometer.wallet import Wallet
from protocol import typed_data
from protocol.ids import to_bytes32
from protocol.typed_data import TypedData

ESCROW: Final = "CampaignEscrow"
LONGEST_FUNDING_S: Final = 24 * 3600
"""How long a signed funding may stay good; seconds."""

ENDED: Final = frozenset({"settled", "refunded", "lapsed", "rejected"})


class FundingFailed(OdometerError):
    """The escrow refused the bounty; nothing was paid."""


@dataclass(frozen=True)
class DataRequest(Resource):
    """A question put to a marketplace. body: what the server said, also by `request[name]`."""

    def __getitem__(self, name: str) -> Any:
        return self.body[name]

    def __repr__(self) -> str:
        return f"<DataRequest {self.body['title']!r}: {self.state}>"

    @property
    def state(self) -> str:
        """One of in_review, changes_asked, approved, rejected."""
        return str(self.body["state"])

    @property
    def campaign(self) -> "Campaign":
        """How far its campaign is, asked for anew. Raises NotFound for a plain request."""
        body = self.session.get(f"/data-requests/{self.id}/campaign")
        return Campaign(self.session, self.chain, body)

    def fund(self, wallet: Wallet, *, at_most_s: float = 60) -> "Campaign":
        """Sign, put the bounty in escrow without gas, and wait until the chain has it.

        The wallet's account gets the license, the change or the refund. Drivers are asked after
        this.

        Raises Untrusted before anything is signed when the server asks for something else than this
        request says; FundingFailed, NotInTime.
        """
        agreed = self._as_filed()
        if wallet.is_demo:
            wallet.take_test_money(self.chain, agreed.bounty_units)
        path = f"/data-requests/{self.id}/funding"
        asked = self.session.get(path, funder=wallet.address)
        self.session.post(path, _signed(self.chain, agreed, asked, wallet))
        now = until(
            lambda: self.campaign,
            lambda now: now.state not in {"unfunded", "funding"} or bool(now.body["reason"]),
            what="the bounty in escrow",
            at_most_s=at_most_s,
        )
        return _in_escrow(now, wallet)

    def _as_filed(self) -> "Campaign":
        """Return the campaign as it was when this was read: what the signature must say."""
        now = self.campaign
        filed = self.body.get("campaign") or now.body
        kept = {name: filed[name] for name in ("bounty_units", "threshold", "deadline_at")}
        return Campaign(self.session, self.chain, {**now.body, **kept})


@dataclass(frozen=True)
class Campaign(Resource):
    """A request whose bounty waits for drivers. Amounts in token units."""

    def __repr__(self) -> str:
        bounty = self.chain.token.text(self.bounty_units)
        return f"<Campaign {self.state}: {self.consents} of {self.threshold} consents, {bounty}>"

    @property
    def state(self) -> str:
        """Where it is.

        unfunded, funding, gathering, building, settling, settled, refunding, refunded or lapsed;
        before the approval the state of its request.
        """
        return str(self.body["state"])

    @property
    def bounty_units(self) -> int:
        """What waits in escrow, or shall."""
        return int(self.body["bounty_units"])

    @property
    def threshold(self) -> int:
        """How many drivers are needed."""
        return int(self.body["threshold"])

    @property
    def consents(self) -> int:
        """How many consents stand on the chain now."""
        return int(self.body["consents"])

    def fresh(self) -> "Campaign":
        """Return it as it is now."""
        path = f"/data-requests/{self.body['request_id']}/campaign"
        return Campaign(self.session, self.chain, self.session.get(path))

    def wait(self, *, at_most_s: float) -> "Campaign":
        """Return it once it is settled, refunded or lapsed. Raises NotInTime."""
        return until(
            self.fresh,
            lambda now: now.state in ENDED,
            what="the end of the campaign",
            at_most_s=at_most_s,
        )

    def license(self) -> License:
        """Return the license that the bounty bought. Raises NotFound before it is settled."""
        body = self.session.get(f"/licenses/{self.body['license_id']}")
        return License(self.session, self.chain, body)


def _signed(
    chain: Chain, campaign: Campaign, asked: Mapping[str, Any], wallet: Wallet
) -> dict[str, Any]:
    fund, permit = _messages(chain, campaign, asked, wallet.address)
    return {
        "funder": wallet.address,
        "valid_until": fund["message"]["validUntil"],
        "fund_signature": wallet.sign(fund),
        "permit_signature": wallet.sign(permit),
    }


def _messages(
    chain: Chain, campaign: Campaign, asked: Mapping[str, Any], funder: str
) -> tuple[TypedData, TypedData]:
    """Return funding and permit as we make them ourselves; only the times are the server's."""
    valid_until = int(asked["valid_until"])
    if not 0 < valid_until - time.time() < LONGEST_FUNDING_S:
        raise Untrusted("funding_mismatch", "the funding would be good for too long or not at all")
    fund = typed_data.fund(
        typed_data.escrow_domain(chain.chain_id, chain.addresses[ESCROW]),
        funder=funder,
        recipient=funder,
        request=to_bytes32(campaign.body["request_id"]),
        dataset=to_bytes32(campaign.body["dataset_id"]),
        bounty=campaign.bounty_units,
        threshold=campaign.threshold,
        deadline=_seconds(campaign.body["deadline_at"]),
        valid_until=valid_until,
    )
    permit = typed_data.permit(
        chain.token_domain,
        owner=funder,
        spender=chain.addresses[ESCROW],
        value=campaign.bounty_units,
        nonce=chain.permit_nonce(funder),
        deadline=valid_until,
    )
    _same(fund, asked["fund_typed_data"])
    _same(permit, asked["permit_typed_data"])
    return fund, permit


def _same(ours: TypedData, theirs: TypedData) -> None:
    if typed_data.digest(ours) != typed_data.digest(theirs):
        raise Untrusted(
            "funding_mismatch", "the server asks to sign something else than the campaign says"
        )


def _in_escrow(campaign: Campaign, wallet: Wallet) -> Campaign:
    """Return the campaign, held against the escrow itself. Raises FundingFailed, Untrusted."""
    if campaign.state in {"unfunded", "funding"}:
        raise FundingFailed(str(campaign.body["reason"]))
    chain = campaign.chain
    *_, bounty, _threshold, _deadline, _state = chain.rpc.call(
        chain.addresses[ESCROW],
        "campaign_of(address,bytes32)",
        wallet.address,
        to_bytes32(campaign.body["request_id"]),
        returns=["bytes32", "address", "address", "uint256", "uint64", "uint64", "uint8"],
    )
    if bounty != campaign.bounty_units:
        raise Untrusted("not_on_chain", "the escrow does not hold this campaign's bounty")
    return campaign


def _seconds(moment: str) -> int:
    return int(datetime.fromisoformat(moment).timestamp())
