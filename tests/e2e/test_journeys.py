"""The three journeys in a real browser: a driver's, a developer's and an admin's."""

import secrets

import pytest

from tests.e2e import walking
from tests.e2e.browser import PHONE

pytestmark = pytest.mark.e2e


def test_a_request_goes_from_its_developer_past_the_admin_to_a_driver_who_grants_and_revokes(
    person, portal, tmp_path
):
    driver, developer, admin = person(PHONE), person(), person()

    driver.open("/")
    driver.shoot("driver-01-landing")
    passphrase = walking.join_as_driver(driver, shoots=True)
    walking.add_car(driver)
    driver.shoot("driver-04-vehicles")
    walking.hand_in(driver, walking.charging_file(tmp_path), shoots=True)

    title = f"How much energy does a charge take? {secrets.token_hex(3)}"
    organisation = walking.join_as_developer(developer)
    developer.shoot("developer-01-home")
    developer.open("/catalogue")
    developer.shoot("developer-02-catalogue")
    walking.sign_in_as_admin(admin, portal[1])
    walking.accredit(admin, organisation)
    walking.file_request(developer, title, shoots=True)
    walking.approve(admin, title, shoots=True)
    developer.open("/requests")
    developer.shoot("developer-04-requests")

    clicks_to_grant = walking.grant(driver, title, passphrase, shoots=True)
    clicks_to_revoke = walking.revoke(driver, title, shoots=True)
    assert 1 <= clicks_to_revoke <= clicks_to_grant <= 3


def test_a_wrong_passphrase_opens_nothing_and_says_so(person):
    driver = person()
    walking.join_as_driver(driver)
    page = driver.open("/settings")
    page.get_by_role("button", name="Show my sheet").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Your passphrase").fill("these-are-not-the-right-words")
    dialog.get_by_role("button", name="Unlock").click()
    dialog.get_by_text("That passphrase does not open this vault").wait_for()
    assert page.locator("[data-words] li").count() == 0


def test_a_driver_signs_in_again_with_the_passphrase_alone(person):
    driver = person()
    page = driver.open("/join")
    name = walking.handle("driver")
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Continue").click()
    passphrase = page.locator(".passphrase").inner_text()
    page.get_by_role("button", name="Use these").click()
    page.get_by_label("Your passphrase").fill(passphrase)
    page.get_by_role("button", name="Unlock", exact=True).click()
    page.get_by_role("button", name="Do it later").click()

    again = person(PHONE)
    page = again.open("/sign-in?next=/vehicles")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Passphrase").fill(passphrase)
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/vehicles")
    assert again.complaints == []
