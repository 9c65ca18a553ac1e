"""The judging fleet has what products read; coverage is measured over any number of builds."""

import pytest

from anonymize.domain import products, queries
from bench import accuracy, fleets, keeping

PRODUCTS = {product.name: product for product in products.standard_products()}


@pytest.fixture(scope="module")
def fleet():
    return fleets.simulated(1, vehicles=30, copies=60)


@pytest.mark.parametrize("name", PRODUCTS)
def test_every_needed_column_is_there(name, fleet):
    query = queries.plan_of(products.spec_of(name, [fleets.WINDOW]))
    rows = fleet[PRODUCTS[name].source]
    needed = {signal.column for signal in query.signals} | {key.column for key in query.group_by}
    assert needed <= set(rows.columns)


@pytest.mark.parametrize("name", PRODUCTS)
def test_a_few_builds_give_a_coverage_and_a_promise_of_every_column(name, fleet, monkeypatch):
    monkeypatch.setattr(fleets, "simulated", lambda _seed: fleet)
    monkeypatch.setattr(accuracy, "TRIALS", 4)
    covered, kept = keeping.of_product(PRODUCTS[name], 2)
    query = queries.plan_of(products.spec_of(name, [fleets.WINDOW]))
    assert len(covered) == len(kept) == len(query.figure_names)
    assert all(0 <= share <= 1 for share in covered)
