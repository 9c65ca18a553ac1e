"""Levels that agree, and groups that are drawn together."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from anonymize.domain import hierarchy
from anonymize.domain.intervals import Noisy

tables = arrays(float, st.tuples(st.integers(1, 5), st.integers(1, 4)), elements=st.floats(-2, 2))


@given(st.lists(st.floats(-50, 50), min_size=1, max_size=6), st.floats(-90, 90))
def test_parts_add_up_to_the_whole(parts, whole):
    root, leaves = hierarchy.agree(Noisy(np.array([whole]), 2.0), Noisy(np.array(parts), 3.0))
    assert leaves.value.sum() == pytest.approx(root.value[0], abs=1e-6)


def test_agreeing_numbers_have_the_noise_that_is_told():
    rng = np.random.default_rng(1)
    roots, leaves = [], []
    for _ in range(4_000):
        whole = Noisy(np.array([30 + rng.normal(0, 2.0)]), 2.0)
        root, leaf = hierarchy.agree(whole, Noisy(np.full(3, 10.0) + rng.normal(0, 1.5, 3), 1.5))
        roots.append(root.value[0])
        leaves.append(leaf.value[0])
    assert np.std(roots) == pytest.approx(root.sd, rel=0.05)
    assert np.std(leaves) == pytest.approx(leaf.sd, rel=0.05)
    assert root.sd < 2.0
    assert leaf.sd < 1.5


@given(tables, st.floats(0.01, 1), st.none() | st.floats(-1, 1))
def test_no_figure_moves_further_than_its_noise_allows(values, sd, towards):
    sds = np.full_like(values, sd)
    moved = hierarchy.drawn_together(values, sds, towards=towards)
    assert (np.abs(moved - values) <= 1.5 * sd + 1e-9).all()


def test_what_is_not_known_stays_unknown():
    values = np.array([[1.0, 2.0], [np.nan, 4.0], [2.0, 3.0]])
    moved = hierarchy.drawn_together(values, np.full_like(values, 0.5))
    assert np.isnan(moved[1, 0])
    assert np.isfinite(moved).sum() == 5


@pytest.mark.parametrize("own", [0.0, 0.1, 0.4])
def test_drawing_together_lessens_the_error_whatever_the_groups_are(own):
    rng = np.random.default_rng(5)
    raw, drawn = 0.0, 0.0
    for _ in range(200):
        truth = rng.normal(0, 0.3, (8, 1)) + rng.normal(0, 0.2, (1, 5)) + rng.normal(0, own, (8, 5))
        values = truth + rng.normal(0, 0.3, truth.shape)
        moved = hierarchy.drawn_together(values, np.full_like(values, 0.3))
        raw += float(((values - truth) ** 2).sum())
        drawn += float(((moved - truth) ** 2).sum())
    assert drawn < raw
