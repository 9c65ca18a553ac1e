# pragma version ==0.4.3
# pragma optimize gas
"""
@title FalseToken
@license AGPL-3.0-only
@notice For tests: a token that moves nothing and answers "false" instead of reverting, until told to be honest.
        Anyone may mint and tell.
@custom:halt Nothing to stop.
"""
from snekmate.auth import ownable
from snekmate.tokens import erc20

initializes: ownable
initializes: erc20[ownable := ownable]
exports: (erc20.balanceOf, erc20.allowance)

is_honest: public(bool)


@deploy
def __init__():
    ownable.__init__()
    erc20.__init__("False Token", "FALSE", 6, "False Token", "1")


@external
def set_honest(is_honest: bool):
    self.is_honest = is_honest


@external
def mint(owner: address, amount: uint256):
    erc20._mint(owner, amount)


@external
def approve(spender: address, amount: uint256) -> bool:
    erc20._approve(msg.sender, spender, amount)
    return self.is_honest


@external
def transfer(to: address, amount: uint256) -> bool:
    if self.is_honest:
        erc20._transfer(msg.sender, to, amount)
    return self.is_honest


@external
def transferFrom(owner: address, to: address, amount: uint256) -> bool:
    if self.is_honest:
        erc20._spend_allowance(owner, msg.sender, amount)
        erc20._transfer(owner, to, amount)
    return self.is_honest
