# pragma version ==0.4.3
# pragma optimize gas
"""
@title SilentToken
@license AGPL-3.0-only
@notice For tests: a token that moves what it is asked to and returns nothing. Anyone may mint.
@custom:halt Nothing to stop.
"""
from snekmate.auth import ownable
from snekmate.tokens import erc20

initializes: ownable
initializes: erc20[ownable := ownable]
exports: (erc20.balanceOf, erc20.allowance)


@deploy
def __init__():
    ownable.__init__()
    erc20.__init__("Silent Token", "HUSH", 6, "Silent Token", "1")


@external
def mint(owner: address, amount: uint256):
    erc20._mint(owner, amount)


@external
def approve(spender: address, amount: uint256):
    erc20._approve(msg.sender, spender, amount)


@external
def transfer(to: address, amount: uint256):
    erc20._transfer(msg.sender, to, amount)


@external
def transferFrom(owner: address, to: address, amount: uint256):
    erc20._spend_allowance(owner, msg.sender, amount)
    erc20._transfer(owner, to, amount)
