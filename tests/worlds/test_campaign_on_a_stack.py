"""A campaign on the whole stack: no offer before the money, and every unit back when it stops."""

import secrets
import time
from datetime import UTC, datetime

import pytest

import odometer as od
from odometer.waiting import until
from tests.factories import anonymize as factory

pytestmark = pytest.mark.worlds

BOUNTY, PRICE, NEEDED = 1_000_000_000, 900_000_000, 500
DAYS_20_S = 20 * 24 * 3600
WHY = "The funder asked us to stop: the project ended."


@pytest.fixture
def admin(stack):
    return od.Admin.sign_in(stack.web_url, "admin", stack.admin_password)


@pytest.fixture
def wallet():
    return od.Wallet.demo()


@pytest.fixture
def developer(stack, admin, wallet):
    handle = f"developer-{secrets.token_hex(4)}"
    who = {"name": "Nordlicht Batterie GmbH", "country": "DE"}
    client = od.Client.sign_up(stack.web_url, handle, "a password for a test", **who)
    admin.accredit(client.me()["id"], reason="Company register checked.", wallet=wallet.address)
    return client


@pytest.fixture
def driver(stack):
    handle = f"driver-{secrets.token_hex(4)}"
    return od.Driver.enrol(od.Session(stack.web_url), handle, "a passphrase for a test")


def approved(developer, admin):
    title = f"How much energy does a session take? {secrets.token_hex(3)}"
    filed = developer.request(
        factory.spec(title=title, rho_micro=100_000),
        title=title,
        why="We size chargers for car parks and need typical sessions.",
        purposes=["dpv:ScientificResearch"],
        price_units=PRICE,
        drivers_needed=NEEDED,
        deadline_at=datetime.fromtimestamp(time.time() + DAYS_20_S, tz=UTC).isoformat(),
        bounty_units=BOUNTY,
    )
    admin.decide(
        filed.id, "approve", reason_code="in_order", reason="Useful, and moderate in its cost."
    )
    ready = until(
        lambda: developer.data_request(filed.id),
        lambda now: now["campaign"]["is_fundable"],
        what="the dataset on the chain",
        at_most_s=60,
    )
    return ready, title


def offered(driver, title):
    return [offer for offer in driver.offers() if offer.body["title"] == title]


def test_drivers_are_asked_after_the_bounty_and_all_comes_back(developer, admin, driver, wallet):
    request, title = approved(developer, admin)
    assert offered(driver, title) == []

    campaign = request.fund(wallet)
    assert campaign.state == "gathering"
    assert developer.chain.balance_units(wallet.address) == 0
    until(lambda: offered(driver, title), bool, what="the offer", at_most_s=60)

    admin.give_back(request.id, reason=WHY)
    ended = campaign.wait(at_most_s=60)
    assert (ended.state, ended.body["reason"]) == ("refunded", WHY)
    assert developer.chain.balance_units(wallet.address) == BOUNTY
    assert offered(driver, title) == []


def test_an_accreditation_shows_on_the_chain(developer, wallet):
    me = until(
        developer.me,
        lambda now: now["licence"]["state"] == "held",
        what="the licence token",
        at_most_s=60,
    )
    chain = developer.chain
    (held,) = chain.rpc.call(
        chain.addresses["DeveloperLicence"],
        "balanceOf(address)",
        wallet.address,
        returns=["uint256"],
    )
    assert (held, me["licence"]["token_id"]) == (1, str(int(wallet.address, 16)))
