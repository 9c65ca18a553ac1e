# pragma version ==0.4.3
# pragma optimize gas
"""
@title FundingAccount
@license AGPL-3.0-only
@notice For tests: an account that is a contract. It allows one spender all it will ever hold of a token, and gives
        the same answer about every signature.
@custom:halt Nothing to stop.
"""
from ethereum.ercs import IERC20

_answer: bytes4


@deploy
def __init__(answer: bytes4, token: address, spender: address):
    self._answer = answer
    extcall IERC20(token).approve(spender, max_value(uint256))


@external
@view
def isValidSignature(digest: bytes32, signature: Bytes[65]) -> bytes32:
    return convert(self._answer, bytes32)
