"""The vault in a browser: changed, recovered, and signed out from elsewhere, on the real stack."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e import opening
from tests.e2e.browser import PHONE, Person

pytestmark = pytest.mark.e2e


@pytest.fixture
def joined(person: Callable[..., Person]) -> opening.Joined:
    return opening.Joined(person())


def test_a_changed_passphrase_opens_and_the_old_one_does_not(joined, person):
    joined.one.open("/settings")
    opening.change(joined.page, joined.passphrase, opening.OWN)

    newcomer = person()
    page = opening.sign_in(newcomer, joined.handle, joined.passphrase)
    expect(page.get_by_role("alert")).to_contain_text("do not belong together")
    opening.sign_in(newcomer, joined.handle, opening.OWN)
    page.wait_for_url("**/home")


def test_a_slip_of_the_finger_is_noticed_before_anything_is_sent(joined):
    page = joined.one.open("/settings")
    page.get_by_role("button", name="Change my passphrase").click()
    opening.unlock(page, joined.passphrase)
    opening.choose_own(page, opening.OWN)
    page.get_by_label("Your new passphrase").fill(opening.OWN + "x")
    page.get_by_role("button", name="Save the new passphrase").click()
    expect(page.get_by_role("alert").first).to_contain_text("does not open this vault")
    page.get_by_label("Your new passphrase").fill(opening.OWN)
    page.get_by_role("button", name="Save the new passphrase").click()
    expect(page.get_by_role("heading", name="Your passphrase is changed")).to_be_visible()


def test_the_recovery_words_open_the_way_to_a_new_passphrase(joined):
    page = joined.one.open("/settings")
    page.get_by_role("button", name="Change my passphrase").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Open with my recovery sheet").click()
    dialog.get_by_label("Your 24 recovery words").fill(" ".join(joined.words))
    dialog.get_by_role("button", name="Unlock", exact=True).click()
    page.get_by_role("button", name="Use these").click()
    expect(page.get_by_role("heading", name="Unlock it once")).to_be_visible()


def test_another_device_is_told_that_the_passphrase_was_changed(joined, person):
    other = person()
    page = opening.sign_in(other, joined.handle, joined.passphrase)
    page.wait_for_url("**/home")
    joined.one.open("/settings")
    opening.change(joined.page, joined.passphrase, opening.OWN)

    page = other.open("/settings")
    expect(page.get_by_role("status").first).to_contain_text(
        re.compile("Your passphrase was changed on another device on .+ Enter the new one")
    )


def test_a_tab_that_was_overtaken_cannot_overwrite(joined):
    first, second = joined.one.open("/settings"), joined.one.context.new_page()
    second.goto(f"{joined.one.url}/settings", wait_until="load")
    opening.begin_change(first, joined.passphrase, opening.OTHER)
    opening.change(second, joined.passphrase, opening.OWN)

    alert = first.get_by_role("alert").first
    expect(alert).to_contain_text("Your passphrase was changed on another device on")
    expect(first.get_by_role("button", name="Change my passphrase")).to_be_visible()
    opening.change(first, opening.OWN, opening.OTHER)
    expect(second.get_by_role("button", name="Change my passphrase")).to_be_visible()
    second.close()


def test_a_change_waits_while_the_server_cannot_be_reached(joined):
    page = joined.one.open("/settings")
    opening.begin_change(page, joined.passphrase, opening.OWN)
    page.route("**/api/v1/vault", lambda route: route.abort())
    page.get_by_role("button", name="Save the new passphrase").click()
    expect(page.get_by_text("Not saved yet.")).to_be_visible()
    page.unroute("**/api/v1/vault")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("heading", name="Your passphrase is changed")).to_be_visible()


def test_a_change_whose_answer_was_lost_is_found_to_be_made(joined):
    page = joined.one.open("/settings")
    opening.begin_change(page, joined.passphrase, opening.OWN)

    def lose(route: Any) -> None:
        if route.request.method == "PUT":
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route("**/api/v1/vault", lose)
    page.get_by_role("button", name="Save the new passphrase").click()
    expect(page.get_by_text("Not saved yet.")).to_be_visible()
    page.unroute("**/api/v1/vault")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("heading", name="Your passphrase is changed")).to_be_visible()


def test_a_driver_comes_back_on_a_new_browser_with_the_words(joined, person):
    newcomer = person()
    page = newcomer.open("/sign-in")
    page.get_by_role("link", name="Open with my recovery sheet").click()
    page.get_by_label("Name").fill(joined.handle)
    page.get_by_label("Your 24 recovery words").fill(" ".join(word[:4] for word in joined.words))
    page.get_by_role("button", name="Continue").click()
    opening.choose_own(page, opening.OWN)
    page.get_by_label("Your new passphrase").fill(opening.OWN)
    page.get_by_role("button", name="Unlock", exact=True).click()
    expect(page.get_by_role("heading", name="You are in again")).to_be_visible()

    page = newcomer.open("/settings")
    page.get_by_role("button", name="Show my sheet").click()
    opening.unlock(page, opening.OWN)
    expect(page.locator("[data-words] li")).to_have_text(joined.words)
    assert newcomer.complaints == []
    stale = joined.one.open("/settings")
    expect(stale.get_by_role("status").first).to_contain_text("changed on another device")


def test_a_wrong_word_is_named_by_its_number(joined, person):
    page = person().open("/sign-in/recovery")
    page.get_by_label("Name").fill(joined.handle)
    field = page.get_by_label("Your 24 recovery words")
    numbered = [f"{n}. {word}" for n, word in enumerate(joined.words, 1)]

    field.fill(" ".join([*numbered[:6], "7. motorway", *numbered[7:]]))
    expect(page.get_by_text("24 of 24 words")).to_be_visible()
    page.get_by_role("button", name="Continue").click()
    expect(page.locator("#words-error")).to_contain_text("Word 7, “motorway”, is not on the list")
    field.fill(" ".join(numbered[:-1]))
    page.get_by_role("button", name="Continue").click()
    expect(page.locator("#words-error")).to_contain_text("These are 23 words")
    field.fill(" ".join(["abandon"] * 23 + ["art"]))
    page.get_by_role("button", name="Continue").click()
    expect(page.locator("#words-error")).to_contain_text("do not open an account of this name")


def test_one_device_or_all_are_signed_out_from_the_settings(joined, person):
    phone = person(PHONE)
    opening.sign_in(phone, joined.handle, joined.passphrase).wait_for_url("**/home")
    page = joined.one.open("/settings")
    rows = page.locator("#devices tbody tr")
    expect(rows).to_have_count(2)
    rows.get_by_role("button", name="Sign out").click()
    expect(rows).to_have_count(1)
    expect(phone.open("/settings").get_by_role("status").first).to_contain_text("signed out from")

    opening.sign_in(phone, joined.handle, joined.passphrase).wait_for_url("**/home")
    page.get_by_role("button", name="Sign out everywhere").click()
    page.wait_for_url("**/sign-in")
    for one in (joined.one, phone):
        expect(one.open("/settings")).to_have_url(re.compile("/sign-in"))


def test_a_sealed_data_key_is_not_opened_as_a_challenge(joined, person):
    sent: list[str] = []

    def swapped(route: Any) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, json=answer.json() | {"challenge": sealed[0]})

    sealed = joined.page.evaluate(SEAL_A_KEY)
    newcomer = person()
    newcomer.context.route("**/api/v1/recoveries", swapped)
    newcomer.page.on("request", lambda request: sent.append(request.url))
    page = newcomer.open("/sign-in/recovery")
    page.get_by_label("Name").fill(joined.handle)
    page.get_by_label("Your 24 recovery words").fill(" ".join(joined.words))
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("alert").first).to_contain_text("Stop here and tell us")
    assert not any(url.endswith("/answer") for url in sent)


SEAL_A_KEY = """async () => {
  const { wrapKey } = await import("/static/storage/envelope.js");
  const { fromHex, toBase64 } = await import("/static/portal/bytes.js");
  const me = await (await fetch("/api/v1/drivers/me")).json();
  const context = { kind: "upload", account: me.id, subject: me.id, object: me.id };
  return [toBase64(wrapKey(new Uint8Array(32), fromHex(me.public_key), context))];
}"""
