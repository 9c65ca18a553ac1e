"""What every answer of the server has in common."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from odometer.chain import Chain
from odometer.http import Session


@dataclass(frozen=True)
class Resource:
    """One thing the server told about. body: everything it said."""

    session: Session
    chain: Chain
    body: Mapping[str, Any]

    @property
    def id(self) -> str:
        """The id under which the server knows it."""
        return str(self.body["id"])
