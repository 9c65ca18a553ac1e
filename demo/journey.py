"""Where the demo stands: who takes part, what was asked, what was built and sold."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import odometer as od
from demo.cast import Cast, Member
from demo.crew import Crew
from odometer.earning import Payout


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
