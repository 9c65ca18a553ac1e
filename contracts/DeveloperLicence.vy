# pragma version ==0.4.3
# pragma optimize gas
"""
@title DeveloperLicence
@license AGPL-3.0-only
@notice Shows that an account's holder was accredited as a developer: an ERC-721 token bound to its account for ever
        (ERC-5192). An account holds at most one, and the id of the token is the account's address as a number.
@custom:halt The licensor gives licences and takes them back, at any time. Nobody can move one. No sale, claim, refund
             or consent asks this contract anything: taking a licence back stops none of them.
"""


interface Stewardship:
    def licensor() -> address: view


event Transfer:
    sender: indexed(address)
    receiver: indexed(address)
    token_id: indexed(uint256)


event Locked:
    token_id: uint256


_INTERFACES: constant(bytes4[4]) = [
    0x01ffc9a7,  # ERC-165
    0x80ac58cd,  # ERC-721
    0x5b5e139f,  # ERC-721 metadata
    0xb45a3c0e,  # ERC-5192
]

name: public(constant(String[26])) = "Odometer Developer Licence"
symbol: public(constant(String[5])) = "ODLIC"

stewardship: public(immutable(Stewardship))

_is_held: HashMap[address, bool]


@deploy
def __init__(stewardship_: Stewardship):
    assert stewardship_.address.is_contract, "licence: no stewardship"
    stewardship = stewardship_


@external
def give(to: address):
    """
    @notice Give `to` its licence.
    """
    self._check_licensor()
    assert to != empty(address), "licence: no holder"
    assert not self._is_held[to], "licence: held already"
    self._is_held[to] = True
    token_id: uint256 = convert(to, uint256)
    log Transfer(sender=empty(address), receiver=to, token_id=token_id)
    log Locked(token_id=token_id)


@external
def take_back(token_id: uint256):
    """
    @notice Take a licence back; it may be given again.
    """
    self._check_licensor()
    self._check_held(token_id)
    holder: address = convert(token_id, address)
    self._is_held[holder] = False
    log Transfer(sender=holder, receiver=empty(address), token_id=token_id)


@external
@view
def balanceOf(owner: address) -> uint256:
    """
    @return 1 with a licence, 0 without.
    """
    assert owner != empty(address), "licence: no holder"
    return convert(self._is_held[owner], uint256)


@external
@view
def ownerOf(token_id: uint256) -> address:
    """
    @return The account whose licence this is.
    """
    self._check_held(token_id)
    return convert(token_id, address)


@external
@view
def locked(token_id: uint256) -> bool:
    """
    @return True for every licence there is.
    """
    self._check_held(token_id)
    return True


@external
@view
def tokenURI(token_id: uint256) -> String[80]:
    """
    @return What a wallet shows, the same for each.
    """
    self._check_held(token_id)
    return "data:application/json,%7B%22name%22:%22Odometer%20Developer%20Licence%22%7D"


@external
@view
def getApproved(token_id: uint256) -> address:
    """
    @return Nobody, for every licence there is.
    """
    self._check_held(token_id)
    return empty(address)


@external
@pure
def isApprovedForAll(owner: address, operator: address) -> bool:
    """
    @return False.
    """
    return False


@external
@pure
def supportsInterface(interface_id: bytes4) -> bool:
    """
    @return Whether the contract answers as this interface asks (ERC-165).
    """
    return interface_id in _INTERFACES


@external
def transferFrom(sender: address, receiver: address, token_id: uint256):
    """
    @notice Refuses.
    """
    raise "licence: not transferable"


@external
def safeTransferFrom(sender: address, receiver: address, token_id: uint256, data: Bytes[1_024] = b""):
    """
    @notice Refuses.
    """
    raise "licence: not transferable"


@external
def approve(approved: address, token_id: uint256):
    """
    @notice Refuses.
    """
    raise "licence: not transferable"


@external
def setApprovalForAll(operator: address, approved: bool):
    """
    @notice Refuses.
    """
    raise "licence: not transferable"


@internal
@view
def _check_licensor():
    assert msg.sender == staticcall stewardship.licensor(), "licence: not the licensor"


@internal
@view
def _check_held(token_id: uint256):
    assert token_id >> 160 == 0 and self._is_held[convert(token_id, address)], "licence: none held"
