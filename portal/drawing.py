"""Geometry of the pictures we draw on the server: dot grids, meters, bars with intervals. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

GRID = 10
STEP = 10
BAR_HEIGHT = 28
CHART_WIDTH = 320


@dataclass(frozen=True)
class Dot:
    """One of a hundred guesses. kind: right, more (right only with your data), wrong."""

    x: int
    y: int
    kind: str


@dataclass(frozen=True)
class Bar:
    """One cell of a released column; lengths are in the chart's own units (0 to CHART_WIDTH)."""

    label: str
    y: int
    width: float
    low_x: float
    high_x: float
    value: str
    interval: str
    is_held_back: bool


@dataclass(frozen=True)
class Cell:
    """A number to draw with its 95% interval; `value` None means held back."""

    label: str
    value: float | None
    low: float | None = None
    high: float | None = None


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


def bars(cells: Sequence[Cell], *, places: int = 1) -> list[Bar]:
    """Return bars from zero, on one scale that has room for the longest interval."""
    tops = [max(c.value or 0, c.high or 0) for c in cells]
    scale = CHART_WIDTH / (max(tops, default=0) or 1)
    return [_bar(cell, i, scale, places) for i, cell in enumerate(cells)]


def _bar(cell: Cell, index: int, scale: float, places: int) -> Bar:
    value = cell.value if cell.value is not None else 0.0
    low, high = (value if edge is None else edge for edge in (cell.low, cell.high))
    return Bar(
        label=cell.label,
        y=index * BAR_HEIGHT,
        width=round(max(0.0, value * scale), 1),
        low_x=round(max(0.0, low * scale), 1),
        high_x=round(max(0.0, high * scale), 1),
        value=f"{value:.{places}f}",
        interval=f"{low:.{places}f} \N{EN DASH} {high:.{places}f}",
        is_held_back=cell.value is None,
    )
