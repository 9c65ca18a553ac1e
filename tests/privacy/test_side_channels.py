"""Rows, types, flags, manifest, messages: what is not a noisy number tells nothing of its own."""

import math
from datetime import UTC, datetime
from uuid import UUID

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymize import answering
from anonymize.describing import manifest_of
from anonymize.domain import accounting, contributions, drawing
from anonymize.domain.mechanisms import Noised
from anonymize.models import Dataset, Release
from storage.models import SealedObject
from tests.anonymize.making import (
    BOUGHT,
    EVERY_KIND,
    HOURS,
    MODELS,
    QUANTILES,
    first,
    frame,
    query_with,
    session,
    spec_with,
)

STAGED = {"group_by": [MODELS, HOURS], "l0": 2, "l0_first": 1, "statistics": [BOUGHT, QUANTILES]}
QUESTIONS = [
    {"statistics": EVERY_KIND},
    {"statistics": EVERY_KIND, "group_by": []},
    {"statistics": [BOUGHT], "group_by": [HOURS], "l0": 2},
    STAGED,
]
data = st.lists(
    st.lists(
        st.builds(
            session,
            st.sampled_from(["Small", "Large", "Unlisted", None]),
            st.sampled_from([-(10**12), 0, 1, 39_999, 10**6, 10**12]) | st.integers(1, 10**6),
            st.integers(0, 23),
            month=st.sampled_from([8, 9, 10]),
        ),
        max_size=5,
    ),
    max_size=4,
)


def given_numbers(seed):
    """Noise that forgets the exact vector: the same noisy numbers, whatever the cohort."""
    rng = np.random.default_rng(seed)

    def draw(vector, *, sensitivity, rho_micro):
        scale = accounting.scale_of(sensitivity=sensitivity, rho_micro=rho_micro)
        cells_of = np.rint(rng.normal(30 * scale, 30 * scale, len(vector))).astype(np.int64)
        return Noised(tuple(cells_of.tolist()), scale, rho_micro)

    return draw


def answer_of(drivers, query, seed):
    frames = {str(number): frame(*held) for number, held in enumerate(drivers)}
    bounded = contributions.bound_frames(frames, query, first)
    return drawing.draw(bounded, query, noise=given_numbers(seed))


def manifest_about(answer, spec):
    release = Release(
        id=UUID(int=1),
        dataset=Dataset(id=UUID(int=2), spec=spec, spec_sha256="00" * 32),
        rho_micro=spec["rho_micro"],
        consent_block=7,
        consent_block_hash="0x" + "11" * 32,
    )
    sealed = SealedObject(cid="b", sha256="00" * 32, size_bytes=1, envelope_version=1)
    return manifest_of(
        release=release,
        answer=answer,
        sealed=sealed,
        contributors={"root": "0x" + "00" * 32, "total_weight": 1},
        at=datetime(2026, 11, 22, tzinfo=UTC),
    )


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(QUESTIONS), data, data, st.integers(0, 10**6))
def test_table_and_manifest_follow_from_the_noisy_numbers_and_the_question(
    changes, one, other, seed
):
    """Rows, their order, types, what is held back, the file's bytes and length, every field."""
    spec = spec_with(**changes)
    query = query_with(**changes)
    answers = [answer_of(drivers, query, seed) for drivers in (one, other)]
    tables = [answer.estimated.frame for answer in answers]
    assert tables[0].schema == tables[1].schema
    assert tables[0].equals(tables[1], null_equal=True)
    assert answering.parquet_of(answers[0]) == answering.parquet_of(answers[1])
    assert manifest_about(answers[0], spec) == manifest_about(answers[1], spec)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(QUESTIONS), data)
def test_no_data_stop_an_answer_or_are_told_by_a_message(changes, drivers):
    """An error that only some data raise would be a release of its own."""
    query = query_with(**changes)
    frames = {str(number): frame(*held) for number, held in enumerate(drivers)}
    bounded = contributions.bound_frames(frames, query, first)
    assert drawing.draw(bounded, query).rho_micro_spent == query.rho_micro


def test_groups_are_held_back_by_their_noisy_count():
    """Nobody at all is shown when the noise says so, and a full group is held back."""
    query = query_with(group_by=[])
    answers = [answer_of([[session()]] * drivers, query, seed=1) for drivers in (0, 40)]
    held = [answer.estimated.frame["held_back"].to_list() for answer in answers]
    assert held[0] == held[1]
    assert math.isfinite(answers[0].estimated.cohort_noised)
