"""What the drivers do: enrol, hand in, answer, revoke, erase, claim."""

from typing import Any

import odometer as od
from demo.cast import Member
from demo.choices import Answer
from demo.hearing import PATIENT_S, consent_of, wait_for_events, wait_for_newest
from demo.journey import Journey, JourneyBroken, Sold
from odometer import chain as onchain
from odometer.waiting import until
from protocol.ids import to_bytes32


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
        logged = wait_for_events(journey, onchain.GRANTED, len(granters), tell, dataset=dataset)
        wait_for_newest(journey, granters, logged, "active")


def leave(journey: Journey) -> None:
    """A few drivers revoke with the kept signature, and one erases everything."""
    revokers = journey.chosen(lambda member: member.choice.will_revoke)

    def act(member: Member) -> None:
        member.consent = member.driver.revoke(consent_of(member))

    journey.crew.each("revoke", "A few drivers revoke", revokers, act)
    with journey.crew.step("erase", "One driver erases everything"):
        _erase(journey)
    dataset = to_bytes32(journey.request["dataset_id"])
    with journey.crew.step("revocations_on_chain", "Revocations on the chain") as tell:
        of = len(revokers) + 1  # erasing revokes too
        logged = wait_for_events(journey, onchain.REVOKED, of, tell, dataset=dataset)
        wait_for_newest(journey, revokers, logged, "revoked")


def _erase(journey: Journey) -> None:
    """Erase one driver; what opened before does not open any more."""
    member = journey.chosen(lambda one: one.choice.will_erase)[0]
    if member.driver.open_upload(_upload_id(member)) != member.held.content:
        raise JourneyBroken("an upload does not open as it was handed in")
    journey.erased_payouts = {one.release_id: one for one in member.driver.payouts()}
    erasure = member.driver.erase_everything()
    journey.erased = member
    journey.erasure = until(
        lambda: journey.cast.admin.session.get(f"/erasures/{erasure['id']}"),
        lambda now: now["state"] == "finished",
        what="the erasure",
        at_most_s=PATIENT_S,
    )


def claim(journey: Journey, sold: Sold) -> None:
    """Most contributors claim, each to an own address; every claim is paid on the chain."""
    claimers = journey.chosen(lambda member: member.choice.may_claim)
    journey.crew.each("claim", "Contributors claim", claimers, lambda one: one.driver.claim())
    with journey.crew.step("claims_on_chain", "Claims paid on the chain") as tell:
        release = to_bytes32(sold.release_id)
        wait_for_events(journey, onchain.CLAIMED, len(claimers), tell, release=release)


def _upload_id(member: Member) -> str:
    if member.upload is None:
        raise LookupError(f"{member.handle} has handed in nothing")
    return member.upload.id
