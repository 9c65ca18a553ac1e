"""The page that asks: standard products, a draft's promise, refusals with what would pass."""

import json
import re

import pytest

from anonymize.domain import products
from marketplace import drafting

pytestmark = pytest.mark.django_db

LANGUAGES = ("en", "zh-hans")
NAMES = [product.name for product in products.standard_products()]


@pytest.fixture
def reader(client, developer):
    client.force_login(developer.user)
    return client


@pytest.fixture
def draft(reader):
    """Send a draft and return the part of the page that tells of it."""

    def send(spec, drivers=2_000):
        body = json.dumps({"spec": spec, "drivers": drivers})
        answer = reader.post("/requests/new/draft", body, content_type="application/json")
        assert answer.status_code == 200
        return answer.content.decode()

    return send


@pytest.fixture
def spec():
    return products.spec_of("charging_behaviour", ["2026-09", "2026-10"])


def better(page):
    found = re.search(r'id="better" type="application/json">(.*?)</script>', page)
    assert found is not None
    return json.loads(found[1])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_each_standard_product_starts_a_question(reader, name, language):
    reader.cookies["django_language"] = language
    page = reader.get(f"/requests/new?start={name}").content.decode()
    assert f'href="?start={name}" aria-current="true"' in page
    for one in products.product_of(name).template["statistics"]:
        assert f'data-figure="{one["name"]}"' in page


def test_an_unknown_start_is_the_first_product(reader):
    page = reader.get("/requests/new?start=nothing").content.decode()
    assert f'href="?start={NAMES[0]}" aria-current="true"' in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_can_be_asked_is_public(client, language):
    client.cookies["django_language"] = language
    page = client.get("/what-can-be-asked").content.decode()
    for code in ("quantiles", "state_of_health", "ambient_temperature", "charging_sessions"):
        assert f"<code>{code}</code>" in page or f">{code}</code>" in page


def test_a_draft_is_told_with_its_figures_and_its_price_in_privacy(draft, spec):
    page = draft(spec)
    assert "Mean of energy per session, histogram of plug-in hour" in page
    assert "at most 68 right guesses in 100" in page
    assert page.count("data-verdict>useful") == 1
    assert page.count('class="interval"') == len(spec["statistics"])
    assert "data-remedy" not in page


def test_a_coarse_draft_is_told_with_the_loss_that_would_make_it_useful(draft, spec):
    coarse = spec | {"rho_micro": 2_000}
    page = draft(coarse, drivers=1_000)
    assert 'data-pointer="/rho_micro"' in page
    assert 'data-change="Use rho' in page
    assert "data-remedy" not in draft(better(page), drivers=1_000)


def test_a_refusal_points_at_the_field_and_carries_what_would_pass(draft, spec):
    page = draft(spec | {"min_cohort": 3})
    assert 'data-pointer="/min_cohort"' in page
    assert "Groups of fewer than 10 drivers are never shown." in page
    assert "Show groups of 10 drivers or more" in page
    assert "data-verdict>would be refused" in page
    assert better(page) == spec | {"min_cohort": 10}


def test_too_few_drivers_are_told_at_their_field(draft):
    page = draft(products.spec_of("battery_ageing", ["2026-10"]), drivers=5)
    assert 'data-pointer="/drivers_needed"' in page
    assert "One group would hold 0 drivers; at least 20 are needed." in page


def test_a_malformed_draft_says_what_is_wrong(draft, spec):
    del spec["source"]
    page = draft(spec)
    assert "source" in page
    assert "data-verdict>would be refused" in page


@pytest.mark.parametrize("drivers", [0, "", "many"])
def test_no_number_of_drivers_is_told_at_its_field(draft, spec, drivers):
    assert 'data-pointer="/drivers_needed"' in draft(spec, drivers)


def test_what_is_no_json_is_told_too(reader):
    answer = reader.post("/requests/new/draft", "{", content_type="application/json")
    assert "would be refused" in answer.content.decode()


def test_drafts_are_for_developers(client):
    assert client.post("/requests/new/draft").status_code == 302
    assert client.get("/requests/new/draft").status_code == 405


def test_text_of_a_draft_cannot_become_part_of_the_page(draft, spec):
    spec["group_by"][0]["key"] = "<script>alert(1)</script>"
    assert "<script>alert" not in draft(spec)


def test_how_many_drivers_make_it_useful_is_told_and_offered(draft):
    spec = products.spec_of("battery_ageing", ["2026-10"])
    page = draft(spec, drivers=5)
    found = re.search(r'data-change="Ask ([0-9]+) drivers" data-drivers="([0-9]+)"', page)
    assert found is not None
    assert found[1] == found[2]
    assert f"{found[1]} drivers make it useful" in page
    assert "data-remedy" not in draft(spec, drivers=int(found[1]))


def test_a_change_of_two_members_tells_both():
    change = {"group_by": [{"key": "vehicle_model"}], "rho_micro": 200_000}
    assert drafting.change_words(change) == "Group by car model only, use rho 0.20"
    assert drafting.change_words(change, keys=1) == "Use wider groups, use rho 0.20"
