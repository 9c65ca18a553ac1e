"""Each page in both languages and both themes, on a desk, a phone and at its narrowest."""

import pytest

from tests.e2e import walking
from tests.e2e.browser import LANGUAGES, NARROW, PHONE

pytestmark = pytest.mark.e2e

PUBLIC = (
    "/",
    "/join",
    "/sign-in",
    "/sign-in/recovery",
    "/sign-in/lost",
    "/revoke",
    "/sign-in?as=developer",
    "/join/developer",
    "/catalogue",
)
DOCUMENTS = ("/how-privacy-works", "/docs/errors/budget_exhausted")
OF_DRIVERS = (
    *("/home", "/vehicles", "/upload", "/uploads", "/offers"),
    *("/consents", "/earnings", "/ledger", "/my-data", "/settings"),
)
OF_DEVELOPERS = ("/home", "/requests", "/requests/new", "/licenses", "/api-keys")
OF_ADMINS = ("/home", "/review", "/accreditations")


def _read(reader, paths, *, label):
    for language in LANGUAGES:
        reader.speak(language)
        for path in paths:
            reader.open(path)
            name = path.strip("/").replace("/", "-").replace("?", "-") or "landing"
            reader.shoot(f"{label}-{name}-{language}")
            assert reader.page.locator("h1:visible").count() == 1, path


def _stays_within(reader, paths):
    for language in LANGUAGES:
        reader.speak(language)
        for path in paths:
            reader.open(path)
            assert reader.overflow() <= 0, f"{path} in {language}"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_public_pages_read_well(person, theme):
    _read(person(color_scheme=theme), PUBLIC + DOCUMENTS, label=f"public-{theme}")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_of_drivers_read_well_on_a_phone(person, theme):
    driver = person(PHONE, color_scheme=theme)
    walking.join_as_driver(driver)
    walking.add_car(driver)
    _read(driver, OF_DRIVERS, label=f"driver-{theme}")


def test_pages_of_developers_and_admins_read_well(person, portal):
    developer, admin = person(), person(color_scheme="dark")
    walking.join_as_developer(developer)
    walking.sign_in_as_admin(admin, portal[1])
    _read(developer, OF_DEVELOPERS, label="developer")
    _read(admin, OF_ADMINS, label="admin")


def test_no_page_is_wider_than_the_narrowest_window(person):
    visitor, driver = person(NARROW), person(NARROW)
    walking.join_as_driver(driver)
    _stays_within(visitor, PUBLIC + DOCUMENTS)
    _stays_within(driver, OF_DRIVERS)


def test_the_switch_keeps_a_theme_without_any_script(person):
    visitor = person(java_script_enabled=False)
    page = visitor.page
    page.goto(f"{visitor.url}/")
    page.get_by_role("button", name="Dark").click()
    assert page.locator("html").get_attribute("data-theme") == "dark"
