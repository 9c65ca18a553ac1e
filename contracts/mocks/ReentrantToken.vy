# pragma version ==0.4.3
# pragma optimize gas
"""
@title ReentrantToken
@license AGPL-3.0-only
@notice For tests: a token that, aimed once, calls a target back in its next transfer and keeps how that ended.
        The transfer itself goes on, so that a test sees what the call back gained. Anyone may mint and aim.
@custom:halt Nothing to stop.
"""
from snekmate.auth import ownable
from snekmate.tokens import erc20

initializes: ownable
initializes: erc20[ownable := ownable]
exports: (erc20.balanceOf, erc20.allowance, erc20.approve)

_LONGEST: constant(uint256) = 8_192

# @dev Calls back that were made, and those of them that did not revert.
calls: public(uint256)
successes: public(uint256)

_target: address
_data: Bytes[_LONGEST]


@deploy
def __init__():
    ownable.__init__()
    erc20.__init__("Reentrant Token", "BACK", 6, "Reentrant Token", "1")


@external
def aim(target: address, data: Bytes[_LONGEST]):
    """
    @param data The whole call: selector and arguments. The target sees this token as the caller.
    """
    self._target = target
    self._data = data


@external
def mint(owner: address, amount: uint256):
    erc20._mint(owner, amount)


@external
def transfer(to: address, amount: uint256) -> bool:
    self._call_back()
    erc20._transfer(msg.sender, to, amount)
    return True


@external
def transferFrom(owner: address, to: address, amount: uint256) -> bool:
    self._call_back()
    erc20._spend_allowance(owner, msg.sender, amount)
    erc20._transfer(owner, to, amount)
    return True


@internal
def _call_back():
    target: address = self._target
    if target == empty(address):
        return
    self._target = empty(address)
    self.calls += 1
    if raw_call(target, self._data, revert_on_failure=False):
        self.successes += 1
