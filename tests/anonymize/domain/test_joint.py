"""Rows of one driver that are bounded together."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonymize.domain import joint
from anonymize.domain.prefix import RESOLUTION

COLUMNS = st.integers(1, 30)


def mixed(values, groups, columns, rows):
    cells = np.zeros((rows, columns), dtype=np.int64)
    cells.ravel()[groups] = values
    return cells @ joint.mixing(columns)


@given(COLUMNS, st.integers(0, 10), st.data())
def test_no_driver_is_longer_than_the_bound(columns, seed, data):
    rng = np.random.default_rng(seed)
    most = data.draw(st.integers(1, 2 * columns))
    groups = rng.choice(2 * columns, most, replace=False)
    values = rng.normal(0, 10.0 ** rng.integers(-2, 4), most)
    owners = np.zeros(most, dtype=np.int64)
    whole = joint.scaled(values, owners, groups, columns, most)
    cells = mixed(whole, groups, columns, 2)
    squared = joint.added_squared(whole, owners, groups, columns).sum()
    assert squared == (cells**2).sum() <= most * RESOLUTION**2


@pytest.mark.parametrize("columns", [1, 2, 6, 24, 25])
def test_short_rows_stay_as_they_are_and_come_back_from_mixed_cells(columns):
    values = np.random.default_rng(1).normal(0, 0.1, columns)
    groups, owners = np.arange(columns), np.zeros(columns, dtype=np.int64)
    whole = joint.scaled(values, owners, groups, columns, columns)
    back = mixed(whole, groups, columns, 1) / RESOLUTION @ joint.unmixing(columns)
    assert back[0] == pytest.approx(values, abs=1 / joint.units(columns))


@pytest.mark.parametrize("columns", [2, 6, 24, 25])
def test_cells_come_back_with_the_noise_they_were_given(columns):
    assert (joint.unmixing(columns) ** 2).sum(axis=0) == pytest.approx(np.ones(columns))
    assert (joint.unmixing(columns) ** 2).sum(axis=1) == pytest.approx(np.ones(columns))


def test_the_length_told_is_that_of_the_mixed_cells():
    values, groups = np.array([0.5, -0.2, 0.3]), np.array([0, 4, 7])
    owners = np.zeros(3, dtype=np.int64)
    units = joint.units(6) / RESOLUTION
    cells = np.zeros((2, 6))
    cells.ravel()[groups] = values * units
    length = math.sqrt(((cells @ joint.mixing(6)) ** 2).sum())
    assert joint.lengths(values, owners, groups, 6) == pytest.approx(np.full(3, length))


@given(st.integers(0, 20))
def test_the_order_of_rows_changes_nothing(seed):
    rng = np.random.default_rng(seed)
    owners, groups = np.repeat(np.arange(20), 12), np.tile(np.arange(12), 20)
    values, order = rng.normal(0, 2, owners.size), rng.permutation(owners.size)
    sorted_ = joint.lengths(values, owners, groups, 6)
    shuffled = joint.lengths(values[order], owners[order], groups[order], 6)
    assert shuffled == pytest.approx(sorted_[order])
