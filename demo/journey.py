"""The main job, step by step, each through a public door."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import odometer as od
from odometer import chain as onchain
from odometer.consenting import Consent
from odometer.earning import Payout
from odometer.errors import PaymentRequired
from odometer.rpc import Event, Logged
from odometer.waiting import until

from demo.cast import Cast, Member
from demo.choices import Answer
from demo.crew import Crew, Tell
from protocol.ids import to_bytes32

PRICE: Final = "1250"
"""What one license costs, in coins."""

WHY: Final = (
    "We plan where chargers are needed and when they are used, and publish what we find. "
    "Only totals over many drivers are asked for."
)
PATIENT_S: Final = 300.0


class JourneyBroken(Exception):
    """A step of the demo did not end as it must."""


@dataclass
class Sold:
    """One release, its license, and what was downloaded."""

    release_id: str
    dataset_id: str
    table: od.Table | None = None
    folder: Path | None = None


@dataclass
class Journey:
    """Where the demo stands."""

    cast: Cast
    crew: Crew
    var: Path
    spec: Mapping[str, Any]
    is_simulated: bool
    request: dict[str, Any] = field(default_factory=dict)
    sold: list[Sold] = field(default_factory=list)
    erased: Member | None = None
    erasure: dict[str, Any] = field(default_factory=dict)
    erased_payouts: dict[str, Payout] = field(default_factory=dict)

    @property
    def members(self) -> list[Member]:
        """Every driver, in order."""
        return list(self.cast.members)

    def chosen(self, wanted: Callable[[Member], bool]) -> list[Member]:
        """Return the drivers to whom something applies."""
        return [member for member in self.members if wanted(member)]


def accredit(journey: Journey) -> None:
    """The admin accredits the developer, who then makes an API key."""
    cast = journey.cast
    with journey.crew.step("accredit", "Accredit the developer"):
        developer_id = cast.developer.me()["id"]
        cast.admin.accredit(developer_id, reason="Registered research company, seen in person.")


def enrol(journey: Journey) -> None:
    """Every driver makes keys, signs up, adds a vehicle, seals the file and hands it in."""

    def act(member: Member) -> None:
        member.account = od.Driver.enrol(
            member.session, member.handle, member.passphrase, chain=journey.cast.chain
        )
        car: dict[str, Any] = dict(member.held.vehicle)
        vehicle = member.driver.add_vehicle(**car, is_simulated=journey.is_simulated)
        member.upload = member.driver.upload(member.held.content, vehicle)

    text = "Enrol drivers; seal and hand in files"
    journey.crew.each("enrol_and_upload", text, journey.members, act)


def check_pins(journey: Journey) -> None:
    """Every driver waits for the pin and compares the CID with the one computed here."""

    def act(member: Member) -> None:
        if member.upload is not None:
            member.upload = member.upload.wait_until_pinned(at_most_s=PATIENT_S)

    journey.crew.each("pin_and_verify", "Pin to IPFS; verify every CID", journey.members, act)


def ask(journey: Journey) -> None:
    """The developer files a data request; the admin reads the evidence and approves it."""
    cast = journey.cast
    with journey.crew.step("request_and_review", "Request, evidence, approval"):
        developer = od.Client(cast.url, key=cast.developer.new_key(), chain=cast.chain)
        journey.spec, estimate = _useful(developer, journey.spec, _needed(journey))
        filed = _file(developer, journey)
        evidence = cast.admin.evidence(filed["id"])
        cast.admin.decide(
            filed["id"],
            "approve",
            reason_code="useful_and_safe",
            reason="The question is about totals only, and the promised error is useful.",
        )
        decided = until(
            lambda: cast.admin.request(filed["id"]),
            lambda request: request["dataset_state"] == "ready",
            what="the dataset on the chain",
            at_most_s=PATIENT_S,
        )
    journey.request = {**decided, "estimate": estimate, "evidence": evidence}


def answer(journey: Journey) -> None:
    """Every driver reads the offer; most grant, some decline, a few say nothing."""
    dataset_id = journey.request["dataset_id"]

    def act(member: Member) -> None:
        if member.choice.answer is Answer.IGNORE:
            return
        offer = next(one for one in member.driver.offers() if one.dataset_id == dataset_id)
        member.offer_id = offer.id
        if member.choice.answer is Answer.DECLINE:
            member.driver.decline(offer)
        else:
            member.consent = member.driver.grant(offer)

    text = "Answer the offer: grant or decline"
    journey.crew.each("answer_offers", text, journey.members, act)


def wait_for_grants(journey: Journey) -> None:
    """Wait until every grant stands on the chain, and the marketplace has heard of it."""
    granters = journey.chosen(lambda member: member.consent is not None)
    dataset = to_bytes32(journey.request["dataset_id"])
    with journey.crew.step("grants_on_chain", "Grants relayed to the chain") as tell:
        logged = _wait_for_events(journey, onchain.GRANTED, len(granters), tell, dataset=dataset)
        _wait_for_newest(journey, granters, logged, "active")


def build(journey: Journey, name: str) -> Sold:
    """Have a release built from the consents of one named block, and wait for it."""
    cast = journey.cast
    price_units = cast.chain.token.units(PRICE)
    with journey.crew.step(name, "Build under differential privacy") as tell:
        release = _build_once(journey, price_units, tell)
        while release["state"] == "spent":
            # A builder killed while it drew: its budget is gone, a new build draws anew.
            release = _build_once(journey, price_units, tell)
    if release["state"] != "published":
        raise JourneyBroken(f"the build ended as {release['state']}: {release['failure']}")
    sold = Sold(release["id"], release["dataset_id"])
    journey.sold.append(sold)
    return sold


def buy(journey: Journey, sold: Sold, name: str) -> None:
    """Be refused with a price, buy with an order and a permit, download and verify."""
    cast = journey.cast
    with journey.crew.step(name, "Quote (402), buy, download, verify"):
        try:
            cast.developer.session.get(f"/releases/{sold.release_id}/key")
        except PaymentRequired:
            pass
        else:
            raise JourneyBroken("a key was handed out without a license")
        quote = cast.developer.quote(sold.release_id, buyer=cast.wallet.address)
        license_ = quote.buy(cast.wallet, max_total=PRICE, at_most_s=PATIENT_S)
        sold.table = license_.download(at_most_s=PATIENT_S)
        sold.folder = journey.var / "demo" / sold.release_id
        sold.table.save(sold.folder)


def claim(journey: Journey, sold: Sold) -> None:
    """Most contributors claim, each to an own address; every claim is paid on the chain."""
    claimers = journey.chosen(lambda member: member.choice.may_claim)
    journey.crew.each("claim", "Contributors claim", claimers, lambda one: one.driver.claim())
    with journey.crew.step("claims_on_chain", "Claims paid on the chain") as tell:
        release = to_bytes32(sold.release_id)
        _wait_for_events(journey, onchain.CLAIMED, len(claimers), tell, release=release)


def revoke(journey: Journey) -> None:
    """A few drivers revoke with the kept signature."""
    revokers = journey.chosen(lambda member: member.choice.will_revoke)

    def act(member: Member) -> None:
        member.consent = member.driver.revoke(_consent(member))

    journey.crew.each("revoke", "A few drivers revoke", revokers, act)
    dataset = to_bytes32(journey.request["dataset_id"])
    with journey.crew.step("revocations_on_chain", "Revocations on the chain") as tell:
        logged = _wait_for_events(journey, onchain.REVOKED, len(revokers), tell, dataset=dataset)
        _wait_for_newest(journey, revokers, logged, "revoked")


def erase(journey: Journey) -> None:
    """One driver erases everything; what was there to open before does not open any more."""
    member = journey.chosen(lambda one: one.choice.will_erase)[0]
    upload_id = _upload_id(member)
    with journey.crew.step("erase", "One driver erases everything"):
        if member.driver.open_upload(upload_id) != member.held.content:
            raise JourneyBroken("an upload does not open as it was handed in")
        journey.erased_payouts = {one.release_id: one for one in member.driver.payouts()}
        erasure = member.driver.erase_everything()
        journey.erasure = until(
            lambda: journey.cast.admin.session.get(f"/erasures/{erasure['id']}"),
            lambda now: now["state"] == "finished",
            what="the erasure",
            at_most_s=PATIENT_S,
        )
        journey.erased = member


def _needed(journey: Journey) -> int:
    return max(int(journey.spec["min_cohort"]), len(journey.members) * 3 // 4)


def _useful(
    developer: od.Client, spec: Mapping[str, Any], drivers: int
) -> tuple[Mapping[str, Any], dict[str, Any]]:
    """Return a question whose answer is worth buying, and its estimate.

    A small fleet cannot answer in detail; the estimate says what would pass, so that is asked.
    """
    estimate = developer.estimate(spec, drivers=drivers)
    while estimate["verdict"] == "refused":
        suggestion = estimate["promise"]["suggestion"]
        if not suggestion:
            raise JourneyBroken(f"{drivers} drivers are too few for any question like this")
        spec = {**spec, **suggestion}
        estimate = developer.estimate(spec, drivers=drivers)
    return spec, estimate


def _file(developer: od.Client, journey: Journey) -> dict[str, Any]:
    title = str(journey.spec["title"])
    labelled = f"Simulated fleet: {title.removeprefix('Simulated ')}"
    deadline = datetime.now(tz=UTC) + timedelta(days=30)  # noqa: TID251 - a door reads the clock
    return developer.request(
        journey.spec,
        title=labelled if journey.is_simulated else title,
        why=WHY,
        purposes=["dpv:ScientificResearch"],
        price_units=journey.cast.chain.token.units(PRICE),
        drivers_needed=_needed(journey),
        deadline_at=deadline.strftime("%Y-%m-%dT%H:%M:%SZ"),
    )


def _build_once(journey: Journey, price_units: int, tell: Tell) -> dict[str, Any]:
    admin = journey.cast.admin
    planned = admin.build(journey.request["dataset_id"], price_units=price_units)

    def look() -> dict[str, Any]:
        release = admin.release(planned["id"])
        progress = release["progress"]
        if progress["of"]:
            tell(progress["done"], progress["of"])
        return release

    return until(
        look,
        lambda release: release["state"] in {"published", "failed", "spent"},
        what="the build",
        at_most_s=PATIENT_S,
    )


def _wait_for_events(
    journey: Journey, event: Event, of: int, tell: Tell, **only: bytes
) -> list[Logged]:
    """Wait until a contract has logged that many such events; only: values they must have."""
    chain = journey.cast.chain
    contract = chain.market if event is onchain.CLAIMED else chain.registry

    def look() -> list[Logged]:
        logged = chain.rpc.events(contract, event)
        here = [one for one in logged if only.items() <= one.values.items()]
        tell(len(here), of)
        return here

    what = f"{event.name} events"
    return until(look, lambda here: len(here) >= of, what=what, at_most_s=PATIENT_S, pause_s=0.5)


def _wait_for_newest(
    journey: Journey, members: list[Member], logged: list[Logged], state: str
) -> None:
    """Wait until the marketplace has heard the newest event; it hears them in their order."""
    newest = logged[-1].values["driver"].lower()
    dataset_id = journey.request["dataset_id"]
    member = next(
        one for one in members if one.driver.consent_address(dataset_id).lower() == newest
    )
    member.consent = until(
        lambda: _refreshed(member),
        lambda consent: consent.state == state,
        what=f"the consent of {member.handle}",
        at_most_s=PATIENT_S,
    )


def _refreshed(member: Member) -> Consent:
    return Consent.of(member.session.get(f"/consents/{_consent(member).id}"))


def _consent(member: Member) -> Consent:
    if member.consent is None:
        raise LookupError(f"{member.handle} has granted nothing")
    return member.consent


def _upload_id(member: Member) -> str:
    if member.upload is None:
        raise LookupError(f"{member.handle} has handed in nothing")
    return member.upload.id
