"""Wait for what the chain logs, and for the marketplace to have heard it."""

from typing import Final

from demo.cast import Member
from demo.crew import Tell
from demo.journey import Journey
from odometer import chain as onchain
from odometer.consenting import Consent
from odometer.rpc import Event, Logged
from odometer.waiting import until

PATIENT_S: Final = 300.0
"""How long anything may take while a part of the stack is being killed and comes back."""


def wait_for_events(
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


def wait_for_newest(
    journey: Journey, members: list[Member], logged: list[Logged], state: str
) -> None:
    """Wait until the marketplace has heard their newest event; it hears them in their order."""
    dataset_id = journey.request["dataset_id"]
    known = {one.driver.consent_address(dataset_id).lower(): one for one in members}
    heard = [known[one.values["driver"]] for one in logged if one.values["driver"] in known]
    member = heard[-1]
    member.consent = until(
        lambda: _refreshed(member),
        lambda consent: consent.state == state,
        what=f"the consent of {member.handle}",
        at_most_s=PATIENT_S,
    )


def _refreshed(member: Member) -> Consent:
    return Consent.of(member.session.get(f"/consents/{consent_of(member).id}"))


def consent_of(member: Member) -> Consent:
    """Return the consent of a driver who granted one."""
    if member.consent is None:
        raise LookupError(f"{member.handle} has granted nothing")
    return member.consent
