import dataclasses

from hypothesis import given
from hypothesis import strategies as st

from audit.domain.hash_chain import START, Line, Sealed, digest_of, first_broken

WORDS = ["driver_erased", "upload_opened", "developer_standing"]


def _chain(acts: list[str]) -> list[Sealed]:
    chain: list[Sealed] = []
    previous = START
    for number, act in enumerate(acts, start=1):
        line = Line(number, "2026-11-22T09:00:00+00:00", "builder", act, "upload:1", {"n": number})
        digest = digest_of(line, previous)
        chain.append(Sealed(line, previous, digest))
        previous = digest
    return chain


def _broken(chain: list[Sealed], head: list[Sealed]) -> int | None:
    last = head[-1] if head else None
    return first_broken(
        chain,
        head_number=last.line.number if last else 0,
        head_digest=last.digest if last else START,
    )


ACTS = st.lists(st.sampled_from(WORDS), min_size=1, max_size=8)


@given(ACTS)
def test_a_whole_chain_is_unbroken(acts: list[str]) -> None:
    assert _broken(_chain(acts), _chain(acts)) is None


def test_an_empty_chain_is_unbroken() -> None:
    assert _broken([], []) is None


@given(ACTS, st.data())
def test_a_changed_line_is_named(acts: list[str], data: st.DataObject) -> None:
    chain = _chain(acts)
    index = data.draw(st.integers(0, len(chain) - 1))
    line = dataclasses.replace(chain[index].line, actor="somebody else")
    forged = [*chain[:index], dataclasses.replace(chain[index], line=line), *chain[index + 1 :]]
    assert _broken(forged, chain) == index + 1


@given(ACTS, st.data())
def test_a_missing_line_is_named(acts: list[str], data: st.DataObject) -> None:
    chain = _chain(acts)
    index = data.draw(st.integers(0, len(chain) - 1))
    assert _broken(chain[:index] + chain[index + 1 :], chain) == index + 1


def test_a_line_added_behind_the_head_is_named() -> None:
    assert _broken(_chain(WORDS), _chain(WORDS[:2])) == 3
