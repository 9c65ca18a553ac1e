"""Everything that can be asked has words; a question is one sentence."""

import json
import re
from typing import get_args

import pytest
from django.utils import translation

from anonymize.domain import products, queries, telling
from anonymize.domain.promises import Verdict
from anonymize.domain.signals import SOURCES
from anonymize.domain.statistics import DEPTHS
from marketplace import promising, sentences, words
from stack.places import ROOT
from tests.marketplace.asked import EVERY_KIND, asked

HAN = re.compile(r"[\u4e00-\u9fff]")
SIGNALS = {name: one for source in SOURCES.values() for name, one in source.signals.items()}
SCHEMA = json.loads((ROOT / "protocol" / "query_spec.schema.json").read_text(encoding="utf-8"))
KINDS = {
    definition["properties"]["kind"]["const"]
    for definition in SCHEMA["$defs"].values()
    if "kind" in definition.get("properties", {})
}
PRODUCTS = [product.name for product in products.standard_products()]


def test_every_source_signal_key_kind_level_and_verdict_has_words():
    assert set(words.SOURCES) == set(words.COUNTED) == set(SOURCES)
    assert set(words.SIGNALS) == set(SIGNALS)
    keys = ({*one.lists, *one.hours, *one.numbers} for one in SOURCES.values())
    assert set(words.KEYS) == set().union(*keys)
    assert set(words.KINDS) == set(words.MEANINGS) == KINDS
    assert set(words.LEVELS) == set(DEPTHS)
    assert set(words.VERDICTS) == set(get_args(Verdict))


def test_every_unit_has_words():
    told = {telling.unit_of(one) for one in queries.plan_of(asked(*EVERY_KIND)).statistics}
    for unit in told | {one.unit for one in SIGNALS.values()}:
        parts = re.split(r"/(?:[0-9]+ )?", unit.removesuffix("^2"))
        assert unit in words.UNITS or all(part in words.UNITS for part in parts), unit


def test_units_are_written_as_people_write_them():
    assert words.unit("degC") == "°C"
    assert words.unit("degC^2") == "°C²"
    assert words.unit("events/100 km") == "events/100 km"
    assert words.unit("") == ""
    with translation.override("zh-hans"):
        assert words.unit("events/100 km") == "次/100 km"


@pytest.mark.parametrize("one", EVERY_KIND, ids=lambda one: one["kind"])
def test_every_kind_is_told_in_both_languages(one):
    text = sentences.question(asked(one))
    assert "%(" not in text
    assert one.get("signal", "") not in text or "_" not in one.get("signal", "")
    with translation.override("zh-hans"):
        assert HAN.search(sentences.plain(one, "driving"))
        assert not re.search(r"[a-z]{4,}", sentences.question(asked(one)))


def test_a_question_is_one_sentence():
    harsh = next(one for one in EVERY_KIND if one["kind"] == "rate")
    keys = [{"key": "odometer", "unit": "km", "bins": ["0", "30000", "90000"]}]
    assert sentences.question(asked(harsh, group_by=keys)) == (
        "Harsh events per 100 km of distance; by odometer reading, from trips in 2026-10,"
        " at least 20 drivers a group"
    )
    assert sentences.question(asked(harsh)) == (
        "Harsh events per 100 km of distance; from trips in 2026-10, at least 20 drivers"
    )


def test_a_figure_that_is_not_told_for_every_group_says_so():
    spec = products.spec_of("battery_ageing", ["2026-10"])
    assert [sentences.figure(one, spec) for one in spec["statistics"]] == [
        "mean of battery health",
        "25%, 50%, 75% quantiles of battery health (by car model only)",
        "mean of odometer reading (all drivers together)",
    ]


def test_a_median_is_called_one():
    one = next(one for one in EVERY_KIND if one["kind"] == "quantiles") | {"at": ["0.5"]}
    assert sentences.column(one, "driving", 0) == "median of battery health"


def test_every_kind_is_promised_against_its_range():
    told = promising.promised(asked(*EVERY_KIND), 5_000)
    drivers, *rows = told.rows
    assert (drivers.name, drivers.group_part) == ("drivers", None)
    assert len(rows) == len(EVERY_KIND) + 1  # of two quantiles each has a row
    for row in rows:
        assert row.group_part is not None
        assert row.all_part is not None
        assert 0 < row.all_part <= row.group_part + 0.1 <= 100.1
        assert row.unit
        assert row.verdict is not None


def test_a_wide_error_says_which_figure_and_how_wide():
    told = promising.promised(asked(*EVERY_KIND, rho_micro=200), 500)
    assert not told.is_useful
    assert "would be told to no better than" in told.reason


def test_shares_are_told_in_percentage_points():
    histogram = next(one for one in EVERY_KIND if one["kind"] == "histogram")
    row = promising.promised(asked(histogram), 5_000).rows[1]
    assert row.unit == "percentage points"
    assert row.group_part == pytest.approx(2 * float(row.group), abs=0.06)


@pytest.mark.parametrize("name", PRODUCTS)
def test_a_standard_product_is_told_whole_in_both_languages(name):
    spec = products.spec_of(name, ["2026-10"])
    for language in ("en", "zh-hans"):
        with translation.override(language):
            rows = promising.promised(spec, 900).rows
            texts = [sentences.question(spec), *(row.words for row in rows)]
            assert not any("%(" in text or "_" in text for text in texts)
