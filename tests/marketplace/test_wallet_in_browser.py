"""A developer funds a campaign with the wallet of a browser: two signatures, nothing else."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from anonymize.models import Dataset
from chain import reading
from chain.models import OutboundCall
from marketplace import requesting
from marketplace.models import Campaign
from tests.e2e.browser import LANGUAGES, NARROW, Person

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("beside_a_loop", "django_db_setup", "browser"),  # in this order
]

BOUNTY, PRICE, NEEDED = 1_000_000_000, 900_000_000, 500
WALLET = """
window.ethereum = {
  request: async ({ method, params }) => {
    if (method === "eth_requestAccounts") return [(await walletAddress()).toLowerCase()];
    if (method === "eth_signTypedData_v4") return walletSigns(JSON.parse(params[1]));
    throw new Error(`unknown ${method}`);
  },
};
"""


@pytest.fixture
def approved(transactional_db, accredited, admin, body, monkeypatch):
    monkeypatch.setattr(reading, "view", lambda _call: BOUNTY)
    now = timezone.now()
    wanted = {"price_units": PRICE, "drivers_needed": NEEDED, "bounty_units": BOUNTY}
    days = {"deadline_at": now + timedelta(days=20), "at": now}
    row = requesting.propose(developer=accredited, **{**body, **wanted, **days})
    requesting.decide(
        request_id=row.id,
        admin=admin,
        decision="approve",
        reason_code="in_order",
        reason="Useful for planning, and moderate in what it costs.",
        at=now,
    )
    Dataset.objects.update(state=Dataset.State.READY)
    return row


@pytest.fixture
def developer_at_home(browser, live_server, approved):
    """The request's page in a signed-in developer's window."""
    client = Client()
    client.force_login(approved.developer.user)
    context = browser.new_context()
    cookie: Any = {"name": "sessionid", "url": live_server.url}
    context.add_cookies([cookie | {"value": client.cookies["sessionid"].value}])
    yield Person(context, live_server.url)
    context.close()


def fund(developer, row):
    page = developer.open(f"/requests/{row.id}")
    page.get_by_role("button", name="Fund with a browser wallet").click()


def test_two_signatures_put_the_bounty_on_its_way(developer_at_home, approved, wallet):
    page = developer_at_home.page
    signed: list[dict[str, Any]] = []

    def sign(message: dict[str, Any]) -> str:
        signed.append(message)
        return wallet.sign(message)

    page.expose_function("walletAddress", lambda: wallet.address)
    page.expose_function("walletSigns", sign)
    page.add_init_script(WALLET)
    fund(developer_at_home, approved)
    page.get_by_text("bounty on its way").wait_for()
    assert [message["primaryType"] for message in signed] == ["Fund", "Permit"]
    assert Campaign.objects.get().funder == wallet.address
    assert OutboundCall.objects.filter(function="fund_with_order").count() == 1
    assert developer_at_home.complaints == []


def test_without_a_wallet_the_page_says_what_to_do(developer_at_home, approved):
    fund(developer_at_home, approved)
    developer_at_home.page.get_by_text("This browser has no wallet.").wait_for()
    assert Campaign.objects.get().state == Campaign.State.UNFUNDED


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("state", ["unfunded", "funded", "settled", "refunded"])
def test_the_campaign_reads_well_in_the_narrowest_window(
    developer_at_home, approved, state, language
):
    moment = timezone.now()
    Campaign.objects.update(state=state, funder="0x" + "11" * 20, end_tx_hash="0x" + "33" * 32)
    if state != "unfunded":
        Campaign.objects.update(funded_at=moment, fund_tx_hash="0x" + "22" * 32, ended_at=moment)
    developer_at_home.speak(language)
    page = developer_at_home.open(f"/requests/{approved.id}")
    assert developer_at_home.findings() == []
    page.set_viewport_size(NARROW)
    assert developer_at_home.overflow() <= 0
    assert developer_at_home.complaints == []


def test_the_form_files_a_campaign(developer_at_home):
    page = developer_at_home.open("/requests/new")
    page.get_by_label("Your question").fill("How much energy does a charge take?")
    page.get_by_label("Why do you ask?").fill("We size home chargers for towns that grow.")
    page.get_by_label("scientific research", exact=True).check()
    page.get_by_label("Drivers needed").fill("2000")
    page.get_by_label("Make it a campaign").check()
    page.get_by_label("Bounty", exact=True).fill("99.99")
    page.get_by_role("button", name="File the request").click()
    page.locator("#bounty-error", has_text="must reach the price").wait_for()
    page.get_by_label("Bounty", exact=True).fill("250.5")
    page.get_by_role("button", name="File the request").click()
    page.wait_for_url("**/requests/*-*")
    newest = Campaign.objects.order_by("-created_at").first()
    assert newest is not None
    assert (newest.bounty_units, newest.threshold) == (250_500_000, 2_000)
