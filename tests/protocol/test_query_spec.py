import copy

import pytest

from protocol import query_spec
from protocol.errors import ProtocolError
from tests.protocol import vectors

VECTORS = vectors.read("query_spec")
SPEC = VECTORS["spec"]
MEAN, HISTOGRAM = SPEC["statistics"]
GROUP = SPEC["group_by"][0]


def test_a_spec_has_the_digest_of_the_vectors():
    assert query_spec.parse(SPEC) == SPEC
    assert query_spec.spec_sha256(SPEC).hex() == VECTORS["sha256"]


def test_a_spec_without_groups_is_fine():
    assert query_spec.parse({**SPEC, "group_by": []})["group_by"] == []


def test_parsing_leaves_the_callers_spec_alone():
    before = copy.deepcopy(SPEC)

    query_spec.parse(SPEC)["windows"].append("2018-08")

    assert before == SPEC


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"more": 1}, ""),
        ({"version": 2}, "/version"),
        ({"title": ""}, "/title"),
        ({"source": "Trips!"}, "/source"),
        ({"windows": []}, "/windows"),
        ({"windows": ["2018-13"]}, "/windows/0"),
        ({"windows": ["2018-07", "2018-06"]}, "/windows"),
        ({"windows": ["2018-06", "2018-06"]}, "/windows"),
        ({"group_by": [GROUP, GROUP]}, "/group_by/1/key"),
        ({"group_by": [{**GROUP, "domain": []}]}, "/group_by/0/domain"),
        ({"statistics": []}, "/statistics"),
        ({"statistics": [MEAN, MEAN]}, "/statistics/1/name"),
        ({"statistics": [{**MEAN, "clamp": ["60", "0"]}]}, "/statistics/0/clamp"),
        ({"statistics": [{**MEAN, "clamp": ["0"]}]}, "/statistics/0/clamp"),
        ({"statistics": [{**MEAN, "expected": ["9", "1"]}]}, "/statistics/0/expected"),
        ({"statistics": [{**HISTOGRAM, "expected": ["9"]}]}, "/statistics/0/expected"),
        ({"statistics": [{**HISTOGRAM, "bins": ["0", "3", "3"]}]}, "/statistics/0/bins"),
        ({"l0": 0}, "/l0"),
        ({"min_cohort": "20"}, "/min_cohort"),
        ({"rho_micro": 0}, "/rho_micro"),
        ({"rho_micro": True}, "/rho_micro"),
    ],
    ids=str,
)
def test_it_refuses_a_spec_and_says_where(change, pointer):
    with pytest.raises(ProtocolError) as refusal:
        query_spec.parse({**SPEC, **change})

    assert (refusal.value.code, refusal.value.pointer) == ("bad_spec", pointer)


@pytest.mark.parametrize("text", ["1e3", "01", "+1", " 1", "1.", "NaN", "1" * 16, "0x1"])
def test_it_refuses_bounds_that_are_not_plain_decimals(text):
    spec = {**SPEC, "statistics": [{**MEAN, "clamp": ["-1", text]}]}

    with pytest.raises(ProtocolError):
        query_spec.parse(spec)


def test_it_refuses_a_float():
    with pytest.raises(ProtocolError) as refusal:
        query_spec.parse({**SPEC, "rho_micro": 0.5})

    assert (refusal.value.code, refusal.value.pointer) == ("not_canonical", "/rho_micro")


@pytest.mark.parametrize("spec", [None, [], "spec", 7])
def test_it_refuses_something_else(spec):
    with pytest.raises(ProtocolError):
        query_spec.parse(spec)
