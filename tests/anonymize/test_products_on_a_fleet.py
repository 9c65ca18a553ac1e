"""Each standard product over a simulated fleet: its files, read by the importers, to its table."""

from datetime import datetime

import numpy as np
import polars as pl
import pytest

from anonymize.domain import contributions, drawing, products, queries
from anonymize.domain.accounting import scale_of
from anonymize.domain.contributions import DRIVER
from anonymize.domain.mechanisms import Noised
from anonymize.domain.signals import CHARGING, DRIVING
from anonymize.domain.statistics import CDF_BINS, Count, Histogram, Mean, Quantiles, Rate
from anonymize.domain.vehicles import with_vehicle
from anonymize.formats import reading
from simulator.writing import Format, Order, write_vehicle
from tests.anonymize.making import first

VEHICLES, DAYS = 60, 14
COPIES = 20
"""Each vehicle stands for so many drivers, so that noise leaves something to see."""

DRAWS = 5
LEAST = 0.88
"""Of the figures, 95 in 100 lie within their intervals; so few of them may by chance be less."""

NAMES = [product.name for product in products.standard_products()]
FOLDERS = {CHARGING: Format.SESSIONS, DRIVING: Format.TELEMETRY_PARQUET}


def order(out, *formats, days=DAYS):
    start = datetime.fromisoformat("2026-10-03")
    return Order(5, start, days, formats, out, every_s=1, faulty=0.05, cycles="synthetic")


@pytest.fixture(scope="session")
def fleet(tmp_path_factory):
    """The frame of each source, a vehicle's rows under its number; the model is as registered."""
    asked = order(tmp_path_factory.mktemp("fleet"), *FOLDERS.values())
    frames: dict[str, list[pl.DataFrame]] = {source: [] for source in FOLDERS}
    for number in range(VEHICLES):
        truth = write_vehicle(asked, number)
        for source, kind in FOLDERS.items():
            path = asked.path(kind, number)
            if path.exists():
                frame = reading.read_file(path).frame
                frames[source].append(registered(frame, number, truth))
    return {source: pl.concat(parts) for source, parts in frames.items()}


def registered(frame, number, truth):
    """The rows as a build has them: what was told of the vehicle at registration is beside them."""
    model = f"{truth['brand']} {truth['model']}"
    rows = with_vehicle(frame, driver=str(number), model=model, year=int(truth["year"]))
    return rows.with_columns(pl.col(DRIVER).cast(pl.Int64))


def asked_of(name, fleet):
    query = queries.plan_of(products.spec_of(name, ["2026-10"]))
    return query, fleet[products.product_of(name).source]


def bounded(query, rows):
    """The bounded table of a crowd: every vehicle's sums, once for each driver it stands for."""
    once = contributions.partials(rows, query, by=[DRIVER])
    copies = [once.with_columns(pl.col(DRIVER) + copy * VEHICLES) for copy in range(COPIES)]
    return contributions.bound_table(pl.concat(copies), query, first)


def answers(query, rows):
    """Some answers to one question over one crowd; only the noise differs."""
    table = bounded(query, rows)
    return [drawing.draw(table, query, noise=seeded(seed)) for seed in range(DRAWS)]


def seeded(seed):
    """Rounded normal noise of the mechanism's scale, the same in each run."""
    numbers = np.random.default_rng(seed)

    def noise(vector, *, sensitivity, rho_micro):
        scale = scale_of(sensitivity=sensitivity, rho_micro=rho_micro)
        values = np.rint(np.array(vector) + numbers.normal(0, scale, len(vector)))
        return Noised(tuple(values.astype(np.int64).tolist()), scale, rho_micro)

    return noise


def next_to_none(vector, *, sensitivity, rho_micro):
    return Noised(tuple(vector), sensitivity * 1e-7, rho_micro)


@pytest.mark.parametrize("name", NAMES)
def test_every_needed_column_has_values_in_what_importers_read(name, fleet):
    query, rows = asked_of(name, fleet)
    needed = {signal.column for signal in query.signals} | {key.column for key in query.group_by}
    assert {column: rows[column].count() for column in needed if not rows[column].count()} == {}


@pytest.mark.parametrize("name", NAMES)
def test_every_figure_gets_values(name, fleet):
    query, rows = asked_of(name, fleet)
    for drawn in answers(query, rows):
        whole = drawn.estimated.frame.filter(pl.col("level") == "all")
        assert [one for one in query.figure_names if whole[one].null_count()] == []


@pytest.mark.parametrize("name", NAMES)
def test_most_figures_lie_within_their_intervals(name, fleet):
    """Against the same answer with next to no noise, row by row."""
    query, rows = asked_of(name, fleet)
    exact = drawing.draw(bounded(query, rows), query, noise=next_to_none).estimated.frame
    found = [
        within(drawn.estimated.frame, exact[one], one)
        for drawn in answers(query, rows)
        for one in query.figure_names
    ]
    assert np.concatenate(found).mean() >= LEAST


@pytest.mark.parametrize("name", NAMES)
def test_the_row_for_all_data_agrees_with_a_plain_count_over_the_files(name, fleet):
    """Reckoned here from the frames alone, by other means than the release."""
    query, rows = asked_of(name, fleet)
    found = []
    for drawn in answers(query, rows):
        whole = drawn.estimated.frame.filter(pl.col("level") == "all")
        for one, truth, off in plainly(query, rows, drawn.ranges):
            found.append(within(whole, pl.Series([truth]), one, off))
    assert np.concatenate(found).mean() >= LEAST


def test_car_scanner_files_of_a_fleet_serve_what_has_no_odometer(tmp_path):
    """The app's wide form tells all that energy use and driving style need, but no mileage."""
    asked = order(tmp_path, Format.CAR_SCANNER, days=3)
    truth = write_vehicle(asked, 3)
    folder = asked.path(Format.CAR_SCANNER, 3).with_suffix("")
    frames = [reading.read_file(path).frame for path in sorted(folder.glob("*.csv"))]
    rows = registered(pl.concat(frames), 3, truth)
    used = {}
    for name in ("battery_ageing", "energy_use", "driving_style", "trip_patterns"):
        query = queries.plan_of(products.spec_of(name, ["2026-10"]))
        used[name] = contributions.partials(rows, query, by=[DRIVER]).height
    assert used.pop("battery_ageing") == 0
    assert all(used.values())


def within(table, exact, name, off=0.0):
    """Tell for each row that is shown; an end that is missing is open. off: by how much it may."""
    shown = table[name].is_not_null() & exact.is_not_null()
    truth = exact.filter(shown).to_numpy()
    bounds = (("low", -np.inf), ("high", np.inf))
    low, high = (
        table[f"{name}_{end}"].filter(shown).fill_null(open_).to_numpy() for end, open_ in bounds
    )
    return (low <= truth + off + 1e-6) & (truth - off - 1e-6 <= high)


def plainly(query, rows, ranges):
    """Each column with its figure, and how far off a figure that is read from bins may be."""
    usable = [pl.col(signal.column).is_not_null() for signal in query.signals]
    usable += [
        (pl.col(key.column) >= key.edges[0]) & (pl.col(key.column) < key.edges[-1])
        for key in query.group_by
        if key.edges
    ]
    kept = rows.filter(pl.col("window") == "2026-10", *usable)
    for one in query.statistics:
        off = 2 * one.clamp.half / CDF_BINS if isinstance(one, Quantiles) else 0.0
        for column, figure in zip(one.column_names, figures(one, kept, ranges), strict=True):
            yield column, figure, off


def figures(one, rows, ranges):
    if isinstance(one, Mean):
        low, high = ends(one, ranges)
        return [own_means(one.signal, rows).clip(low, high).mean()]
    if isinstance(one, Quantiles):
        own = own_means(one.signal, rows)
        return [own.quantile(float(at), "linear") for at in one.at]
    if isinstance(one, Count):
        own = rows.group_by(DRIVER).len()["len"].clip(0, int(one.clamp.high))
        return [own.sum() * COPIES]
    if isinstance(one, Histogram):
        return shares(one, rows)
    assert isinstance(one, Rate)
    total, per = (
        totals(signal, rows).clip(0, float(clamp.high)).sum()
        for signal, clamp in ((one.signal, one.clamp), (one.per, one.per_clamp))
    )
    return [total / per * float(one.amount)]


def ends(mean, ranges):
    if mean.name in ranges:
        own = ranges[mean.name]
        return own.centre[0] - own.half, own.centre[0] + own.half
    return float(mean.clamp.low), float(mean.clamp.high)


def own_means(signal, rows):
    return rows.group_by(DRIVER).agg(pl.col(signal.column).mean())[signal.column] / signal.per_unit


def totals(signal, rows):
    return rows.group_by(DRIVER).agg(pl.col(signal.column).sum())[signal.column] / signal.per_unit


def shares(one, rows):
    inner = [float(edge) * one.signal.per_unit for edge in one.edges[1:-1]]
    place = pl.Series(np.searchsorted(inner, rows[one.signal.column].to_numpy(), side="right"))
    by_driver = rows.select(DRIVER, place.alias("place")).group_by(DRIVER)
    own = by_driver.agg(
        (pl.col("place") == bin_).mean().alias(str(bin_)) for bin_ in range(one.bins)
    )
    return [own[str(bin_)].mean() for bin_ in range(one.bins)]
