"""Contracts in one process, with keys for each role."""

import secrets
import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from protocol import merkle, typed_data

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import boa
    from boa.contracts.vyper.vyper_contract import VyperContract

CONTRACTS = Path(__file__).resolve().parents[2] / "contracts"
YEAR_S = 365 * 86_400
COIN = 1_000_000
FEE_BPS = 1_200
RHO_CAP = 1_000_000


@dataclass(frozen=True)
class Key:
    """A role's private key and address."""

    private: bytes
    address: str

    def sign(self, typed: dict[str, Any]) -> bytes:
        return bytes.fromhex(typed_data.sign(self.private, typed)[2:])


def new_key() -> Key:
    private = secrets.token_bytes(32)
    return Key(private, typed_data.address_of(private))


def now() -> int:
    return int(boa.env.evm.patch.timestamp)


def chain_id() -> int:
    return int(boa.env.evm.patch.chain_id)


@contextmanager
def forked():
    """Let the chain be a fork of itself, under another id."""
    before = chain_id()
    boa.env.evm.patch.chain_id = before + 1
    yield
    boa.env.evm.patch.chain_id = before


def high_s(signature: bytes) -> bytes:
    order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
    s = order - int.from_bytes(signature[32:64])
    return signature[:32] + s.to_bytes(32) + bytes([27 + 28 - signature[64]])


@pytest.fixture(autouse=True)
def _short_names(monkeypatch):
    """Keep titanoboa from dumping all storage into each revert: it stumbles over nested maps."""
    monkeypatch.setattr(VyperContract, "__repr__", lambda contract: str(contract.address))


@pytest.fixture(autouse=True)
def _anchor():
    with boa.env.anchor():
        yield


@pytest.fixture(scope="session")
def compiled():
    """Compile each source once."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return {path.stem: boa.load_partial(str(path)) for path in CONTRACTS.rglob("*.vy")}


@pytest.fixture
def driver() -> Key:
    return new_key()


@pytest.fixture
def other_driver() -> Key:
    return new_key()


@pytest.fixture
def developer() -> Key:
    return new_key()


@pytest.fixture
def relayer() -> Key:
    return new_key()


@pytest.fixture
def dataset() -> bytes:
    return secrets.token_bytes(16) + bytes(16)


@pytest.fixture
def registry(compiled):
    return compiled["ConsentRegistry"].deploy()


@pytest.fixture
def operator() -> Key:
    return new_key()


@pytest.fixture
def treasury() -> Key:
    return new_key()


@pytest.fixture
def steward() -> Key:
    """Return the first of the two keys of the stewardship."""
    return new_key()


@pytest.fixture
def first_key() -> Key:
    return new_key()


@pytest.fixture
def second_key() -> Key:
    return new_key()


@pytest.fixture
def keys(first_key, second_key) -> tuple[Key, Key]:
    return first_key, second_key


@pytest.fixture
def stewardship(compiled, steward, operator, treasury):
    second, licensor = new_key().address, new_key().address
    people = (steward.address, second, operator.address, licensor, treasury.address)
    return compiled["Stewardship"].deploy(*people, FEE_BPS, b"\x05" * 32)


@pytest.fixture
def market(compiled, stewardship):
    return compiled["ReleaseMarket"].deploy(stewardship.address)


@pytest.fixture
def token(compiled, developer):
    coin = compiled["TestStablecoin"].deploy()
    coin.mint(developer.address, 10**6 * COIN)
    return coin


@pytest.fixture
def contributors() -> list[Key]:
    return sorted((new_key() for _ in range(3)), key=lambda key: int(key.address, 16))


@pytest.fixture
def tree(contributors):
    return merkle.Tree(merkle.shares_of([key.address for key in contributors]))


@pytest.fixture
def dataset_on_chain(market, token, operator, dataset):
    with boa.env.prank(operator.address):
        market.create_dataset(dataset, token.address, FEE_BPS, RHO_CAP)
    return dataset
