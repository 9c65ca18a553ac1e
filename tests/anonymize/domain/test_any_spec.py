"""Any document at the door of questions is answered with a promise, or refused in words."""

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymize.domain import products, promises, queries
from anonymize.domain.errors import SpecRefused
from bench import keeping
from protocol import canonical

SPECS: list[dict[str, Any]] = [
    *(products.spec_of(one.name, ["2026-10"]) for one in products.standard_products()),
    *keeping.KINDS.values(),
]

_numbers = st.integers() | st.floats() | st.integers(-3, 60)
_words = st.text(max_size=12) | st.sampled_from(
    ["0", "-5", "1e9", "0.10", "0.999", "00-08", "24-25", "2026-13", "Other", "group", "dp", "rate"]
)
anything = st.recursive(
    st.none() | st.booleans() | _numbers | _words,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_words, inner, max_size=4),
    max_leaves=6,
)


def places(document: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path to every value in a document."""
    inner: list[tuple[Any, ...]] = []
    if isinstance(document, dict):
        inner = [one for key, value in document.items() for one in places(value, (*at, key))]
    if isinstance(document, list):
        inner = [one for n, value in enumerate(document) for one in places(value, (*at, n))]
    return [*([at] if at else []), *inner]


def changed(document: dict[str, Any], at: tuple[Any, ...], value: Any, *, is_cut: bool) -> Any:
    found = copy.deepcopy(document)
    *way, last = at
    holder: Any = found
    for step in way:
        holder = holder[step]
    if is_cut:
        del holder[last]
    elif isinstance(holder, list) and last < len(holder) and value == "twice":
        holder.append(copy.deepcopy(holder[last]))
    else:
        holder[last] = value
    return found


@settings(max_examples=250)
@given(st.data())
def test_a_spec_that_was_changed_anywhere_is_promised_or_refused(data):
    spec = data.draw(st.sampled_from(SPECS))
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.sampled_from(places(spec)))
        value = data.draw(st.just("twice") | anything)
        spec = changed(spec, at, value, is_cut=data.draw(st.booleans()))
    drivers = data.draw(st.sampled_from([0, 1, 30, 5_000]))
    told = told_of(spec, drivers)
    assert json.loads(canonical.encode(told)) == told


def told_of(spec: Any, drivers: int) -> dict[str, Any]:
    """The promise as the API tells it, or the refusal with its marked fields."""
    try:
        return promises.promise(queries.plan_of(spec), drivers).to_dict()
    except SpecRefused as refusal:
        return {"code": refusal.code, "detail": str(refusal), "fields": refusal.fields}


@given(anything)
def test_what_is_no_spec_at_all_is_refused(document):
    with pytest.raises(SpecRefused):
        queries.plan_of(document)
