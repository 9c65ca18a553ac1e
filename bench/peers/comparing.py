"""Put one question to the house and to its peers: the same tables, unit, epsilon and delta."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from anonymize.domain import drawing, queries
from bench import accuracy, worlds
from bench.peers import errors, fleets, racing
from bench.peers.asked import Answer
from bench.peers.asking import ASKED, Asking, everyone
from bench.peers.errors import Missed

TRIALS = 5
SIZES = {"300": 300, "1k": 1_000, "10k": 10_000}
WORLDS = {"kind": True, "unkind": False}

Case = tuple[str, str]
"""World and size."""

Named = Iterator[tuple[str, float]]

_QUERY = queries.plan_of(worlds.SPEC)


def measure() -> Mapping[str, float]:
    """Return errors of all sizes and worlds, and seconds for many rows."""
    with TemporaryDirectory() as folder:
        return {**dict(compared(Path(folder), TRIALS)), **dict(racing.raced(Path(folder)))}


def compared(folder: Path, trials: int) -> Named:
    """Yield each error as `peer.shape.world.size.figure`; every peer meets the same tables.

    `where_ours` stands before figures over those groups alone that the house tells as well.
    """
    cases = {(world, size): _fleets(world, size, trials) for world in WORLDS for size in SIZES}
    tables = {case: [fleets.for_peers(one) for one in found] for case, found in cases.items()}
    truths = {case: [errors.exact(ASKED, one) for one in found] for case, found in tables.items()}
    paths = {case: fleets.write(folder, "-".join(case), found) for case, found in tables.items()}
    ours = {
        case: _missed([_ours(one) for one in found], truths[case]) for case, found in cases.items()
    }
    for case, missed in ours.items():
        yield from _told(f"ours.asked.{'.'.join(case)}", missed)
    for asking in everyone(folder):
        for case, answers in _answers(asking, paths).items():
            begin = f"{asking.peer}.{asking.shape}.{'.'.join(case)}"
            missed = _missed(answers, truths[case])
            yield from _told(begin, missed)
            shared = _told(f"{begin}.where_ours", errors.only(missed, ours[case]))
            yield from ((name, figure) for name, figure in shared if not name.endswith("_told"))


def _fleets(world: str, size: str, trials: int) -> list[pl.DataFrame]:
    return [worlds.table(SIZES[size], seed, is_kind=WORLDS[world]) for seed in range(trials)]


def _answers(asking: Asking, paths: Mapping[Case, list[Path]]) -> Mapping[Case, list[Answer]]:
    """One run for all cases: the search for noise scales and the imports are paid once."""
    told = iter(asking.of([path for found in paths.values() for path in found]))
    return {case: [next(told).answer for _ in found] for case, found in paths.items()}


def _missed(answers: Sequence[Answer], truths: Sequence[Answer]) -> list[Missed]:
    return [errors.missed(one, truth) for one, truth in zip(answers, truths, strict=True)]


def _told(begin: str, missed: Sequence[Missed]) -> Named:
    for name, figure in errors.figures(ASKED, missed).items():
        yield f"{begin}.{name}", figure


def _ours(fleet: pl.DataFrame) -> Answer:
    """The house's own answer, with its own mechanism."""
    frame = drawing.draw(accuracy.bounded(fleet, _QUERY), _QUERY).estimated.frame
    groups = frame.filter(pl.col("level") == "group").drop_nulls("consumption")
    place = {name: number for number, name in enumerate(_QUERY.group_by[1].domain)}
    means = groups.select("vehicle_model", "ambient_temperature", "consumption").iter_rows()
    firsts = frame.filter(pl.col("level") == "first")
    quantiles = [
        (model, float(at), value)
        for at in worlds.AT
        for model, value in firsts.select("vehicle_model", f"soh_p{float(at) * 100:g}").iter_rows()
        if value is not None
    ]
    return Answer([(model, place[bin_], mean) for model, bin_, mean in means], quantiles)
