"""Steps that people take on the pages; each ends where its page says that it is done."""

import secrets
from pathlib import Path

from playwright.sync_api import expect

from tests.e2e.browser import Person

PASSWORD = "a-long-test-password"
FILE_HEAD = (
    "Charging event,User ID,CP ID,Connector,Start Date,Start Time,End Date,End Time,"
    "Total kWh,Cost,Site,Group,Model,,,\n"
)
RECORDED_MS = 60_000
"""How long the chain may take to hear of a consent here, on a busy machine."""


def handle(role: str) -> str:
    """Return a name that nobody has taken."""
    return f"{role}-{secrets.token_hex(4)}"


def join_as_driver(driver: Person, *, shoots: bool = False) -> str:
    """Sign up with a ready-made passphrase, keep the sheet, and return the passphrase."""
    page = driver.open("/join")
    page.get_by_label("Name").fill(handle("driver"))
    page.get_by_role("button", name="Continue").click()
    passphrase = page.locator(".passphrase").inner_text()
    _shoot(driver, "driver-02-passphrase", shoots=shoots)
    page.get_by_role("button", name="Use these").click()
    page.get_by_label("Your passphrase").fill(passphrase)
    page.get_by_role("button", name="Unlock", exact=True).click()
    expect(page.get_by_role("heading", name="Your recovery sheet")).to_be_visible()
    _shoot(driver, "driver-03-sheet", shoots=shoots)
    keep_sheet(driver)
    expect(page.get_by_role("heading", name="Your vault is ready")).to_be_visible()
    return passphrase


def keep_sheet(driver: Person) -> None:
    """Type the three words that are asked for."""
    page = driver.page
    words = page.locator("[data-words] li").all_inner_texts()
    for label in page.locator("[data-check] label").all():
        place = int(label.inner_text().split()[-1])
        page.get_by_label(label.inner_text(), exact=True).fill(words[place - 1])
    page.get_by_role("button", name="I have them").click()


def add_car(driver: Person) -> None:
    """Add one electric car."""
    page = driver.open("/vehicles")
    page.get_by_label("Brand").fill("Nissan")
    page.get_by_label("Model", exact=True).fill("LEAF")
    page.get_by_label("Model year").fill("2018")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("heading", name="Nissan LEAF")).to_be_visible()


def charging_file(directory: Path, *, sessions: int = 40) -> Path:
    """Write a file as the public chargers of a town export it."""
    rows = (
        f"{n},100,50914,1,{1 + n % 28:02}/07/2018,08:15,{1 + n % 28:02}/07/2018,09:45,"
        f"{7 + n % 9}.5,0,Hub,Town,Rapid,,,Nissan LEAF\n"
        for n in range(sessions)
    )
    file = directory / "charging.csv"
    file.write_text(FILE_HEAD + "".join(rows), encoding="utf-8")
    return file


def hand_in(driver: Person, file: Path, *, shoots: bool = False) -> None:
    """Upload a file and wait until it is pinned."""
    page = driver.open("/upload")
    page.locator("input[type=file]").set_input_files(file)
    expect(page.locator("[data-fact=rows]")).to_have_text("40")
    expect(page.locator("[data-fact=days]")).to_contain_text("28 (2018-07-01")
    _shoot(driver, "driver-05-upload", shoots=shoots)
    page.get_by_role("button", name="Seal and upload").click()
    expect(page.get_by_role("heading", name="Handed in")).to_be_visible(timeout=RECORDED_MS)
    expect(page.locator("[data-cid]")).to_contain_text("bafk")
    _shoot(driver, "driver-06-handed-in", shoots=shoots)


def join_as_developer(developer: Person) -> str:
    """Open a developer's account and return its organisation's name."""
    name = f"Nordlicht {secrets.token_hex(3)} GmbH"
    page = developer.open("/join/developer")
    page.get_by_label("Name to sign in with").fill(handle("developer"))
    page.get_by_label("Organisation").fill(name)
    page.get_by_label("Country").fill("de")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Create the account").click()
    page.wait_for_url("**/home")
    return name


def sign_in_as_admin(admin: Person, password: str) -> None:
    """Sign in at the second tab."""
    page = admin.open("/sign-in?as=developer")
    page.get_by_label("Name").fill("admin")
    page.get_by_label("Password").fill(password)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/home")


def accredit(admin: Person, organisation: str) -> None:
    """Accredit a developer who waits to be checked."""
    page = admin.open("/accreditations")
    card = page.locator("form.card", has_text=organisation)
    card.get_by_label("What was checked").fill("Register extract of this month")
    card.get_by_role("button", name="Accredit").click()
    expect(page.get_by_role("row", name=organisation)).to_contain_text("accredited")


def file_request(developer: Person, title: str, *, shoots: bool = False) -> None:
    """Ask a question that an estimate calls useful."""
    page = developer.open("/requests/new?start=charging_behaviour")
    page.get_by_label("Your question").fill(title)
    page.get_by_label("Why do you ask?").fill("We size home chargers for towns that grow.")
    page.get_by_label("scientific research", exact=True).check()
    page.get_by_label("Drivers needed").fill("2000")
    page.get_by_role("button", name="Estimate").click()
    expect(page.locator("[data-verdict]")).to_have_text("useful")
    _shoot(developer, "developer-03-request", shoots=shoots)
    page.get_by_role("button", name="File the request").click()
    expect(page.get_by_role("heading", name=title)).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("in review")


def approve(admin: Person, title: str, *, shoots: bool = False) -> None:
    """Read the evidence of a request and approve it with a reason."""
    page = admin.open("/review")
    _shoot(admin, "admin-01-queue", shoots=shoots)
    page.get_by_role("link", name=title).click()
    expect(page.get_by_role("heading", name="Evidence")).to_be_visible()
    _shoot(admin, "admin-02-review", shoots=shoots)
    page.get_by_label("Reason", exact=True).select_option("in_order")
    page.get_by_label("In a sentence").fill("Useful error, moderate loss, clear purpose.")
    page.get_by_role("button", name="Approve").click()
    page.wait_for_url("**/review")
    expect(page.get_by_role("row", name=title)).to_contain_text("approved")


def grant(driver: Person, title: str, passphrase: str, *, shoots: bool = False) -> int:
    """Grant an offer, wait until it is on chain, and return how many clicks it took."""
    page = driver.open("/offers")
    before = driver.clicks
    _shoot(driver, "driver-07-offers", shoots=shoots)
    page.get_by_role("link", name=title).click()
    expect(page.get_by_role("button", name="Grant")).to_be_visible()
    page.wait_for_load_state()  # the scripts have run by then
    _shoot(driver, "driver-08-offer", shoots=shoots)
    page.get_by_role("button", name="Grant").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Unlock to sign")
    expect(dialog).to_contain_text("charging")
    _shoot(driver, "driver-09-unlock", shoots=shoots)
    dialog.get_by_label("Your passphrase").fill(passphrase)
    dialog.get_by_role("button", name="Unlock to sign").click()
    clicks = driver.clicks - before
    expect(page.get_by_role("link", name="Download the receipt")).to_be_visible()
    expect(page.locator(".tag.good")).to_have_text("active", timeout=RECORDED_MS)
    _shoot(driver, "driver-10-consent", shoots=shoots)
    return clicks


def revoke(driver: Person, title: str, *, shoots: bool = False) -> int:
    """Stop a consent on its row, wait until the chain has it, and return the clicks it took."""
    page = driver.open("/consents")
    before = driver.clicks
    _shoot(driver, "driver-11-consents", shoots=shoots)
    page.get_by_role("listitem").filter(has_text=title).get_by_role("button", name="Revoke").click()
    fold = page.get_by_text("One ended consent")
    expect(fold).to_be_visible(timeout=RECORDED_MS)
    clicks = driver.clicks - before
    fold.click()
    expect(page.get_by_role("listitem").filter(has_text=title)).to_contain_text("revoked")
    _shoot(driver, "driver-12-revoked", shoots=shoots)
    return clicks


def renew(driver: Person, title: str, passphrase: str, *, shoots: bool = False) -> int:
    """Renew a consent that ends soon, wait until it is on chain, and return the clicks it took."""
    page = driver.open("/home")
    _shoot(driver, "driver-13-ends-soon", shoots=shoots)
    before = driver.clicks
    page.get_by_role("link", name="Renew or let end").click()
    expect(page.get_by_role("heading", name=title)).to_be_visible()
    _shoot(driver, "driver-14-consent-ends-soon", shoots=shoots)
    page.get_by_role("link", name="Renew").click()
    expect(page.get_by_role("heading", name="Renew until")).to_be_visible()
    page.wait_for_load_state()  # the scripts have run by then
    _shoot(driver, "driver-15-renew", shoots=shoots)
    page.get_by_role("button", name="Renew", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Unlock to sign: renew this until")
    _shoot(driver, "driver-16-unlock-to-renew", shoots=shoots)
    dialog.get_by_label("Your passphrase").fill(passphrase)
    dialog.get_by_role("button", name="Unlock to sign").click()
    expect(page.get_by_text("renewal being recorded", exact=True)).to_be_visible()
    clicks = driver.clicks - before
    expect(page.get_by_text("Recorded on chain at block")).to_be_visible(timeout=RECORDED_MS)
    _shoot(driver, "driver-17-renewed", shoots=shoots)
    return clicks


def _shoot(one: Person, name: str, *, shoots: bool) -> None:
    if shoots:
        one.shoot(name)
