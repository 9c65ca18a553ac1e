"""What developer and admin do: accredit, ask, decide, build, buy."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import odometer as od
from demo.crew import Tell
from demo.hearing import PATIENT_S
from demo.journey import Journey, JourneyBroken, Sold
from odometer.errors import PaymentRequired
from odometer.waiting import until

PRICE: Final = "1250"
"""What one license costs, in coins."""

WHY: Final = (
    "We plan where chargers are needed and when they are used, and publish what we find. "
    "Only totals over many drivers are asked for."
)


def accredit(journey: Journey) -> None:
    """The admin accredits the developer, who then makes an API key."""
    cast = journey.cast
    with journey.crew.step("accredit", "Accredit the developer"):
        developer_id = cast.developer.me()["id"]
        cast.admin.accredit(developer_id, reason="Registered research company, seen in person.")


def ask(journey: Journey) -> None:
    """The developer files a data request; the admin reads the evidence and approves it."""
    cast = journey.cast
    with journey.crew.step("request_and_review", "Request, evidence, approval"):
        developer = od.Client(cast.url, key=cast.developer.new_key(), chain=cast.chain)
        journey.spec, estimate = _useful(developer, journey.spec, _needed(journey))
        filed = _file(developer, journey)
        evidence = cast.admin.evidence(filed.id)
        cast.admin.decide(
            filed.id,
            "approve",
            reason_code="useful_and_safe",
            reason="The question is about totals only, and the promised error is useful.",
        )
        decided = until(
            lambda: cast.admin.request(filed.id),
            lambda request: request["dataset_state"] == "ready",
            what="the dataset on the chain",
            at_most_s=PATIENT_S,
        )
    journey.request = {**decided, "estimate": estimate, "evidence": evidence}


def plan(journey: Journey) -> str:
    """Ask for a release and return its id; the builder begins at once."""
    price_units = journey.cast.chain.token.units(PRICE)
    dataset_id = journey.request["dataset_id"]
    return str(journey.cast.admin.build(dataset_id, price_units=price_units)["id"])


def wait_for_build(journey: Journey, release_id: str, name: str) -> Sold:
    """Wait until a planned release is published.

    A builder killed while it drew has spent its budget; then a new build draws anew.
    """
    with journey.crew.step(name, "Build under differential privacy") as tell:
        release = _built(journey, release_id, tell)
        while release["state"] == "spent":
            release = _built(journey, plan(journey), tell)
    if release["state"] != "published":
        raise JourneyBroken(f"the build ended as {release['state']}: {release['failure']}")
    sold = Sold(release["id"], release["dataset_id"])
    journey.sold.append(sold)
    return sold


def _built(journey: Journey, release_id: str, tell: Tell) -> dict[str, Any]:
    def look() -> dict[str, Any]:
        release = journey.cast.admin.release(release_id)
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


def _file(developer: od.Client, journey: Journey) -> od.DataRequest:
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
