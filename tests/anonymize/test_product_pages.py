"""Every standard product has its card in the documents, with the errors that are promised."""

import re

import pytest
from django.conf import settings

from anonymize import product_pages, selectors
from anonymize.domain import products, queries

PRODUCTS = {product.name: product for product in products.standard_products()}
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
FOLDER = settings.BASE_DIR / "docs" / "products"


def card(name):
    return (FOLDER / f"{name}.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", PRODUCTS)
def test_the_card_is_what_the_question_promises_today(name):
    """When it is not: `make products`. Last digits may differ between processors."""
    kept, today = card(name), product_pages.page_of(PRODUCTS[name])
    assert NUMBER.sub("0", kept) == NUMBER.sub("0", today)
    told, promised = (
        [float(one.replace(",", "")) for one in NUMBER.findall(text)] for text in (kept, today)
    )
    assert told == pytest.approx(promised, rel=0.03)


@pytest.mark.parametrize("name", PRODUCTS)
def test_the_card_names_every_figure_and_key(name):
    query = queries.plan_of(products.spec_of(name, ["2026-10"]))
    words = card(name)
    assert all(f"`{one.name}`" in words for one in query.statistics)
    assert all(f"`{key.key}`" in words for key in query.group_by)


@pytest.mark.parametrize("name", PRODUCTS)
def test_the_card_tells_the_privacy_cost_as_the_api_does(name):
    facts = selectors.privacy_facts(PRODUCTS[name].rho_micro)
    assert f"at most {facts['guess_in_100']} times in 100" in card(name)
    assert f"epsilon {facts['epsilon']} at delta {facts['delta']}" in card(name)


def test_no_card_is_left_of_a_product_that_is_gone():
    assert {path.stem for path in FOLDER.glob("*.md")} - {"README"} == set(PRODUCTS)
