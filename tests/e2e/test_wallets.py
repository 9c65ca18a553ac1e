"""Drivers with a wallet of their own: join, sign in, grant, renew, revoke, claim and erase."""

import secrets

import pytest
from playwright.sync_api import expect

from tests.e2e import walking
from tests.e2e.browser import DESK, LANGUAGES, NARROW, PHONE
from tests.e2e.test_renewing import _OFFER
from tests.e2e.wallet import BrowserWallet

pytestmark = pytest.mark.e2e

_STANDS = """
from chain import reading
from chain.domain.calls import ContractCall
from consent.models import Consent
from protocol.ids import to_bytes32
row = Consent.objects.get(offer__title="{title}")
assert row.consent_address == "{address}", row.consent_address
pair = (row.consent_address, to_bytes32(row.offer.dataset_id))
stands = reading.view(ContractCall("ConsentRegistry", "are_active", ([pair],)))
assert list(stands) == [{stands}], stands
"""
_EARNED = """
from uuid import uuid4
from payouts import opening
from payouts.models import Pool
from registry.models import Wallet
wallet = Wallet.objects.get(address="{address}")
pool = opening.open_pool(
    release_id=uuid4(), dataset_id=uuid4(), title="{title}",
    addresses=[(wallet.address, wallet.driver)], pool_per_sale_units=21_484_000,
)
Pool.objects.filter(id=pool.id).update(sales=1)
"""


@pytest.fixture
def wallet():
    """A wallet with a fresh key."""
    return BrowserWallet(secrets.token_bytes(32))


def _sign_in(somebody):
    page = somebody.open("/sign-in")
    page.get_by_role("button", name="Sign in with a wallet").click()
    page.wait_for_url("**/home")
    return page


def _connect(driver):
    page = driver.open("/settings")
    page.get_by_role("button", name="Connect a wallet").click()
    expect(page.locator("[data-wallet]")).to_have_count(1)
    return page


def _wallet_says_no_three_times(page, wallet):
    """Chain unknown, person unwilling, another account chosen; nothing is granted by any."""
    wallet.chain_id, wallet.known_chains = 1, (1,)
    page.get_by_role("button", name="Grant").click()
    expect(page.get_by_role("alert")).to_contain_text("does not know the chain")
    wallet.known_chains, wallet.is_willing = (1, 31337), False
    page.get_by_role("button", name="Grant").click()
    expect(page.get_by_role("alert")).to_contain_text("You said no in the wallet")
    assert wallet.chain_id == 31337
    wallet.is_willing, rightful = True, wallet.private
    wallet.private = secrets.token_bytes(32)
    page.get_by_role("button", name="Grant").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose the account")
    wallet.private = rightful


def test_a_driver_joins_with_a_wallet_and_signs_in_with_it_alone(person, wallet):
    driver = person(PHONE)
    wallet.install(driver)
    passphrase = walking.join_as_driver(driver)
    page = driver.page
    page.get_by_role("button", name="Connect a wallet").click()
    expect(page.get_by_text("Connected:")).to_contain_text(wallet.address)
    driver.shoot("wallet-join-connected")

    elsewhere = person()
    wallet.install(elsewhere, announces=False)
    page = elsewhere.open("/sign-in")
    wallet.is_willing = False
    page.get_by_role("button", name="Sign in with a wallet").click()
    expect(page.get_by_role("alert")).to_contain_text("You said no in the wallet")
    wallet.is_willing = True
    page = _sign_in(elsewhere)

    page = elsewhere.open("/settings")
    page.get_by_role("button", name="Show my sheet").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Your passphrase").fill("these-are-not-the-right-words")
    dialog.locator("button[type=submit]").click()
    expect(dialog).to_contain_text("does not open this vault")
    dialog.get_by_label("Your passphrase").fill(passphrase)
    dialog.locator("button[type=submit]").click()
    expect(page.locator("#new-sheet li")).to_have_count(24)


def test_a_wallet_that_nobody_connected_is_led_to_joining(person, wallet):
    visitor = person()
    wallet.install(visitor, names=("First Wallet", "Second Wallet"))
    page = visitor.open("/sign-in")
    page.get_by_role("button", name="Sign in with a wallet").click()
    dialog = page.get_by_role("dialog", name="Which wallet?")
    expect(dialog.get_by_role("button")).to_have_count(3)
    visitor.shoot("wallet-choose")
    dialog.get_by_role("button", name="Second Wallet").click()
    expect(page.get_by_role("alert")).to_contain_text("No account is connected")
    visitor.shoot("wallet-unknown")
    page.get_by_role("link", name="the last step connects your wallet").click()
    page.wait_for_url("**/join")


def test_without_a_wallet_the_page_says_so(person):
    visitor = person(PHONE)
    page = visitor.open("/sign-in")
    page.get_by_role("button", name="Sign in with a wallet").click()
    expect(page.get_by_role("dialog")).to_contain_text("No wallet was found")
    visitor.shoot("wallet-none")
    page.get_by_role("button", name="Not now").click()
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_wallet_grants_renews_and_alone_revokes_and_erases(person, tell, wallet):
    title = f"How long do cars charge at work? {secrets.token_hex(3)}"
    tell(_OFFER, title=title)
    driver = person()
    wallet.install(driver)
    walking.join_as_driver(driver)
    _connect(driver)
    page = driver.open("/offers")
    page.get_by_role("link", name=title).click()
    page.wait_for_load_state()
    page.get_by_label("My wallet").check()

    _wallet_says_no_three_times(page, wallet)
    page.get_by_role("button", name="Grant").click()
    expect(page.locator(".tag.good")).to_have_text("active", timeout=walking.RECORDED_MS)
    tell(_STANDS, title=title, address=wallet.address, stands="True")

    driver.open(page.url.removeprefix(driver.url) + "/renewal")
    page.get_by_role("button", name="Renew", exact=True).click()
    expect(page.get_by_text("Recorded on chain at block")).to_be_visible(
        timeout=walking.RECORDED_MS
    )

    # Passphrase and sheet are lost, the device is a strange one: the wallet is what is left.
    alone = person(PHONE)
    wallet.install(alone)
    _sign_in(alone)
    assert walking.revoke(alone, title) == 1
    tell(_STANDS, title=title, address=wallet.address, stands="False")
    page = alone.open("/my-data")
    page.get_by_text("Erase everything…").click()
    page.get_by_role("button", name="Erase everything now").click()
    expect(page.get_by_role("heading", name="Being erased")).to_be_visible()
    assert driver.complaints == []
    page = alone.open("/sign-in")
    page.get_by_role("button", name="Sign in with a wallet").click()
    expect(page.get_by_role("alert")).to_contain_text("No account is connected")


def test_a_wallet_claims_what_its_consents_earned(person, tell, wallet):
    driver = person()
    wallet.install(driver)
    walking.join_as_driver(driver)
    _connect(driver)
    tell(_EARNED, title="Charging at work, June 2018", address=wallet.address)
    page = driver.open("/earnings")
    page.get_by_role("button", name="Claim with my wallet").click()
    expect(page.get_by_role("table", name="Claims")).to_contain_text("21.48")
    assert "eth_signTypedData_v4" in wallet.asked


def test_shares_of_a_wallet_that_was_removed_are_not_taken_for_the_vaults(person, tell, wallet):
    driver = person()
    wallet.install(driver)
    passphrase = walking.join_as_driver(driver)
    page = _connect(driver)
    tell(_EARNED, title="Charging at work, July 2018", address=wallet.address)
    page.get_by_text("Remove…").click()
    page.get_by_role("button", name="Remove", exact=True).click()
    expect(page.locator("[data-wallet]")).to_have_count(0)
    page = driver.open("/earnings")
    page.get_by_role("button", name="Claim", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Your passphrase").fill(passphrase)
    dialog.get_by_role("button", name="Unlock to sign").click()
    expect(page.get_by_role("alert")).to_contain_text("These shares belong to a wallet")
    assert driver.complaints == []


@pytest.mark.parametrize(("size", "label"), [(DESK, "desk"), (PHONE, "phone"), (NARROW, "narrow")])
def test_pages_with_wallets_read_well_at_every_width_and_in_both_languages(
    person, tell, wallet, size, label
):
    title = f"How long do cars charge at home? {secrets.token_hex(3)}"
    tell(_OFFER, title=title)
    driver = person(size)
    wallet.install(driver)
    driver.open("/sign-in")
    for language in LANGUAGES:
        driver.speak(language)
        driver.open("/sign-in")
        driver.shoot(f"wallet-{label}-{language}-sign-in")
    driver.speak("en")
    walking.join_as_driver(driver)
    _connect(driver)
    tell(_EARNED, title=title, address=wallet.address)
    page = driver.open("/offers")
    offer = page.get_by_role("link", name=title).get_attribute("href")
    for language in LANGUAGES:
        driver.speak(language)
        for name, path in {"settings": "/settings", "offer": offer, "earn": "/earnings"}.items():
            driver.open(path)
            assert driver.overflow() <= 0, f"{path} in {language}"
            driver.shoot(f"wallet-{label}-{language}-{name}")
