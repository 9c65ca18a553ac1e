"""A tab kept unlocked, a borrowed computer, locks old and new, and how the pages read."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e import opening
from tests.e2e.browser import LANGUAGES, NARROW, PHONE, Person

pytestmark = pytest.mark.e2e

LEFT = """async () => {
  const files = [];
  for await (const name of (await navigator.storage.getDirectory()).keys()) files.push(name);
  const bases = (await indexedDB.databases()).map((base) => base.name);
  const kept = [sessionStorage.length, localStorage.length];
  return { files, bases, kept, caches: await caches.keys() };
}"""
FILL = """async () => {
  const root = await navigator.storage.getDirectory();
  await root.getFileHandle("ciphertext", { create: true });
  localStorage.setItem("left", "over");
}"""
SLOT = "sessionStorage.getItem('unlocked')"


@pytest.fixture
def joined(person: Callable[..., Person]) -> opening.Joined:
    return opening.Joined(person())


def test_kept_unlocked_a_tab_does_not_ask_again_until_it_is_locked(joined):
    page = joined.one.open("/settings")
    lock = page.get_by_role("button", name="Lock", exact=True)
    expect(lock).to_be_hidden()
    page.evaluate(opening.OPEN)
    opening.unlock(page, joined.passphrase, keep=True)
    expect(lock).to_be_visible()
    assert joined.words[0] not in page.evaluate(SLOT)
    page = joined.one.open("/settings")
    expect(lock).to_be_visible()
    page.evaluate(opening.OPEN)
    expect(page.locator("body")).to_have_attribute("data-seed", "32")

    other = joined.one.context.new_page()
    other.goto(f"{joined.one.url}/home", wait_until="load")
    expect(other.get_by_role("button", name="Lock", exact=True)).to_be_hidden()
    lock.click()
    expect(lock).to_be_hidden()
    assert page.evaluate(SLOT) is None
    page.evaluate(opening.OPEN)
    expect(page.get_by_role("dialog").get_by_label("Your passphrase")).to_be_visible()


def test_a_kept_tab_locks_itself_after_fifteen_minutes(joined):
    page = joined.page
    page.clock.install()
    joined.one.open("/settings")
    page.evaluate(opening.OPEN)
    opening.unlock(page, joined.passphrase, keep=True)
    lock = page.get_by_role("button", name="Lock", exact=True)
    expect(lock).to_be_visible()
    page.clock.fast_forward("14:50")
    expect(lock).to_be_visible()
    page.clock.fast_forward("00:15")
    expect(lock).to_be_hidden()
    assert page.evaluate(SLOT) is None


def test_the_sheet_is_asked_for_anew_even_where_a_tab_is_kept_unlocked(joined):
    page = joined.one.open("/settings")
    page.evaluate(opening.OPEN)
    opening.unlock(page, joined.passphrase, keep=True)
    expect(page.locator("body")).to_have_attribute("data-seed", "32")
    page = joined.one.open("/settings")
    page.get_by_role("button", name="Show my sheet").click()
    expect(page.get_by_role("dialog").get_by_label("Your passphrase")).to_be_visible()


def test_a_borrowed_computer_keeps_nothing_after_sign_out(joined):
    page = joined.one.open("/settings")
    page.evaluate(opening.OPEN)
    opening.unlock(page, joined.passphrase, keep=True)
    expect(page.locator("body")).to_have_attribute("data-seed", "32")
    page.evaluate(FILL)
    assert page.evaluate(LEFT)["bases"] == ["odometer"]
    other = joined.one.context.new_page()
    other.goto(f"{joined.one.url}/home", wait_until="load")

    page.get_by_role("button", name="Sign out", exact=True).first.click()
    page.wait_for_url(f"{joined.one.url}/")
    other.wait_for_url(f"{joined.one.url}/")
    page.wait_for_load_state()
    empty = {"files": [], "bases": [], "kept": [0, 0], "caches": []}
    assert page.evaluate(LEFT) == other.evaluate(LEFT) == empty
    names = {cookie["name"] for cookie in joined.one.context.cookies()}
    assert names <= {"csrftoken", "django_language"}


def test_what_was_still_in_use_at_sign_out_goes_with_the_next_page(joined):
    page = joined.one.open("/settings")
    page.evaluate("localStorage.setItem('leaving', '1')")
    page.evaluate(FILL)
    page = joined.one.open("/how-privacy-works")
    expect(page.locator("h1")).to_be_visible()
    left = page.evaluate(LEFT)
    assert (left["files"], left["kept"]) == ([], [0, 0])


def test_an_old_lock_is_made_stronger_without_a_word(joined):
    """A release in which new vaults cost more: the old one follows at its next unlock."""

    def raised(route: Any) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace("NOW_OPS = 3", "NOW_OPS = 4"))

    joined.one.context.route("**/registry/vault.js", raised)
    page = joined.one.open("/settings")
    page.evaluate(opening.OPEN)
    with page.expect_response(lambda answer: answer.request.method == "PUT") as put:
        opening.unlock(page, joined.passphrase)
    assert put.value.status == 200
    kept = page.evaluate("fetch('/api/v1/vault').then((answer) => answer.json())")
    assert (kept["revision"], kept["vault"]["kdf"]["ops"]) == (2, 4)
    joined.one.context.unroute("**/registry/vault.js")
    page = joined.one.open("/settings")
    page.evaluate(opening.OPEN)
    opening.unlock(page, joined.passphrase)
    expect(page.locator("body")).to_have_attribute("data-seed", "32")


def test_a_server_that_asks_for_a_weaker_lock_is_refused(joined, person):
    def weakened(route: Any) -> None:
        answer = route.fetch()
        body = answer.json()
        body["kdf"]["ops"] = 1
        route.fulfill(response=answer, json=body)

    newcomer = person()
    newcomer.context.route("**/api/v1/vault-parameters*", weakened)
    page = opening.sign_in(newcomer, joined.handle, joined.passphrase)
    expect(page.get_by_role("alert").first).to_contain_text("at least 3")


def test_without_webassembly_it_takes_longer_and_works(joined, person):
    def without(route: Any) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=f"delete self.WebAssembly;\n{answer.text()}")

    newcomer = person()
    newcomer.context.add_init_script("delete window.WebAssembly")
    newcomer.context.route("**/registry/vault_worker.js", without)
    page = opening.sign_in(newcomer, joined.handle, joined.passphrase)
    expect(page.locator("#driver-sign-in button")).to_contain_text("a little longer")
    page.wait_for_url("**/home", timeout=120_000)


def test_a_vendored_module_that_was_altered_is_not_run(person):
    def altered(route: Any) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=f"{answer.text()}\nwindow.altered = true;")

    visitor = person()
    visitor.context.route("**/static/vendor/libsodium.js", altered)
    page = visitor.open("/join")
    load = 'import("/static/portal/sodium.js").then(() => "run", () => "refused")'
    assert page.evaluate(load) == "refused"
    assert page.evaluate("window.altered") is None


def test_the_settings_work_with_the_keyboard_alone(joined):
    page = joined.one.open("/settings")
    page.locator("#start-change").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#unlock-passphrase")).to_be_focused()
    page.keyboard.type(joined.passphrase)
    page.keyboard.press("Enter")
    heading = page.get_by_role("heading", name="Your new passphrase")
    expect(heading).to_be_focused()
    chosen = page.locator(".passphrase").inner_text()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Unlock it once")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.type(chosen)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Your passphrase is changed")).to_be_focused()
    assert joined.one.clicks < 10  # those of joining
    assert joined.one.findings() == []


@pytest.mark.parametrize("size", [None, PHONE, NARROW], ids=["desk", "phone", "narrow"])
def test_the_pages_read_well(joined, person, size):
    reader = person(size)
    opening.sign_in(reader, joined.handle, joined.passphrase).wait_for_url("**/home")
    width = (reader.page.viewport_size or {"width": 0})["width"]
    for language in LANGUAGES:
        reader.speak(language)
        for name, path in {"settings": "/settings", "recovery": "/sign-in/recovery"}.items():
            reader.open(path)
            assert reader.overflow() <= 0, f"{path} in {language} at {width}"
            reader.shoot(f"vault-{name}-{language}-{width}")
        reader.open("/settings").evaluate(opening.OPEN)
        opening.keep(reader.page, joined.passphrase)
        assert reader.overflow() <= 0, f"unlocked in {language} at {width}"
        reader.shoot(f"vault-unlocked-{language}-{width}")
        reader.page.locator("#lock").click()
        reader.page.locator("#start-change").click()
        reader.page.locator("#unlock-passphrase").fill(joined.passphrase)
        reader.shoot(f"vault-unlock-{language}-{width}")
        reader.page.locator("dialog button[type=submit]").click()
        expect(reader.page.locator("#change .passphrase")).to_be_visible()
        reader.shoot(f"vault-change-{language}-{width}")
        reader.page.locator("[data-give-up]").click()
