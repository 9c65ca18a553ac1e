"""The cheap fleets have what the products read; coverage is measured over any number of builds."""

import pytest

from anonymize.domain import products, queries
from bench import fleets, keeping

PRODUCTS = {product.name: product for product in products.standard_products()}


@pytest.mark.parametrize("name", PRODUCTS)
def test_every_needed_column_is_there(name):
    query = queries.plan_of(products.spec_of(name, [fleets.WINDOW]))
    rows = keeping.FLEETS[PRODUCTS[name].source](50, 1)
    needed = {signal.column for signal in query.signals} | {key.column for key in query.group_by}
    assert needed <= set(rows.columns)


@pytest.mark.parametrize("name", PRODUCTS)
def test_a_few_builds_give_a_coverage_and_a_promise_of_every_column(name, monkeypatch):
    monkeypatch.setattr(keeping, "DRIVERS", 1_500)
    covered, kept = keeping.of_product(PRODUCTS[name], 3)
    query = queries.plan_of(products.spec_of(name, [fleets.WINDOW]))
    assert len(covered) == len(kept) == len(query.figure_names)
    assert all(0 <= share <= 1 for share in covered)
