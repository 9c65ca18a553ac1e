"""A developer asks in a browser: a standard product, its promise, a refusal, the way out of it."""

import re
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import ViewportSize, expect

from marketplace.models import DataRequest
from tests.e2e.browser import DESK, LANGUAGES, NARROW, Person

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("beside_a_loop", "django_db_setup", "browser"),  # in this order
]

ONE_KEY = re.compile(r'^(?!.*l0_first)(?!.*"level": "first").*ambient_temperature', re.DOTALL)


@pytest.fixture
def asking(browser, live_server, transactional_db, accredited):
    """Seat a signed-in developer at a window of a size and a theme."""
    seated: list[Person] = []
    client = Client()
    client.force_login(accredited.user)
    cookie: Any = {"name": "sessionid", "url": live_server.url}
    cookie |= {"value": client.cookies["sessionid"].value}

    def sit_down(size: ViewportSize = DESK, **options: Any) -> Person:
        context = browser.new_context(viewport=size, **options)
        context.add_cookies([cookie])
        seated.append(Person(context, live_server.url))
        return seated[-1]

    yield sit_down
    for one in seated:
        one.context.close()


def told(page, verdict):
    expect(page.locator("[data-verdict]")).to_have_text(verdict)


def test_a_question_goes_from_a_product_past_a_refusal_to_the_desk(asking):
    developer = asking()
    page = developer.open("/requests/new")
    page.get_by_role("link", name="Charging behaviour").click()
    told(page, "useful")
    expect(page.locator("[data-question]")).to_contain_text("by site, from charging sessions")

    page.get_by_label("Smallest group, drivers").fill("3")
    told(page, "would be refused")
    remedy = page.locator("#min_cohort").locator("xpath=../following-sibling::*[1]")
    expect(remedy).to_contain_text("Groups of fewer than 10 drivers are never shown.")
    developer.shoot("developer-refused-draft")
    remedy.get_by_role("button", name="Show groups of 10 drivers or more").click()
    told(page, "useful")
    expect(page.get_by_label("Smallest group, drivers")).to_have_value("10")

    page.get_by_role("button", name="Undo").click()
    told(page, "would be refused")
    expect(page.get_by_label("Smallest group, drivers")).to_have_value("3")
    page.get_by_role("button", name="Show groups of 10 drivers or more").click()
    told(page, "useful")

    page.get_by_label("Your question").fill("When does charging at home begin?")
    page.get_by_label("Why do you ask?").fill("We plan a cheaper tariff for the night.")
    page.get_by_label("scientific research", exact=True).check()
    page.get_by_role("button", name="File the request").click()
    page.wait_for_url("**/requests/*-*")
    filed = DataRequest.objects.get()
    assert filed.spec["min_cohort"] == 10
    assert filed.spec["source"] == "charging_sessions"
    assert developer.complaints == []


def test_form_and_text_follow_each_other(asking):
    page = asking().open("/requests/new?start=energy_use")
    told(page, "useful")
    page.get_by_label("speed", exact=True).uncheck()
    page.get_by_text("As JSON").click()
    text = page.get_by_label("QuerySpec")
    expect(text).to_have_value(ONE_KEY)
    text.fill(text.input_value().replace('"rho_micro": 100000', '"rho_micro": 200000'))
    expect(page.get_by_label("Privacy used, millionths of rho")).to_have_value("200000")
    text.fill("{")
    expect(page.locator("#spec-error")).to_have_text("The question is not valid JSON.")


def test_a_suggestion_is_taken_with_the_keyboard_alone(asking):
    page = asking().open("/requests/new?start=charging_behaviour")
    told(page, "useful")
    field = page.get_by_label("Privacy used, millionths of rho")
    field.fill("20000")
    told(page, "coarse")
    field.press("Tab")
    expect(page.locator("[data-apply]")).to_be_focused()
    page.keyboard.press("Enter")
    told(page, "useful")
    expect(page.get_by_role("button", name="Undo")).to_be_focused()
    page.keyboard.press("Enter")
    told(page, "coarse")
    expect(field).to_have_value("20000")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_refused_draft_reads_well_in_the_narrowest_window(asking, language, theme):
    developer = asking(NARROW, color_scheme=theme)
    developer.speak(language)
    page = developer.open("/requests/new?start=battery_ageing")
    page.locator("#drivers_needed").fill("100")
    expect(page.locator("#remedy")).to_be_visible()
    assert developer.overflow() <= 0
    assert developer.findings() == []
    developer.open("/what-can-be-asked")
    assert developer.overflow() <= 0
    assert developer.findings() == []
    assert developer.complaints == []
