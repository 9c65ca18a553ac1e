# pragma version ==0.4.3
# pragma optimize gas
"""
@title FeeToken
@license AGPL-3.0-only
@notice For tests: a token that keeps a part of what it moves. Anyone may mint and set the part.
@custom:halt Nothing to stop.
"""
from snekmate.auth import ownable
from snekmate.tokens import erc20

initializes: ownable
initializes: erc20[ownable := ownable]
exports: (erc20.balanceOf, erc20.allowance, erc20.approve)

# @dev Basis points.
fee_bps: public(uint256)


@deploy
def __init__():
    ownable.__init__()
    erc20.__init__("Fee Token", "FEE", 6, "Fee Token", "1")
    self.fee_bps = 100


@external
def set_fee_bps(fee_bps: uint256):
    self.fee_bps = fee_bps


@external
def mint(owner: address, amount: uint256):
    erc20._mint(owner, amount)


@external
def transfer(to: address, amount: uint256) -> bool:
    self._move(msg.sender, to, amount)
    return True


@external
def transferFrom(owner: address, to: address, amount: uint256) -> bool:
    erc20._spend_allowance(owner, msg.sender, amount)
    self._move(owner, to, amount)
    return True


@internal
def _move(owner: address, to: address, amount: uint256):
    erc20._transfer(owner, to, amount)
    erc20._burn(to, amount * self.fee_bps // 10_000)
