"""Draw one figure of a release with its 95% intervals, as SVG without any library."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10
from typing import Any

ROW, TOP, LEFT, WIDTH, RIGHT = 34, 92, 210, 470, 90
MOST_TICKS, LINE_LETTERS = 7, 100
INK, MUTED, LINE, BAR, WHISKER, PAPER = (
    "#1E2326",
    "#555C60",
    "#D9D5CB",
    "#9CC9CB",
    "#0B5F66",
    "#FBFAF7",
)
ROUND_STEPS = (1, 2, 2.5, 5, 10)


@dataclass(frozen=True)
class Bar:
    """One group: its value and interval, or None for all three when it is held back."""

    label: str
    value: float | None
    low: float | None
    high: float | None


def bars_of(rows: Sequence[Mapping[str, Any]], column: str, keys: Sequence[str]) -> list[Bar]:
    """Return one bar per row of a release; the row for all data comes first."""
    return [
        Bar(
            label=" · ".join(str(row[key]) for key in keys if row[key] is not None) or "all",
            value=row[column],
            low=row[f"{column}_low"],
            high=row[f"{column}_high"],
        )
        for row in rows
    ]


def draw(bars: Sequence[Bar], *, title: str, unit: str, notes: Sequence[str]) -> str:
    """Return an SVG document: bars from zero, whiskers for the interval, held-back rows said."""
    most = max((bar.high or 0.0 for bar in bars), default=0.0) or 1.0
    step = _step(most)
    ticks = [step * index for index in range(ceil(most / step) + 1)]
    height = TOP + ROW * len(bars) + 64
    parts = [_head(height, title, notes), *(_tick(tick, ticks[-1], height) for tick in ticks)]
    for index, bar in enumerate(bars):
        parts.append(_bar(bar, TOP + ROW * index, ticks[-1], unit))
    axis = f"{escape(unit)}, with the 95% interval of the noise"
    parts.append(_text(LEFT, height - 14, axis, size=12, fill=MUTED))
    return "\n".join([*parts, "</svg>", ""])


def _head(height: int, title: str, notes: Sequence[str]) -> str:
    full = LEFT + WIDTH + RIGHT
    return "\n".join(
        [
            (
                f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {full} {height}" role="img" '
                f'aria-label="{escape(title, quote=True)}" font-family="system-ui, sans-serif">'
            ),
            f'<rect width="{full}" height="{height}" fill="{PAPER}"/>',
            _text(16, 30, title, size=17, weight=600),
            *(
                _text(16, 52 + 18 * line, note[:LINE_LETTERS], size=12.5, fill=MUTED)
                for line, note in enumerate(notes)
            ),
        ]
    )


def _bar(bar: Bar, y: int, most: float, unit: str) -> str:
    middle = y + ROW / 2
    label = _text(LEFT - 12, middle + 5, bar.label, size=14, anchor="end")
    if bar.value is None or bar.low is None or bar.high is None:
        return label + _text(LEFT + 8, middle + 5, "not enough drivers", size=12.5, fill=MUTED)
    x, low, high = (LEFT + WIDTH * max(v, 0.0) / most for v in (bar.value, bar.low, bar.high))
    return "\n".join(
        [
            label,
            f'<path d="M{LEFT} {y + 7}H{x:.1f}V{y + ROW - 7}H{LEFT}Z" fill="{BAR}"/>',
            (
                f'<path d="M{low:.1f} {middle}H{high:.1f}M{low:.1f} {middle - 6}v12'
                f'M{high:.1f} {middle - 6}v12" stroke="{WHISKER}" stroke-width="2" fill="none"/>'
            ),
            _text(max(x, high) + 10, middle + 5, f"{bar.value:.3g} {unit}", size=13),
        ]
    )


def _tick(at: float, most: float, height: int) -> str:
    x = LEFT + WIDTH * at / most
    foot = height - 52
    return f'<line x1="{x:.1f}" y1="{TOP}" x2="{x:.1f}" y2="{foot}" stroke="{LINE}"/>' + _text(
        x, foot + 18, f"{at:g}", size=12, fill=MUTED, anchor="middle"
    )


def _step(most: float) -> float:
    """Return the least round step of which seven reach the largest value."""
    size = 10.0 ** floor(log10(most / MOST_TICKS))
    while True:
        for factor in ROUND_STEPS:
            if MOST_TICKS * factor * size >= most:
                return factor * size
        size *= 10


def _text(
    x: float,
    y: float,
    text: str,
    *,
    size: float,
    fill: str = INK,
    weight: int = 400,
    anchor: str = "start",
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" font-weight="{weight}" fill="{fill}" '
        f'text-anchor="{anchor}">{escape(text)}</text>'
    )
