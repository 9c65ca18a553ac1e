"""The 95% intervals cover the cohort's exact figures in 93 to 97 of 100 builds, as promised."""

import numpy as np
import polars as pl
import pytest

from anonymize.domain import accounting, cells, estimates, mechanisms, promises
from anonymize.domain.mechanisms import Noised
from tests.anonymize.making import EVERY_KIND, cohort, query_with, vector_of

BUILDS = 1_000
DRIVERS = 400


@pytest.fixture(scope="module")
def builds():
    """Tables of many builds over one cohort, and the exact table."""
    query = query_with()
    layout = cells.layout_of(query)
    vector = vector_of(cohort(DRIVERS), query)
    noised = mechanisms.noise(
        vector * BUILDS, sensitivity=layout.sensitivity, rho_micro=query.rho_micro
    )
    tables = [
        estimates.estimate(
            Noised(
                noised.values[start : start + layout.size], noised.scale, noised.rho_micro_spent
            ),
            layout,
        ).frame
        for start in range(0, layout.size * BUILDS, layout.size)
    ]
    exact = estimates.estimate(Noised(tuple(vector), 1e-3, 0), layout).frame
    return query, pl.concat(tables), pl.concat([exact] * BUILDS)


def coverage(tables, exact, column):
    shown = tables["held_back"].is_null()
    truth = exact[column].filter(shown)
    low, high = (tables[column + end].filter(shown) for end in ("_low", "_high"))
    return float(((low <= truth + 1e-6) & (truth - 1e-6 <= high)).mean())


def test_intervals_cover_what_they_say(builds):
    query, tables, exact = builds
    found = {name: coverage(tables, exact, name) for name in query.figure_names}
    assert all(0.93 <= share <= 0.97 for share in found.values()), found


def test_every_kind_covers_what_it_says():
    """Normal noise of the mechanism's scale stands for the mechanism: it is fast."""
    query = query_with(statistics=EVERY_KIND)
    layout, vector = cells.layout_of(query), np.array(vector_of(cohort(DRIVERS), query))
    scale = accounting.scale_of(sensitivity=layout.sensitivity, rho_micro=query.rho_micro)
    rng = np.random.default_rng(8)
    drawn = np.rint(vector + rng.normal(0, scale, (BUILDS // 8, vector.size))).astype(np.int64)
    tables = [estimates.estimate(Noised(tuple(row.tolist()), scale, 0), layout) for row in drawn]
    exact = estimates.estimate(Noised(tuple(vector.tolist()), 1e-3, 0), layout).frame
    both = pl.concat(one.frame for one in tables), pl.concat([exact] * len(tables))
    found = {name: coverage(*both, name) for name in query.figure_names}
    assert all(0.9 <= share <= 0.995 for share in found.values()), found


def test_the_interval_of_the_count_covers_too(builds):
    _, tables, exact = builds
    assert 0.93 <= coverage(tables, exact, "drivers") <= 0.975


def test_every_row_covers_and_not_only_their_average(builds):
    query, tables, exact = builds
    for place in range(4):
        rows = pl.Series(np.arange(tables.height) % 4 == place)
        found = [coverage(tables.filter(rows), exact.filter(rows), n) for n in query.figure_names]
        assert 0.925 <= sum(found) / len(found) <= 0.975


def test_the_promised_width_is_kept(builds):
    """Widths promised for a group of the true size against those released, on average."""
    query, tables, exact = builds
    for place, row in enumerate(exact.head(4).iter_rows(named=True)):
        if place == 0:
            continue
        promised = promises.half_widths(query, row["drivers"])
        rows = tables.filter(pl.Series(np.arange(tables.height) % 4 == place))
        rows = rows.filter(pl.col("held_back").is_null())
        width = ((rows["energy_mean_high"] - rows["energy_mean_low"]) / 2).median()
        assert 0.85 <= width / promised["energy_mean"] <= 1.3
        for name in query.figure_names[1:]:
            width = ((rows[name + "_high"] - rows[name + "_low"]) / 2).median()
            assert 0.9 <= width / promised[name] <= 1.1


def test_the_promise_for_all_data_is_kept(builds):
    query, tables, _ = builds
    told = {one.column: one for one in promises.promise(query, DRIVERS).columns}
    rows = tables.filter(pl.col("level") == "all")
    for name in query.figure_names:
        width = ((rows[name + "_high"] - rows[name + "_low"]) / 2).median()
        assert width == pytest.approx(told[name].whole, rel=0.15)


def test_the_error_is_as_small_as_the_interval_says(builds):
    """95 of 100 released values lie within the released half width: no wider noise than told."""
    _, tables, exact = builds
    shown = tables["held_back"].is_null()
    error = (tables["energy_mean"] - exact["energy_mean"]).filter(shown).abs()
    half = ((tables["energy_mean_high"] - tables["energy_mean_low"]) / 2).filter(shown)
    assert float((error <= half).mean()) >= 0.93
