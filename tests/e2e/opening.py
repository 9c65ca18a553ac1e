"""A driver who joined, and what they do to open, change and lock the vault."""

from playwright.sync_api import Page, expect

from tests.e2e import walking
from tests.e2e.browser import Person

OWN = "a passphrase of my own 7"
OTHER = "quite another passphrase 9"
OPEN = """() => {
  delete document.body.dataset.seed;
  import("/static/registry/unlock.js").then(({ unlock }) => unlock({ why: "Try", act: "Unlock" }))
    .then((seed) => { document.body.dataset.seed = seed?.length; });
}"""


class Joined:
    """A driver who just joined, with what opens the vault."""

    def __init__(self, one: Person) -> None:
        self.one, self.page = one, one.page
        self.handle = walking.handle("driver")
        page = one.open("/join")
        page.get_by_label("Name").fill(self.handle)
        page.get_by_role("button", name="Continue").click()
        self.passphrase = page.locator(".passphrase").inner_text()
        page.get_by_role("button", name="Use these").click()
        page.get_by_label("Your passphrase").fill(self.passphrase)
        page.get_by_role("button", name="Unlock", exact=True).click()
        expect(page.get_by_role("heading", name="Your recovery sheet")).to_be_visible()
        self.words = page.locator("[data-words] li").all_inner_texts()
        walking.keep_sheet(one)
        expect(page.get_by_role("heading", name="Your vault is ready")).to_be_visible()


def sign_in(one: Person, handle: str, passphrase: str) -> Page:
    page = one.open("/sign-in")
    page.get_by_label("Name").fill(handle)
    page.get_by_label("Passphrase").fill(passphrase)
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
    return page


def unlock(page: Page, passphrase: str, *, keep: bool = False, act: str = "Unlock") -> None:
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Your passphrase").fill(passphrase)
    if keep:
        dialog.get_by_label("Keep unlocked").check()
    dialog.get_by_role("button", name=act, exact=True).click()


def choose_own(page: Page, passphrase: str) -> None:
    page.get_by_role("button", name="I'll type my own").click()
    page.get_by_label("Passphrase", exact=True).fill(passphrase)
    page.get_by_role("button", name="Use this one").click()


def begin_change(page: Page, old: str, new: str) -> None:
    page.get_by_role("button", name="Change my passphrase").click()
    unlock(page, old)
    choose_own(page, new)
    page.get_by_label("Your new passphrase").fill(new)


def change(page: Page, old: str, new: str) -> None:
    begin_change(page, old, new)
    page.get_by_role("button", name="Save the new passphrase").click()
    expect(page.get_by_role("heading", name="Your passphrase is changed")).to_be_visible()


def keep(page: Page, passphrase: str) -> None:
    """Unlock and keep, whatever language the page is in."""
    page.locator("#unlock-passphrase").fill(passphrase)
    page.locator("[data-keep] input").check()
    page.locator("dialog button[type=submit]").click()
    expect(page.locator("#lock")).to_be_visible()
