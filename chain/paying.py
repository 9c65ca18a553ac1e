"""The token that prices are in."""

from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

from chain import reading
from chain.domain.calls import ContractCall

CONTRACT = "TestStablecoin"
"""The name under which the deployment lists the payment token."""


@dataclass(frozen=True)
class PaymentToken:
    """An ERC-20 with permit; amounts are whole numbers of its smallest unit."""

    name: str
    symbol: str
    decimals: int
    address: str
    chain_id: int

    def to_dict(self) -> dict[str, Any]:
        """Return the token as the API tells it."""
        return asdict(self)


def payment_token() -> PaymentToken:
    """Return the token, read from its contract once per process. Raises NotDeployed, NodeDown."""
    return _token(reading.address_of(CONTRACT))


def nonce_of(owner: str) -> int:
    """Return the permit nonce that the owner's next permit must carry."""
    return int(reading.view(ContractCall(CONTRACT, "nonces", (owner,))))


@cache
def _token(address: str) -> PaymentToken:
    return PaymentToken(
        name=reading.view(ContractCall(CONTRACT, "name")),
        symbol=reading.view(ContractCall(CONTRACT, "symbol")),
        decimals=int(reading.view(ContractCall(CONTRACT, "decimals"))),
        address=address,
        chain_id=reading.chain_id(),
    )
