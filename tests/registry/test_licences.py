"""An accreditation may come with a token on the chain; it goes when the standing goes."""

import pytest
from django.utils import timezone

from chain.domain.calls import EventRecord
from chain.models import OutboundCall
from registry import events
from registry.models import LicenceToken
from tests.factories.registry import make_developer

pytestmark = pytest.mark.django_db

WALLET = "0x5FbDB2315678afecb367f032d93F642f64180aa3"
OTHER_WALLET = "0xe7f1725E7734CE288F8367e1Bb143E90bb3F0512"


@pytest.fixture
def accredit(as_admin, developer):
    def send(whom=developer, **changes):
        body = {"decision": "accredited", "reason": "Company register checked.", **changes}
        return as_admin.post(f"/api/v1/developers/{whom.id}/accreditation", body, format="json")

    return send


def moved(*, sender=events.NOBODY, receiver=events.NOBODY, tx_hash="0x" + "33" * 32):
    return EventRecord(
        contract="DeveloperLicence",
        name="Transfer",
        args={"sender": sender, "receiver": receiver, "token_id": int(WALLET, 16)},
        block_number=9,
        block_hash="0x" + "22" * 32,
        block_at=timezone.now(),
        tx_hash=tx_hash,
        log_index=0,
    )


def functions():
    return list(OutboundCall.objects.order_by("created_at").values_list("function", flat=True))


def test_without_a_wallet_there_is_no_token(accredit):
    answer = accredit().json()
    assert (answer["standing"], answer["licence"]) == ("accredited", None)
    assert functions() == []


def test_a_wallet_gets_its_token_once(accredit, as_developer):
    accredit(wallet=WALLET)
    assert accredit(wallet=WALLET).json()["licence"]["state"] == "giving"
    assert functions() == ["give"]
    for _ in range(2):  # hearing it again changes nothing
        events.licence_moved(moved(receiver=WALLET))
    licence = as_developer.get("/api/v1/developers/me").json()["licence"]
    assert (licence["state"], licence["token_id"]) == ("held", str(int(WALLET, 16)))
    assert licence["tx_hash"] == "0x" + "33" * 32


def test_a_wallet_in_the_wrong_form_is_refused(accredit):
    answer = accredit(wallet=WALLET.lower())
    assert (answer.status_code, answer.json()["fields"][0]["pointer"]) == (422, "#/wallet")
    assert not LicenceToken.objects.exists()


def test_one_wallet_shows_one_developer(accredit):
    accredit(wallet=WALLET)
    answer = accredit(make_developer("other-developer"), wallet=WALLET)
    assert (answer.status_code, answer.json()["code"]) == (409, "wallet_taken")


def test_another_wallet_takes_the_token_over(accredit):
    accredit(wallet=WALLET)
    events.licence_moved(moved(receiver=WALLET))
    accredit(wallet=OTHER_WALLET)
    assert functions() == ["give", "take_back", "give"]


def test_a_refused_developer_loses_the_token(accredit):
    accredit(wallet=WALLET)
    events.licence_moved(moved(receiver=WALLET))
    accredit(decision="refused")
    assert functions() == ["give", "take_back"]
    events.licence_moved(moved(sender=WALLET, tx_hash="0x" + "44" * 32))
    assert LicenceToken.objects.get().state == LicenceToken.State.TAKEN
    accredit(wallet=WALLET)
    assert functions() == ["give", "take_back", "give"]


def test_a_fork_takes_the_move_back(accredit):
    accredit(wallet=WALLET)
    events.licence_moved(moved(receiver=WALLET))
    events.licence_move_undone(moved(receiver=WALLET))
    assert LicenceToken.objects.get().state == LicenceToken.State.GIVING
    events.licence_moved(moved(receiver=WALLET))
    assert LicenceToken.objects.get().state == LicenceToken.State.HELD


def test_a_refusal_of_the_contract_is_told_and_the_standing_stays(accredit, as_developer):
    accredit(wallet=WALLET)
    events.licence_refused(
        f"registry.licence:{LicenceToken.objects.get().id}.give", "licence: not the licensor"
    )
    me = as_developer.get("/api/v1/developers/me").json()
    assert me["standing"] == "accredited"
    assert me["licence"]["failure"] == "licence: not the licensor"


def test_pages_show_the_token_to_developer_and_admin(accredit, as_developer, as_admin):
    accredit(wallet=WALLET)
    events.licence_moved(moved(receiver=WALLET))
    for client, page in ((as_developer, "/home"), (as_admin, "/accreditations")):
        assert WALLET in client.get(page).content.decode()
