# pragma version ==0.4.3
# pragma optimize gas
"""
@title CampaignEscrow
@license AGPL-3.0-only
@notice Holds the bounty of a developer who asks for data that does not exist yet. Either a release of the dataset
        with enough contributors is bought with it on the market and the change goes back, or all of it goes back.
@custom:halt A halt of the stewardship stops new campaigns, and (as it stops sales) settling. Nothing and nobody can
             stop a refund: after the deadline it asks neither the stewardship nor the market, and anyone may send
             it. Nobody can send a bounty anywhere but to the market for the agreed recipient, or to its funder.
@custom:word Campaign: token (160 bits) | bounty (96), and recipient (160) | deadline (40) | threshold (48) | state (8).
@custom:token A token that takes a fee on transfer is refused at funding. What one campaign pays out is what it paid
              in, to the unit; never another campaign's money.
@custom:accounts A contract account signs by EIP-1271 with at most 65 bytes; with a longer signature it calls `fund`.
"""
from ethereum.ercs import IERC20
from snekmate.utils import eip712_domain_separator as eip712
from snekmate.utils import signature_checker

initializes: eip712
exports: eip712.eip712Domain


interface Market:
    def stewardship() -> address: view
    def dataset_of(dataset: bytes32) -> (address, uint16, uint64, uint64): view
    def dataset_of_release(release: bytes32) -> bytes32: view
    def release_of(release: bytes32) -> (address, uint128, uint16, uint64, uint64, bytes32, bytes32): view
    def buy(release: bytes32, max_price: uint256, recipient: address): nonpayable


interface Stewardship:
    def operator() -> address: view
    def is_halted() -> bool: view


event Funded:
    funder: indexed(address)
    request: indexed(bytes32)
    dataset: indexed(bytes32)
    recipient: address
    token: address
    bounty: uint256
    threshold: uint64
    deadline: uint64


event Settled:
    funder: indexed(address)
    request: indexed(bytes32)
    release: indexed(bytes32)
    price: uint256
    change: uint256


event Refunded:
    funder: indexed(address)
    request: indexed(bytes32)
    bounty: uint256


struct Campaign:
    dataset: bytes32
    recipient: address
    token: address
    bounty: uint256
    threshold: uint256
    deadline: uint256


_OPEN: constant(uint256) = 1
_SETTLED: constant(uint256) = 2
_REFUNDED: constant(uint256) = 3

_LONGEST: constant(uint256) = 366 * 86_400  # seconds
_MASK_40: constant(uint256) = 2**40 - 1
_MASK_48: constant(uint256) = 2**48 - 1
_MASK_96: constant(uint256) = 2**96 - 1
_MASK_8: constant(uint256) = 2**8 - 1
_HALF_ORDER: constant(uint256) = (
    57_896_044_618_658_097_711_785_492_504_343_953_926_418_782_139_537_452_191_302_581_570_759_080_747_168
)
_FUND_TYPE: constant(bytes32) = keccak256(
    "Fund(address funder,address recipient,bytes32 request,bytes32 dataset,uint256 bounty,uint64 threshold,uint64 deadline,uint64 validUntil)"
)

market: public(immutable(Market))
stewardship: public(immutable(Stewardship))

_datasets: HashMap[address, HashMap[bytes32, bytes32]]
_money: HashMap[address, HashMap[bytes32, uint256]]
_bounds: HashMap[address, HashMap[bytes32, uint256]]


@deploy
def __init__(market_: Market, stewardship_: Stewardship):
    assert market_.address.is_contract, "escrow: no market"
    assert staticcall market_.stewardship() == stewardship_.address, "escrow: another stewardship"
    eip712.__init__("Odometer CampaignEscrow", "1")
    market = market_
    stewardship = stewardship_


@external
@nonreentrant
def fund(
    request: bytes32, dataset: bytes32, recipient: address, bounty: uint256, threshold: uint64, deadline: uint64
):
    """
    @notice Open a campaign with an allowance of the calling account.
    @param request Names the campaign; the caller can use it once.
    @param recipient Who gets the license.
    @param bounty Units of the dataset's token: the highest price the caller agrees to.
    @param threshold Total weight of contributors that a release needs at least.
    @param deadline Last second (Unix time) for settling; at most 366 days ahead.
    """
    self._fund(msg.sender, recipient, request, dataset, bounty, threshold, deadline)


@external
@nonreentrant
def fund_with_order(
    funder: address,
    recipient: address,
    request: bytes32,
    dataset: bytes32,
    bounty: uint256,
    threshold: uint64,
    deadline: uint64,
    valid_until: uint64,
    signature: Bytes[65],
    permit_deadline: uint256,
    permit_signature: Bytes[65],
):
    """
    @notice Open a campaign with a Fund that `funder` signed; anyone may relay it. The request makes it good for one
            use.
    @param valid_until Last second (Unix time) of the signature.
    @param permit_signature EIP-2612 permit over the bounty for this contract; empty for none. One that somebody has
           used already does no harm while the allowance suffices.
    """
    assert block.timestamp <= convert(valid_until, uint256), "escrow: order expired"
    self._check_signed(
        funder,
        keccak256(
            abi_encode(
                _FUND_TYPE, funder, recipient, request, dataset, bounty, threshold, deadline, valid_until
            )
        ),
        signature,
    )
    if len(permit_signature) == 65:
        self._permit(self._token_of(dataset), funder, bounty, permit_deadline, permit_signature)
    self._fund(funder, recipient, request, dataset, bounty, threshold, deadline)


@external
@nonreentrant
def settle(funder: address, request: bytes32, release: bytes32):
    """
    @notice Buy the license for the campaign's recipient and give the change back; by the operator or the funder,
            until the deadline.
    """
    if msg.sender != funder:
        assert msg.sender == staticcall stewardship.operator(), "escrow: not the operator"
    campaign: Campaign = self._opened(funder, request)
    assert block.timestamp <= campaign.deadline, "escrow: past the deadline"
    assert staticcall market.dataset_of_release(release) == campaign.dataset, "escrow: another dataset"
    price: uint256 = self._fair_price(release, campaign)
    change: uint256 = campaign.bounty - price
    self._close(funder, request, _SETTLED)
    self._buy(release, campaign, price)
    if change != 0:
        self._pay(campaign.token, funder, change)
    log Settled(funder=funder, request=request, release=release, price=price, change=change)


@external
@nonreentrant
def refund(funder: address, request: bytes32):
    """
    @notice Give the whole bounty back to the funder: by anyone after the deadline, by the operator before.
    """
    campaign: Campaign = self._opened(funder, request)
    if block.timestamp <= campaign.deadline:
        assert msg.sender == staticcall stewardship.operator(), "escrow: before the deadline"
    self._close(funder, request, _REFUNDED)
    self._pay(campaign.token, funder, campaign.bounty)
    log Refunded(funder=funder, request=request, bounty=campaign.bounty)


@external
@view
def campaign_of(funder: address, request: bytes32) -> (bytes32, address, address, uint256, uint64, uint64, uint8):
    """
    @return Dataset, recipient, token, bounty, threshold, deadline, state (0 none, 1 open, 2 settled, 3 refunded).
    """
    campaign: Campaign = self._campaign(funder, request)
    return (
        campaign.dataset,
        campaign.recipient,
        campaign.token,
        campaign.bounty,
        convert(campaign.threshold, uint64),
        convert(campaign.deadline, uint64),
        convert(self._state(funder, request), uint8),
    )


@internal
def _fund(
    funder: address,
    recipient: address,
    request: bytes32,
    dataset: bytes32,
    bounty: uint256,
    threshold: uint64,
    deadline: uint64,
):
    assert not staticcall stewardship.is_halted(), "escrow: halted"
    assert self._bounds[funder][request] == 0, "escrow: request used already"
    assert recipient != empty(address), "escrow: no recipient"
    assert bounty != 0, "escrow: no bounty"
    assert bounty <= _MASK_96, "escrow: bounty too high"
    assert threshold != 0, "escrow: no threshold"
    assert convert(threshold, uint256) <= _MASK_48, "escrow: threshold too high"
    assert self._is_fair_deadline(convert(deadline, uint256)), "escrow: wrong deadline"
    token: address = self._token_of(dataset)
    self._datasets[funder][request] = dataset
    self._money[funder][request] = (convert(token, uint256) << 96) | bounty
    self._bounds[funder][request] = (
        (convert(recipient, uint256) << 96)
        | (convert(deadline, uint256) << 56)
        | (convert(threshold, uint256) << 8)
        | _OPEN
    )
    before: uint256 = staticcall IERC20(token).balanceOf(self)
    assert extcall IERC20(token).transferFrom(funder, self, bounty, default_return_value=True), "escrow: not paid"
    assert staticcall IERC20(token).balanceOf(self) == before + bounty, "escrow: token took a fee"
    log Funded(
        funder=funder,
        request=request,
        dataset=dataset,
        recipient=recipient,
        token=token,
        bounty=bounty,
        threshold=threshold,
        deadline=deadline,
    )


@internal
def _permit(token: address, owner: address, amount: uint256, deadline: uint256, signature: Bytes[65]):
    is_taken: bool = raw_call(
        token,
        abi_encode(
            owner,
            self,
            amount,
            deadline,
            convert(slice(signature, 64, 1), uint8),
            extract32(signature, 0),
            extract32(signature, 32),
            method_id=method_id("permit(address,address,uint256,uint256,uint8,bytes32,bytes32)"),
        ),
        revert_on_failure=False,
    )
    if not is_taken:
        assert staticcall IERC20(token).allowance(owner, self) >= amount, "escrow: permit refused"


@internal
def _buy(release: bytes32, campaign: Campaign, price: uint256):
    token: IERC20 = IERC20(campaign.token)
    before: uint256 = staticcall token.balanceOf(self)
    assert extcall token.approve(market.address, price, default_return_value=True), "escrow: not approved"
    extcall market.buy(release, price, campaign.recipient)
    # The other campaigns' money lies here too: the market must have taken this price and no unit more.
    assert staticcall token.balanceOf(self) == before - price, "escrow: wrong price taken"


@internal
def _pay(token: address, to: address, amount: uint256):
    assert extcall IERC20(token).transfer(to, amount, default_return_value=True), "escrow: not paid out"


@internal
def _close(funder: address, request: bytes32, state: uint256):
    self._bounds[funder][request] = (self._bounds[funder][request] & ~_MASK_8) | state


@internal
@view
def _opened(funder: address, request: bytes32) -> Campaign:
    state: uint256 = self._state(funder, request)
    assert state != 0, "escrow: no such campaign"
    assert state == _OPEN, "escrow: not open"
    return self._campaign(funder, request)


@internal
@view
def _state(funder: address, request: bytes32) -> uint256:
    return self._bounds[funder][request] & _MASK_8


@internal
@view
def _campaign(funder: address, request: bytes32) -> Campaign:
    money: uint256 = self._money[funder][request]
    bounds: uint256 = self._bounds[funder][request]
    return Campaign(
        dataset=self._datasets[funder][request],
        recipient=convert(bounds >> 96, address),
        token=convert(money >> 96, address),
        bounty=money & _MASK_96,
        threshold=(bounds >> 8) & _MASK_48,
        deadline=(bounds >> 56) & _MASK_40,
    )


@internal
@view
def _token_of(dataset: bytes32) -> address:
    token: address = (staticcall market.dataset_of(dataset))[0]
    assert token != empty(address), "escrow: no such dataset"
    return token


@internal
@view
def _fair_price(release: bytes32, campaign: Campaign) -> uint256:
    token: address = empty(address)
    price: uint128 = 0
    fee_bps: uint16 = 0
    total_weight: uint64 = 0
    sales: uint64 = 0
    contributors: bytes32 = empty(bytes32)
    manifest: bytes32 = empty(bytes32)
    token, price, fee_bps, total_weight, sales, contributors, manifest = staticcall market.release_of(release)
    assert convert(total_weight, uint256) >= campaign.threshold, "escrow: too few contributors"
    assert convert(price, uint256) <= campaign.bounty, "escrow: price above bounty"
    return convert(price, uint256)


@internal
@view
def _is_fair_deadline(deadline: uint256) -> bool:
    return block.timestamp < deadline and deadline <= block.timestamp + _LONGEST


@internal
@view
def _check_signed(signer: address, struct_hash: bytes32, signature: Bytes[65]):
    digest: bytes32 = eip712._hash_typed_data_v4(struct_hash)
    if self._is_key_signature(signer, digest, signature):
        return
    assert signer.is_contract and signature_checker._is_valid_ERC1271_signature_now(
        signer, digest, signature
    ), "escrow: wrong signature"


@internal
@pure
def _is_key_signature(signer: address, digest: bytes32, signature: Bytes[65]) -> bool:
    # One form only: 65 bytes, lower half of s, v of 27 or 28.
    if len(signature) != 65 or signer == empty(address):
        return False
    s: uint256 = extract32(signature, 32, output_type=uint256)
    v: uint256 = convert(slice(signature, 64, 1), uint256)
    if s > _HALF_ORDER or (v != 27 and v != 28):
        return False
    return ecrecover(digest, v, extract32(signature, 0, output_type=uint256), s) == signer
