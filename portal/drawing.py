"""Geometry of the pictures we draw on the server: dot grids and meters. Pure."""

from dataclasses import dataclass

GRID = 10
STEP = 10
THINNEST = 1.2
"""What can still be seen of a hundred."""


@dataclass(frozen=True)
class Dot:
    """One of a hundred guesses. kind: right, more (right only with your data), wrong."""

    x: int
    y: int
    kind: str


def dots(right: int, *, before: int = 50) -> list[Dot]:
    """Return a hundred dots of which `right` are filled, those above `before` marked as added."""
    return [
        Dot(x=STEP * (i % GRID), y=STEP * (i // GRID), kind=_kind(i, right, before))
        for i in range(GRID * GRID)
    ]


def _kind(index: int, right: int, before: int) -> str:
    if index < min(right, before):
        return "right"
    return "more" if index < right else "wrong"


def part_of(amount: int, whole: int) -> float:
    """Return the amount as 0 to 100 of the whole; an empty whole gives 0."""
    return round(min(100.0, max(0.0, 100 * amount / whole)), 2) if whole > 0 else 0.0
