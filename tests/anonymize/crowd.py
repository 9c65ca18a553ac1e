"""A small crowd whose consents stand and whose sealed files lie with a node, for whole builds."""

import random  # noqa: TID251 - seeded, for a test
from types import SimpleNamespace
from typing import Any

from django.utils import timezone

from anonymize.models import Contribution, Dataset, Release
from chain.domain.calls import Block
from registry.models import Driver
from tests.factories import anonymize as factory
from tests.factories import keys
from tests.factories import registry as registry_factory
from tests.factories.storage import make_pinned_upload
from work import asking

SESSION = "Vehicle.Powertrain.TractionBattery.Charging.Session."
IDENTITY = "Vehicle.VehicleIdentification."
HEADER = (
    f"{IDENTITY}Brand,{IDENTITY}Model,{SESSION}Start,{SESSION}End,{SESSION}Energy,{SESSION}Site"
)
BLOCK = Block(number=7, hash="0x" + "11" * 32, at=timezone.now())
DRIVERS = 12


def make_crowd(drivers: int = DRIVERS, *, seed: int = 1) -> list[Driver]:
    """Return drivers of one to three uploads each, in one or two cars."""
    rng = random.Random(seed)
    crowd = []
    for number in range(drivers):
        driver = registry_factory.make_driver(f"driver-{number}", keys.DRIVER)
        cars = [registry_factory.make_vehicle(driver) for _ in range(1 + number % 2)]
        for place in range(1 + number % 3):
            make_pinned_upload(driver, cars[place % len(cars)], content(rng))
        crowd.append(driver)
    return crowd


def content(rng: random.Random) -> bytes:
    """Return a file of some sessions in June 2018, in two models of car."""
    rows = [
        f"{rng.choice(['Nissan,LEAF', 'Renault,Zoe'])},2018-06-{rng.randint(1, 28):02} 18:05,"
        f"2018-06-28 23:{rng.randint(10, 59)},{rng.randint(10, 300) / 10},home"
        for _ in range(rng.randint(2, 9))
    ]
    return "\n".join([HEADER, *rows, ""]).encode()


def planned_release(dataset: Dataset | None = None) -> Release:
    """Return a release whose build is asked for."""
    release = factory.make_release(dataset or factory.make_dataset(rho_cap_micro=10_000_000))
    asking.ask(task="anonymize.tasks.build_release", reference=str(release.id), queue="builder")
    return release


def all_consent(patch: Any) -> None:
    """Let every driver consent, at a block of a chain that is not there."""
    patch.setattr("chain.reading.head", lambda: BLOCK)
    patch.setattr("consent.confirming.confirmed", lambda consents, **_: list(consents))
    patch.setattr("anonymize.cohorts.willing", lambda _dataset_id: willing())


def willing() -> list[Any]:
    """Return a consent of each driver, at an address that follows from the driver's id."""
    return [
        SimpleNamespace(driver_id=driver.id, consent_address=f"0x{driver.id.hex}00000000")
        for driver in Driver.objects.all()
    ]


def charges() -> int:
    """Return how many contributions are charged."""
    return Contribution.objects.filter(release__charged_at__isnull=False).count()
