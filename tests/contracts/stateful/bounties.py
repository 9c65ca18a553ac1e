"""Campaigns in Python: what a funder asked for, what may settle it, and terms to draw."""

from hashlib import sha256
from typing import NamedTuple

from hypothesis import strategies as st

from tests.contracts.stateful.trading import COINS
from tests.contracts.stateful.worlds import address

LONGEST = 366 * 86_400
DATASETS = {sha256(name.encode()).digest(): name for name in COINS}
MOSTLY = [
    *DATASETS,
    *[dataset for dataset, name in DATASETS.items() if name in {"coin", "back"}] * 2,
]
UNKNOWN = b"\xff" * 32
OPEN, SETTLED, REFUNDED = 1, 2, 3

terms = st.fixed_dictionaries(
    {
        "dataset": st.sampled_from([*MOSTLY * 2, UNKNOWN]),
        "recipient": st.sampled_from([1, 2, 3, 4, 5, 6, 7, 0]).map(address),
        "bounty": st.sampled_from([99, 100, 100, 101, 10_007, 10_007, 2**80, 0, 2**96]),
        "threshold": st.sampled_from([1, 1, 1, 5, 2**48 - 1, 0, 2**48]),
        "ahead": st.sampled_from([1, 3_600, 3_600, 86_400, LONGEST, 0, LONGEST + 1]),
    }
)
good_terms = st.fixed_dictionaries(
    {
        "dataset": st.sampled_from(MOSTLY),
        "recipient": st.integers(1, 9).map(address),
        "bounty": st.sampled_from([100, 101, 10_007, 2**80]),
        "threshold": st.sampled_from([1, 1, 5]),
        "ahead": st.sampled_from([3_600, 86_400, LONGEST]),
    }
)


class Campaign(NamedTuple):
    """What a funder asked for."""

    dataset: bytes
    recipient: str
    bounty: int
    threshold: int
    deadline: int
    state: int = OPEN

    @property
    def coin(self) -> str:
        return DATASETS[self.dataset]


class Release(NamedTuple):
    """What may settle a campaign."""

    dataset: bytes
    price: int
    total: int
    licensed: set[str]
