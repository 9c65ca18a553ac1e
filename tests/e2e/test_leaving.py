"""A driver takes everything along, then sells a car and has it forgotten, in a real browser."""

import json
from zipfile import ZipFile

import pytest
from playwright.sync_api import expect

from tests.e2e import walking

pytestmark = pytest.mark.e2e


def test_a_driver_takes_everything_along_and_has_a_car_forgotten(person, tmp_path):
    driver = person()
    passphrase = walking.join_as_driver(driver)
    walking.add_car(driver)
    file = walking.charging_file(tmp_path)
    walking.hand_in(driver, file)

    page = driver.open("/my-data")
    page.get_by_role("button", name="Make my archive").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Your passphrase").fill(passphrase)
    with page.expect_download() as downloaded:
        dialog.get_by_role("button", name="Unlock").click()
    expect(page.get_by_text("Done. The archive is among your downloads.")).to_be_visible()
    driver.shoot("driver-12-my-data")
    with ZipFile(downloaded.value.path()) as made:
        assert made.testzip() is None
        assert json.loads(made.read("export.json"))["is_complete"] is True
        (name,) = [one for one in made.namelist() if one.startswith("files/")]
        assert made.read(name) == file.read_bytes()

    page = driver.open("/vehicles")
    page.get_by_text("Erase", exact=True).click()
    driver.shoot("driver-13-erase-car")
    page.get_by_role("button", name="Erase this car").click()
    expect(page.get_by_role("heading", name="Erased cars")).to_be_visible()
    page = driver.open("/vehicles")
    expect(page.get_by_text("Nissan LEAF")).to_have_count(0)
    page = driver.open("/uploads")
    page.get_by_text("One erased file").click()
    expect(page.get_by_role("link", name="Proof of erasure")).to_be_visible()
    assert driver.complaints == []
