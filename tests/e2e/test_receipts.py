"""A receipt in a real browser: whoever holds it stops its consent, signed in nowhere."""

import json
import secrets

import pytest
from playwright.sync_api import expect

from tests.e2e import walking
from tests.e2e.browser import DESK, LANGUAGES, NARROW, PHONE
from tests.e2e.test_renewing import _OFFER

pytestmark = pytest.mark.e2e


def _receipt(driver, directory):
    with driver.page.expect_download() as download:
        driver.page.get_by_role("link", name="Download the receipt").click()
    file = directory / "receipt.jsonld"
    download.value.save_as(file)
    return file


def test_with_the_receipt_alone_a_stranger_to_the_house_stops_a_consent(person, tell, tmp_path):
    title = f"How long do cars charge at work? {secrets.token_hex(3)}"
    tell(_OFFER, title=title)
    driver = person(PHONE)
    passphrase = walking.join_as_driver(driver)
    walking.grant(driver, title, passphrase)
    file = _receipt(driver, tmp_path)

    alone = person(PHONE)
    page = alone.open("/sign-in")
    page.get_by_role("link", name="Neither passphrase nor sheet?").click()
    page.get_by_role("link", name="Stop a consent with its receipt").click()
    page.wait_for_load_state()
    page.get_by_label("Receipt", exact=True).set_input_files(file)
    expect(page.get_by_text("charging; only for: scientific research")).to_be_visible()
    expect(page.get_by_text("Nordlicht Batterie GmbH")).to_be_visible()
    page.get_by_text("Without us: send it to the contract").click()
    alone.shoot("receipt-read")
    page.get_by_role("button", name="Revoke this consent").click()
    expect(page.get_by_role("heading", name="Revoked", exact=True)).to_be_visible(
        timeout=walking.RECORDED_MS
    )
    alone.shoot("receipt-revoked")
    driver.open("/consents")
    expect(driver.page.get_by_text("One ended consent")).to_be_visible()
    assert [alone.complaints, driver.complaints] == [[], []]

    page = alone.open("/revoke")
    page.get_by_text("Paste it instead").click()
    page.get_by_label("The receipt's text").fill(file.read_text(encoding="utf-8"))
    page.get_by_role("button", name="Revoke this consent").click()
    expect(page.get_by_role("heading", name="Revoked", exact=True)).to_be_visible()


def test_a_receipt_that_was_changed_and_what_is_none_are_told_apart(person, tmp_path):
    alone = person(PHONE)
    page = alone.open("/revoke")
    file = tmp_path / "photo.jpg"
    file.write_bytes(secrets.token_bytes(100))
    page.get_by_label("Receipt", exact=True).set_input_files(file)
    expect(page.get_by_role("alert")).to_contain_text("This is no consent receipt")
    alone.shoot("receipt-none")
    page.get_by_text("Paste it instead").click()
    page.get_by_label("The receipt's text").fill(json.dumps(_forged()))
    expect(page.get_by_text("This browser cannot confirm these signatures")).to_be_visible()
    alone.shoot("receipt-unproven")


@pytest.mark.parametrize(("size", "label"), [(DESK, "desk"), (PHONE, "phone"), (NARROW, "narrow")])
def test_a_receipts_page_reads_well_at_every_width_and_in_both_languages(person, size, label):
    reader = person(size)
    for language in LANGUAGES:
        reader.speak(language)
        page = reader.open("/revoke")
        page.locator("#revoke > details summary").click()
        page.locator("#pasted").fill(json.dumps(_forged()))
        page.locator("[data-panel=read] summary").click()
        assert reader.overflow() <= 0, language
        reader.shoot(f"receipt-{label}-{language}")


def _forged():
    """A receipt of the right shape that nobody signed."""
    address, dataset = "0x5FbDB2315678afecb367f032d93F642f64180aa3", "2" * 32
    stop = [address, f"0x{dataset:0<64}", 1, "0x" + "11" * 65]
    text = "Until 2027-05-31 12:00 UTC, universities may get statistics with noise."
    return {
        "proof": {
            "terms": {
                "dataset_id": dataset,
                "expires_at": 1_811_764_800,
                "text": {"en": text, "zh-Hans": "在 2027-05-31 之前，高校可获得加噪统计结果。"},  # noqa: RUF001 - Chinese
            },
            "terms_keccak256": "0x" + "22" * 32,
            "consent_address": address,
            "chain_id": 31337,
            "contract": address,
            "nonce": 0,
            "signatures": {"grant": "0x" + "11" * 65, "revoke": "0x" + "11" * 65},
            "renewals": [],
            "how_to_stop": {"args": stop},
        }
    }
