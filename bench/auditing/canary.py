"""The whole way, from files to the release: a driver made to stand out, in it or not."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from unittest.mock import patch

import numpy as np
import polars as pl

from anonymize.domain import cells, contributions, drawing, estimates, mechanisms
from anonymize.domain.mechanisms import Noised
from anonymize.domain.prefix import RESOLUTION, Floats
from anonymize.domain.questions import Query
from anonymize.formats import merging, reading
from anonymize.formats.vss_charging import BRAND, END, ENERGY, MODEL, SITE, START
from bench.auditing import worst
from bench.auditing.guessing import Pair

RHO_MICRO = 250_000
OTHERS = 150

_MODELS = {"key": "vehicle_model", "domain": ["Brand Small", "Brand Large"]}
_HOURS = {"key": "hour_of_day", "domain": ["00-12", "12-24"]}
_MEAN = {**worst.MEAN, "clamp": ["20", "120"]}
_WIDE = {**worst.MEAN, "clamp": ["0", "200"], "range": "dp"}

PLAIN = worst.question([_MEAN], rho_micro=RHO_MICRO)
GROUPED = worst.question([_MEAN], group_by=[_HOURS], l0=2, rho_micro=RHO_MICRO)
STAGED = worst.question(
    [_WIDE], group_by=[_MODELS, _HOURS], l0=2, l0_first=1, rho_micro=4 * RHO_MICRO
)
"""It costs more than a question may: fewer games then show as much."""


@dataclass(frozen=True)
class Arms:
    """The bounded driver tables of everybody else, of everybody, and of the canary alone."""

    without: pl.DataFrame
    with_canary: pl.DataFrame
    alone: pl.DataFrame


@lru_cache(maxsize=4)
def arms(query: Query) -> Arms:
    """Read every driver's files, bytes to bounded table, by the product's own code.

    The canary's data come in two files that overlap, and touch as many groups as a driver may.
    """
    others = [contributions.partials(rows, query) for rows in _others()]
    canary = contributions.partials(_rows(_canary_files()), query)
    tables = ([*others], [*others, canary], [canary])
    without, with_canary, alone = (
        contributions.bound({str(n): one for n, one in enumerate(table)}, query, _never)
        for table in tables
    )
    return Arms(without, with_canary, alone)


def one_step_pair() -> Pair:
    """Return the exact vectors of the grouped question, with and without the canary."""
    held = arms(GROUPED)
    layout = cells.layout_of(GROUPED)
    one, other = (
        np.array(cells.encode(table, layout), dtype=np.int64)
        for table in (held.without, held.with_canary)
    )
    return Pair(one, other, layout.sensitivity, RHO_MICRO)


def right_by_steps(games: int) -> int:
    """Play with all steps of an answer whose range is bought; return how many games are won.

    Every game is an answer of its own: four vectors, each laid out by the noisy numbers before it.
    The guesser knows both exact vectors of each layout and adds up the likelihood ratios. What is
    the same in all games is made once: files are read, and rows told apart by level. The tables are
    left out: they follow from these vectors.
    """
    held = arms(STAGED)
    canary = cells.levels_of(held.alone)
    right = 0
    for is_in in (False, True):
        table = held.with_canary if is_in else held.without
        levels = cells.levels_of(table)
        with (
            patch.object(estimates, "table_of"),
            patch.object(cells, "levels_of", return_value=levels),
        ):
            for _ in range(games // 2):
                right += (_log_ratio(table, canary, is_in=is_in) > 0) == is_in
    return right


def _log_ratio(table: pl.DataFrame, canary: cells.Levels, *, is_in: bool) -> float:
    """How much likelier one whole answer is with the canary than without, as a logarithm."""
    exact: list[list[int]] = []

    def noise(vector: list[int], **bounds: Any) -> Noised:
        exact.append(vector)
        return mechanisms.noise(vector, **bounds)

    steps = drawing.draw(table, STAGED, noise=noise).steps
    ratio = 0.0
    for step, vector in zip(steps, exact, strict=True):
        move = np.array(cells.encode_levels(canary, step.layout), dtype=np.float64)
        middle = np.array(vector) + move * (-0.5 if is_in else 0.5)
        ratio += float((np.array(step.noised.values) - middle) @ move) / step.noised.scale**2
    return ratio


def right_by_table(games: int) -> int:
    """Play with the released table alone: rounded counts and means, as a buyer gets them."""
    held = arms(PLAIN)
    count, value = cells.layout_of(PLAIN).weights
    one, other = (_totals(held.without), _totals(held.with_canary))
    weights = np.array([count, value]) * RESOLUTION
    direction = (other - one) * weights**2
    middle = float((one + other) @ direction) / 2
    right = 0
    for is_in in (False, True):
        table = held.with_canary if is_in else held.without
        for _ in range(games // 2):
            row = drawing.draw(table, PLAIN).estimated.frame.row(0, named=True)
            right += (float(_seen(row) @ direction) > middle) == is_in
    return right


def _seen(row: Mapping[str, float]) -> Floats:
    """Turn a table's count and mean back into the two totals that they came from."""
    mean = PLAIN.means[0].clamp
    share = (row["energy"] - mean.centre) / mean.half
    return np.array([row["drivers"], share * row["drivers"]])


def _totals(table: pl.DataFrame) -> Floats:
    """The exact number of drivers, and the sum of their clamped shares of half the range."""
    layout = cells.layout_of(PLAIN)
    units = np.array(layout.weights, dtype=np.float64) * RESOLUTION
    found: Floats = np.array(cells.encode(table, layout)) / units
    return found


@lru_cache(maxsize=1)
def _others() -> list[pl.DataFrame]:
    return [_rows(_files(number)) for number in range(OTHERS)]


def _rows(files: list[bytes]) -> pl.DataFrame:
    """Read one vehicle's files, as a build does: what they tell twice counts once."""
    read = [reading.read(content) for content in files]
    rows = pl.concat([one.frame for one in read], how="diagonal")
    return merging.distinct(rows, read[0].kind)


def _files(number: int) -> list[bytes]:
    """One plain driver's file: three sessions of 60 to 100 kWh, at two times of day."""
    model = "Small" if number % 2 else "Large"
    rows = [(day, 6 * day % 24, 60 + (7 * number + 11 * day) % 41) for day in (1, 2, 3)]
    return [_content(model, rows)]


def _canary_files() -> list[bytes]:
    """Two files that tell one session twice: next to no energy, in both halves of the day."""
    rows = [(day, hour, 1) for day in (4, 5) for hour in (3, 20)]
    return [_content("Small", rows[:3]), _content("Small", rows[2:])]


def _content(model: str, rows: list[tuple[int, int, int]]) -> bytes:
    return "\n".join(_lines(model, rows)).encode()


def _lines(model: str, rows: list[tuple[int, int, int]]) -> Iterator[str]:
    yield f"{BRAND},{MODEL},{START},{END},{ENERGY},{SITE}"
    for day, hour, kwh in rows:
        started = f"2026-10-{day:02} {hour:02}"
        yield f"Brand,{model},{started}:05,{started}:45,{kwh},home"
    yield ""


def _never(of: int, take: int) -> list[int]:
    raise AssertionError(f"nobody here touches more groups than {take}, but {of}")
