from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from registry import limiting, wallets
from registry.errors import ChallengeUnknown, MessageExpired, TooManyTries
from registry.models import Driver, SignInFailure, Wallet, WalletChallenge
from tests.factories.registry import proof_of
from tests.registry.signing import (
    OTHER_WALLET,
    WALLET,
    TestWallet,
    ask,
    code_of,
    connect,
    send,
    sign_in,
)

pytestmark = pytest.mark.django_db


def test_a_connected_wallet_opens_the_account(
    anybody: APIClient, driver: Driver, connected: Wallet
) -> None:
    assert sign_in(anybody, WALLET).status_code == 201
    assert anybody.get("/api/v1/sessions/current").json()["driver_id"] == str(driver.id)
    connected.refresh_from_db()
    assert connected.last_used_at is not None


def test_a_wallet_never_gets_the_vault_nor_its_locked_form(
    anybody: APIClient, connected: Wallet
) -> None:
    sign_in(anybody, WALLET)
    assert code_of(anybody.get("/api/v1/vault")) == (403, "passphrase_needed")
    assert code_of(anybody.put("/api/v1/vault", {}, format="json")) == (403, "passphrase_needed")
    export = anybody.get("/api/v1/drivers/me/export")
    text = b"".join(export.streaming_content).decode()  # type: ignore[attr-defined]
    assert '"vault": null' in text
    assert "sealed_seed" not in text


def test_the_passphrase_given_later_opens_the_vault_to_the_same_session(
    anybody: APIClient, connected: Wallet
) -> None:
    sign_in(anybody, WALLET)
    body = {"handle": "driver", "sign_in_proof": proof_of("driver").hex()}
    assert anybody.post("/api/v1/sessions", body, format="json").status_code == 201
    assert anybody.get("/api/v1/vault").status_code == 200


def test_a_message_is_good_for_one_session(anybody: APIClient, connected: Wallet) -> None:
    message = ask(anybody, WALLET.address)["message"]
    signature = WALLET.sign_text(message)
    assert send(anybody, message, signature).status_code == 201
    again = send(APIClient(), message, signature)
    assert code_of(again) == (409, "wallet_challenge_unknown")


def test_a_number_that_is_not_ours_is_refused(anybody: APIClient, connected: Wallet) -> None:
    answer = ask(anybody, WALLET.address)
    message = answer["message"].replace(answer["nonce"], "0" * 32)
    refused = send(anybody, message, WALLET.sign_text(message))
    assert code_of(refused) == (409, "wallet_challenge_unknown")


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        ("domain", "127.0.0.1:8420 wants", "odometer.example wants"),
        ("scheme", "http://127.0.0.1:8420 wants", "https://127.0.0.1:8420 wants"),
        ("uri", "/sign-in\n", "/elsewhere\n"),
        ("chain_id", "Chain ID: 31337", "Chain ID: 1"),
        ("statement", "never your vault.", "and your vault."),
        ("address", WALLET.address, OTHER_WALLET.address),
    ],
)
def test_it_refuses_a_message_made_for_something_else(
    anybody: APIClient, connected: Wallet, settings: Any, part: str, old: str, new: str
) -> None:
    settings.WEB_ORIGIN = "http://127.0.0.1:8420"
    message = ask(anybody, WALLET.address)["message"]
    assert old in message
    changed = message.replace(old, new)
    answer = send(anybody, changed, WALLET.sign_text(changed))
    assert code_of(answer) == (422, "sign_in_message_not_ours")
    assert answer.json()["facts"] == {"part": part}


@pytest.mark.parametrize("extra", ["\nRequest ID: 7", "\nResources:\n- https://example.com/a"])
def test_it_refuses_what_we_did_not_ask_for(
    anybody: APIClient, connected: Wallet, extra: str
) -> None:
    message = ask(anybody, WALLET.address)["message"] + extra
    refused = send(anybody, message, WALLET.sign_text(message))
    assert code_of(refused) == (422, "sign_in_message_not_ours")


def test_a_message_to_connect_signs_nobody_in(
    anybody: APIClient, as_driver: APIClient, connected: Wallet
) -> None:
    message = ask(as_driver, WALLET.address, "connect")["message"]
    refused = send(anybody, message, WALLET.sign_text(message))
    assert code_of(refused) == (409, "wallet_challenge_unknown")


def test_a_message_that_another_driver_asked_for_connects_nothing(
    as_driver: APIClient, as_other_driver: APIClient
) -> None:
    message = ask(as_driver, WALLET.address, "connect")["message"]
    body = {"message": message, "signature": WALLET.sign_text(message)}
    refused = as_other_driver.post("/api/v1/drivers/me/wallets", body, format="json")
    assert code_of(refused) == (409, "wallet_challenge_unknown")


def test_connecting_needs_a_driver_who_is_signed_in(
    anybody: APIClient, as_developer: APIClient
) -> None:
    body = {"address": WALLET.address, "purpose": "connect"}
    for client in (anybody, as_developer):
        refused = client.post("/api/v1/wallet-challenges", body, format="json")
        assert code_of(refused) == (403, "drivers_only")


@pytest.mark.parametrize("minutes", [10, 11, 60])
def test_a_number_is_good_for_ten_minutes(connected: Wallet, minutes: int) -> None:
    then = timezone.now()
    _row, message = wallets.challenge(
        purpose="sign_in", address=WALLET.address, driver=None, asked_from="", at=then
    )
    signature = WALLET.sign_text(message.text())
    with pytest.raises(ChallengeUnknown):
        wallets.sign_in(
            message=message.text(),
            signature=signature,
            asked_from="",
            at=then + timedelta(minutes=minutes),
        )


@pytest.mark.parametrize(("skew_s", "is_taken"), [(-61, False), (-59, True), (0, True), (59, True)])
def test_clocks_may_differ_by_a_minute(connected: Wallet, skew_s: int, *, is_taken: bool) -> None:
    now = timezone.now().replace(microsecond=0)
    _row, message = wallets.challenge(
        purpose="sign_in", address=WALLET.address, driver=None, asked_from="", at=now
    )
    ahead = (now - timedelta(seconds=skew_s)).strftime("%Y-%m-%dT%H:%M:%SZ")
    text = message.text().replace(f"Issued At: {message.issued_at}", f"Issued At: {ahead}")
    facts: dict[str, Any] = {
        "message": text,
        "signature": WALLET.sign_text(text),
        "asked_from": "",
        "at": now,
    }
    if is_taken:
        assert wallets.sign_in(**facts).id == connected.id
    else:
        with pytest.raises(MessageExpired):
            wallets.sign_in(**facts)


def test_another_wallets_signature_is_refused_and_counted(
    anybody: APIClient, connected: Wallet
) -> None:
    message = ask(anybody, WALLET.address)["message"]
    wrong = OTHER_WALLET.sign_text(message)
    for _ in range(10):
        assert code_of(send(anybody, message, wrong)) == (403, "wallet_signature_wrong")
    assert SignInFailure.objects.count() == 10
    assert code_of(send(anybody, message, WALLET.sign_text(message))) == (429, "too_many_tries")


def test_the_second_form_of_a_signature_is_refused(anybody: APIClient, connected: Wallet) -> None:
    message = ask(anybody, WALLET.address)["message"]
    raw = bytes.fromhex(WALLET.sign_text(message)[2:])
    order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
    high = (order - int.from_bytes(raw[32:64])).to_bytes(32)
    second = raw[:32] + high + bytes([27 + (28 - raw[64])])
    for signature in (second, raw[:64] + bytes([raw[64] - 27])):
        refused = send(anybody, message, "0x" + signature.hex())
        assert code_of(refused) == (403, "wallet_signature_wrong")


def test_an_unknown_wallet_is_led_to_signing_up(anybody: APIClient) -> None:
    answer = sign_in(anybody, WALLET)
    assert code_of(answer) == (401, "wallet_unknown")
    assert "join" in answer.json()["detail"]


def test_a_wallet_opens_one_account(as_other_driver: APIClient, connected: Wallet) -> None:
    refused = connect(as_other_driver, WALLET)
    assert code_of(refused) == (409, "wallet_connected_elsewhere")
    assert Wallet.objects.get().driver_id == connected.driver_id


def test_connecting_twice_is_one_wallet(as_driver: APIClient, connected: Wallet) -> None:
    assert connect(as_driver, WALLET).json()["id"] == str(connected.id)
    listed = as_driver.get("/api/v1/drivers/me/wallets").json()["results"]
    assert [row["address"] for row in listed] == [WALLET.address]


def test_five_wallets_are_enough(as_driver: APIClient) -> None:
    for n in range(1, 6):
        assert connect(as_driver, TestWallet(bytes([n]) * 32)).status_code == 201
    refused = connect(as_driver, TestWallet(b"\x06" * 32))
    assert code_of(refused) == (409, "too_many_wallets")


def test_a_removed_wallet_opens_nothing_and_its_sessions_end(
    anybody: APIClient, as_driver: APIClient, connected: Wallet
) -> None:
    sign_in(anybody, WALLET)
    assert as_driver.delete(f"/api/v1/drivers/me/wallets/{connected.id}").status_code == 204
    assert as_driver.get("/api/v1/drivers/me").status_code == 200
    assert anybody.get("/api/v1/sessions/current").json()["is_signed_in"] is False
    assert code_of(sign_in(anybody, WALLET)) == (401, "wallet_unknown")


def test_the_last_road_in_is_kept(anybody: APIClient, connected: Wallet) -> None:
    sign_in(anybody, WALLET)
    url = f"/api/v1/drivers/me/wallets/{connected.id}"
    assert code_of(anybody.delete(url)) == (409, "last_road")
    connect(anybody, OTHER_WALLET)
    assert anybody.delete(url).status_code == 204
    assert anybody.get("/api/v1/vault").status_code == 403


def test_nobody_removes_anothers_wallet(as_other_driver: APIClient, connected: Wallet) -> None:
    url = f"/api/v1/drivers/me/wallets/{connected.id}"
    assert code_of(as_other_driver.delete(url)) == (404, "wallet_not_found")


def test_an_erased_drivers_wallet_is_forgotten(
    anybody: APIClient, as_driver: APIClient, connected: Wallet
) -> None:
    assert as_driver.post("/api/v1/erasures", {}, format="json").status_code == 202
    assert not Wallet.objects.exists()
    assert code_of(sign_in(anybody, WALLET)) == (401, "wallet_unknown")


def test_a_wallet_alone_can_erase_everything(
    anybody: APIClient, driver: Driver, connected: Wallet
) -> None:
    sign_in(anybody, WALLET)
    assert anybody.post("/api/v1/erasures", {}, format="json").status_code == 202
    driver.refresh_from_db()
    assert driver.erased_at is not None


def test_one_address_may_not_ask_for_ever(driver: Driver) -> None:
    now = timezone.now()
    facts: dict[str, Any] = {
        "purpose": "sign_in",
        "address": WALLET.address,
        "driver": None,
        "at": now,
    }
    for _ in range(limiting.MOST_CHALLENGES):
        wallets.challenge(**facts, asked_from="192.0.2.1")
    with pytest.raises(TooManyTries):
        wallets.challenge(**facts, asked_from="192.0.2.1")
    wallets.challenge(**facts, asked_from="192.0.2.2")
    later = facts | {"at": now + limiting.WINDOW + timedelta(seconds=1)}
    wallets.challenge(**later, asked_from="192.0.2.1")
    assert WalletChallenge.objects.count() == 1


def test_the_export_lists_the_wallets(as_driver: APIClient, connected: Wallet) -> None:
    export = as_driver.get("/api/v1/drivers/me/export")
    text = b"".join(export.streaming_content).decode()  # type: ignore[attr-defined]
    assert WALLET.address in text
