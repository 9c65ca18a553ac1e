# pragma version ==0.4.3
# pragma optimize gas
"""
@title TestStablecoin
@license AGPL-3.0-only
@notice Play money for the development chain: ERC-20 with EIP-2612 permits, 6 decimals. Worth nothing.
@custom:halt Its owner may mint, and may do nothing to what others hold.
"""
from snekmate.auth import ownable
from snekmate.tokens import erc20

initializes: ownable
initializes: erc20[ownable := ownable]
exports: (
    ownable.owner,
    erc20.name,
    erc20.symbol,
    erc20.decimals,
    erc20.totalSupply,
    erc20.balanceOf,
    erc20.allowance,
    erc20.transfer,
    erc20.transferFrom,
    erc20.approve,
    erc20.mint,
    erc20.permit,
    erc20.nonces,
    erc20.DOMAIN_SEPARATOR,
    erc20.eip712Domain,
)


@deploy
def __init__():
    ownable.__init__()
    erc20.__init__("Test Dollar", "tUSD", 6, "Test Dollar", "1")
