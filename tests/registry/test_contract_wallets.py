"""Contract accounts as wallets: the chain alone can say what they signed."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from chain.errors import NodeDown
from registry.models import Driver, SignInFailure, Wallet
from tests.registry.signing import OTHER_WALLET, WALLET, TestWallet, ask, code_of, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def contract(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], None]:
    """Let the chain answer for contract accounts as told."""

    def answers(said: Any) -> None:
        def accepts(account: str, digest: bytes, signature: bytes) -> bool:
            if said is None:
                raise NodeDown
            return bool(said == (account, signature))

        monkeypatch.setattr("chain.reading.accepts", accepts)

    return answers


def test_a_contract_wallet_is_asked_on_the_chain(
    anybody: APIClient, as_driver: APIClient, contract: Callable[[Any], None]
) -> None:
    owner, signature = TestWallet(b"\x41" * 32), b"\x07" * 130
    contract((owner.address, signature))
    message = ask(as_driver, owner.address, "connect")["message"]
    body = {"message": message, "signature": "0x" + signature.hex()}
    answer = as_driver.post("/api/v1/drivers/me/wallets", body, format="json")
    assert answer.json()["is_contract"] is True
    message = ask(anybody, owner.address)["message"]
    assert send(anybody, message, "0x" + signature.hex()).status_code == 201


def test_a_silent_node_refuses_nobody_for_good(
    anybody: APIClient, connected: Wallet, contract: Callable[[Any], None]
) -> None:
    Wallet.objects.update(is_contract=True)
    contract(None)
    message = ask(anybody, WALLET.address)["message"]
    answer = send(anybody, message, OTHER_WALLET.sign_text(message))
    assert code_of(answer) == (503, "chain_node_down")
    assert not SignInFailure.objects.exists()
    assert send(anybody, message, WALLET.sign_text(message)).status_code == 201


def test_nobody_makes_us_ask_the_chain_about_a_strange_address(
    anybody: APIClient, driver: Driver, contract: Callable[[Any], None]
) -> None:
    contract(None)
    message = ask(anybody, WALLET.address)["message"]
    refused = send(anybody, message, OTHER_WALLET.sign_text(message))
    assert code_of(refused) == (403, "wallet_signature_wrong")
