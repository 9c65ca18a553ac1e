# pragma version ==0.4.3
# pragma optimize gas
"""
@title OddMarket
@license AGPL-3.0-only
@notice For tests: a market, and its own stewardship, that knows every release, takes what it was told to take
        instead of its price, and refuses every call once it is broken. Anyone may tell and break.
@custom:halt Nothing to stop.
"""
from ethereum.ercs import IERC20

_token: address
_price: uint256
_taken: uint256
_is_broken: bool


@deploy
def __init__(token: address, price: uint256):
    self._token = token
    self._price = price
    self._taken = price


@external
def take(taken: uint256):
    self._taken = taken


@external
def break_down():
    self._is_broken = True


@external
@view
def stewardship() -> address:
    return self


@external
@view
def is_halted() -> bool:
    self._check_whole()
    return False


@external
@view
def operator() -> address:
    self._check_whole()
    return self


@external
@view
def dataset_of(dataset: bytes32) -> (address, uint16, uint64, uint64):
    self._check_whole()
    return self._token, 0, 0, 0


@external
@view
def dataset_of_release(release: bytes32) -> bytes32:
    return release


@external
@view
def release_of(release: bytes32) -> (address, uint128, uint16, uint64, uint64, bytes32, bytes32):
    return self._token, convert(self._price, uint128), 0, 1_000, 0, release, release


@external
def buy(release: bytes32, max_price: uint256, recipient: address):
    self._check_whole()
    extcall IERC20(self._token).transferFrom(msg.sender, self, self._taken)


@internal
@view
def _check_whole():
    assert not self._is_broken, "broken"
