"""Wallets for tests: a key that signs messages as a wallet does."""

from dataclasses import dataclass
from typing import Any

from eth_account import Account
from eth_account.messages import encode_defunct
from rest_framework.test import APIClient

from protocol import typed_data


@dataclass(frozen=True)
class TestWallet:
    """A wallet with one account."""

    __test__ = False
    private: bytes = b"\x31" * 32

    @property
    def address(self) -> str:
        return typed_data.address_of(self.private)

    def sign_text(self, text: str) -> str:
        """Sign as `personal_sign` does."""
        signed = Account.sign_message(encode_defunct(text=text), self.private)
        return f"0x{signed.signature.hex().removeprefix('0x')}"


WALLET = TestWallet()
OTHER_WALLET = TestWallet(b"\x32" * 32)


def ask(client: APIClient, address: str, purpose: str = "sign_in") -> dict[str, Any]:
    """Return a challenge for this wallet."""
    body = {"address": address, "purpose": purpose}
    answer = client.post("/api/v1/wallet-challenges", body, format="json")
    assert answer.status_code == 201, answer.json()
    return dict(answer.json())


def connect(client: APIClient, wallet: TestWallet) -> Any:
    """Connect the wallet to whoever is signed in; return the answer."""
    message = ask(client, wallet.address, "connect")["message"]
    body = {"message": message, "signature": wallet.sign_text(message)}
    return client.post("/api/v1/drivers/me/wallets", body, format="json")


def sign_in(client: APIClient, wallet: TestWallet) -> Any:
    """Sign in with the wallet; return the answer."""
    message = ask(client, wallet.address)["message"]
    return send(client, message, wallet.sign_text(message))


def send(client: APIClient, message: str, signature: str) -> Any:
    """Sign in with whatever was signed; return the answer."""
    body = {"message": message, "signature": signature}
    return client.post("/api/v1/wallet-sessions", body, format="json")


def code_of(answer: Any) -> tuple[int, str]:
    """Return status and code of a refusal."""
    return answer.status_code, answer.json()["code"]
