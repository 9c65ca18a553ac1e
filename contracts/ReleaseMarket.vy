# pragma version ==0.4.3
# pragma optimize gas
"""
@title ReleaseMarket
@license AGPL-3.0-only
@notice Sells published releases of a dataset and pays those who contributed to them. Per release it holds one
        Merkle root of the contributors' shares, so that every later sale pays everybody without a new root.
@custom:halt The operator can stop new releases and new sales with `set_halted`. Nothing and nobody can stop `claim`,
             take back a license, change a published release, raise a fee or pass a dataset's privacy cap.
@custom:word Release: price (128 bits) | total weight (64) | sales (64). Terms of sale: token (160) | fee_bps (16).
             Dataset: the same terms word, and rho cap (64) | rho charged (64), in millionths of rho (zCDP).
@custom:token A token that takes a fee on transfer is refused at the sale. Money of one release never pays another's:
              what a release pays out is counted and cannot pass what it took in.
"""
from ethereum.ercs import IERC20
from snekmate.auth import ownable
from snekmate.auth import ownable_2step
from snekmate.utils import eip712_domain_separator as eip712
from snekmate.utils import signature_checker

initializes: ownable
initializes: ownable_2step[ownable := ownable]
initializes: eip712
exports: (
    ownable_2step.owner,
    ownable_2step.pending_owner,
    ownable_2step.transfer_ownership,
    ownable_2step.accept_ownership,
    eip712.eip712Domain,
)


event DatasetCreated:
    dataset: indexed(bytes32)
    token: address
    fee_bps: uint16
    rho_cap: uint64


event ReleasePublished:
    release: indexed(bytes32)
    dataset: indexed(bytes32)
    manifest: bytes32
    cid_digest: bytes32
    contributors: bytes32
    total_weight: uint64
    rho: uint64
    price: uint128
    consent_block: uint64


event Bought:
    release: indexed(bytes32)
    buyer: indexed(address)
    recipient: indexed(address)
    price: uint256
    fee: uint256


event Claimed:
    release: indexed(bytes32)
    driver: indexed(address)
    to: address
    amount: uint256
    sales: uint64


event FeesWithdrawn:
    token: indexed(address)
    amount: uint256


event HaltSet:
    is_halted: bool


event BuilderKeySet:
    builder_key: indexed(bytes32)


struct ClaimItem:
    release: bytes32
    start: uint256
    weight: uint256
    proof: DynArray[bytes32, _DEPTH]


_CLAIMS: constant(uint256) = 32
_DEPTH: constant(uint256) = 24  # levels: sixteen million contributors
_BPS: constant(uint256) = 10_000
_HIGHEST_FEE_BPS: constant(uint16) = 1_500
_MASK_64: constant(uint256) = 2**64 - 1
_MASK_160: constant(uint256) = 2**160 - 1
_HALF_ORDER: constant(uint256) = (
    57_896_044_618_658_097_711_785_492_504_343_953_926_418_782_139_537_452_191_302_581_570_759_080_747_168
)
_ORDER_TYPE: constant(bytes32) = keccak256(
    "Order(address buyer,address recipient,bytes32 release,uint256 maxPrice,uint64 deadline)"
)
_CLAIM_TYPE: constant(bytes32) = keccak256("Claim(address driver,address to,bytes32[] releases,uint64 deadline)")

treasury: public(immutable(address))

is_halted: public(bool)

# @dev SHA-256 of the builder's X25519 public key: what a driver's browser compares before it wraps a key.
builder_key: public(bytes32)

licensed: public(HashMap[bytes32, HashMap[address, bool]])

# @dev Fees taken and not yet withdrawn, in units of the token.
fees_of: public(HashMap[address, uint256])

# @dev Units that a release has paid out to its contributors.
paid_of: public(HashMap[bytes32, uint256])

# @dev Sales of a release for which this contributor has been paid.
claimed_sales: public(HashMap[bytes32, HashMap[address, uint64]])

_dataset_terms: HashMap[bytes32, uint256]
_dataset_rho: HashMap[bytes32, uint256]
_releases: HashMap[bytes32, uint256]
_release_terms: HashMap[bytes32, uint256]
_contributors: HashMap[bytes32, bytes32]
_manifests: HashMap[bytes32, bytes32]


@deploy
def __init__(treasury_: address):
    assert treasury_ != empty(address), "market: no treasury"
    ownable.__init__()
    ownable_2step.__init__()
    eip712.__init__("Odometer ReleaseMarket", "1")
    treasury = treasury_


@external
def create_dataset(dataset: bytes32, token: address, fee_bps: uint16, rho_cap: uint64):
    """
    @notice Open a dataset. All of it is fixed for ever.
    @param fee_bps Operator's part of each price, basis points, at most 1,500.
    @param rho_cap Privacy loss (millionths of rho) that all releases of the dataset together may cost one driver.
    """
    ownable._check_owner()
    assert self._dataset_terms[dataset] == 0, "market: dataset exists"
    assert fee_bps <= _HIGHEST_FEE_BPS, "market: fee above 15%"
    assert token.is_contract, "market: token has no code"
    self._dataset_terms[dataset] = (convert(token, uint256) << 96) | convert(fee_bps, uint256)
    self._dataset_rho[dataset] = convert(rho_cap, uint256) << 64
    log DatasetCreated(dataset=dataset, token=token, fee_bps=fee_bps, rho_cap=rho_cap)


@external
def publish(
    release: bytes32,
    dataset: bytes32,
    manifest: bytes32,
    cid_digest: bytes32,
    contributors: bytes32,
    total_weight: uint64,
    rho: uint64,
    price: uint128,
    consent_block: uint64,
):
    """
    @notice Publish a release, charge its privacy loss, and fix who is paid for it.
    @param contributors Merkle root; leaf = keccak256(keccak256(driver, start, weight)), pairs sorted.
    @param price Units of the dataset's token for one license.
    @param consent_block Block at which the consents were read.
    """
    ownable._check_owner()
    assert not self.is_halted, "market: halted"
    terms: uint256 = self._dataset_terms[dataset]
    assert terms != 0, "market: no such dataset"
    assert self._releases[release] == 0, "market: release exists"
    assert contributors != empty(bytes32) and total_weight != 0, "market: no contributors"
    assert price != 0, "market: no price"
    assert convert(consent_block, uint256) <= block.number, "market: block not yet mined"
    self._charge(dataset, convert(rho, uint256))
    self._releases[release] = (convert(price, uint256) << 128) | (convert(total_weight, uint256) << 64)
    self._release_terms[release] = terms
    self._contributors[release] = contributors
    self._manifests[release] = manifest
    log ReleasePublished(
        release=release,
        dataset=dataset,
        manifest=manifest,
        cid_digest=cid_digest,
        contributors=contributors,
        total_weight=total_weight,
        rho=rho,
        price=price,
        consent_block=consent_block,
    )


@external
@nonreentrant
def buy(release: bytes32, max_price: uint256, recipient: address):
    """
    @notice Buy a license for `recipient` with an allowance of the calling account.
    @param max_price Highest price, in token units, that the caller agrees to.
    """
    self._sell(release, msg.sender, recipient, max_price)


@external
@nonreentrant
def buy_with_order(
    buyer: address,
    recipient: address,
    release: bytes32,
    max_price: uint256,
    deadline: uint64,
    order_signature: Bytes[65],
    permit_value: uint256,
    permit_deadline: uint256,
    permit_signature: Bytes[65],
):
    """
    @notice Buy with an Order that `buyer` signed; anyone may relay it. The license makes it good for one use.
    @param deadline Last second (Unix time) of the order.
    @param permit_signature EIP-2612 permit for this contract; empty for none. One that somebody has used already
           does no harm while the allowance suffices.
    """
    assert block.timestamp <= convert(deadline, uint256), "market: order expired"
    self._check_signed(
        buyer,
        keccak256(abi_encode(_ORDER_TYPE, buyer, recipient, release, max_price, deadline)),
        order_signature,
    )
    if len(permit_signature) == 65:
        self._permit(release, buyer, permit_value, permit_deadline, permit_signature)
    self._sell(release, buyer, recipient, max_price)


@external
@nonreentrant
def claim(
    driver: address, to: address, claims: DynArray[ClaimItem, _CLAIMS], deadline: uint64, signature: Bytes[65]
):
    """
    @notice Pay `to` what the sales of these releases owe to `driver`. Sent by the driver with an empty signature, or
            by anyone with a Claim that the driver signed. What is not due is left out and is no error.
    @param deadline Last second (Unix time) of the signature.
    """
    assert to != empty(address), "market: no recipient"
    if msg.sender != driver or len(signature) != 0:
        self._check_claim(driver, to, claims, deadline, signature)
    token: address = empty(address)
    amount: uint256 = 0
    for item: ClaimItem in claims:
        due: uint256 = self._settle(driver, to, item)
        if due == 0:
            continue
        its_token: address = convert(self._release_terms[item.release] >> 96, address)
        if its_token != token:
            self._pay(token, to, amount)
            token = its_token
            amount = 0
        amount += due
    self._pay(token, to, amount)


@external
@nonreentrant
def withdraw_fees(token: address):
    """
    @notice Send the fees taken in `token` to the treasury; anyone may call.
    """
    amount: uint256 = self.fees_of[token]
    self.fees_of[token] = 0
    self._pay(token, treasury, amount)
    log FeesWithdrawn(token=token, amount=amount)


@external
def set_halted(is_halted: bool):
    """
    @notice Stop or resume new releases and new sales.
    """
    ownable._check_owner()
    self.is_halted = is_halted
    log HaltSet(is_halted=is_halted)


@external
def set_builder_key(builder_key: bytes32):
    """
    @notice Name the key for which drivers seal their uploads.
    @param builder_key SHA-256 of the X25519 public key.
    """
    ownable._check_owner()
    self.builder_key = builder_key
    log BuilderKeySet(builder_key=builder_key)


@external
@view
def dataset_of(dataset: bytes32) -> (address, uint16, uint64, uint64):
    """
    @return Token, fee_bps, privacy cap, privacy loss charged (both in millionths of rho). No token: no such dataset.
    """
    terms: uint256 = self._dataset_terms[dataset]
    rho: uint256 = self._dataset_rho[dataset]
    return (
        convert(terms >> 96, address),
        convert(terms & 65_535, uint16),
        convert(rho >> 64, uint64),
        convert(rho & _MASK_64, uint64),
    )


@external
@view
def release_of(release: bytes32) -> (address, uint128, uint16, uint64, uint64, bytes32, bytes32):
    """
    @return Token, price, fee_bps, total weight, sales, contributors' root, manifest digest. No token: no such release.
    """
    word: uint256 = self._releases[release]
    terms: uint256 = self._release_terms[release]
    return (
        convert(terms >> 96, address),
        convert(word >> 128, uint128),
        convert(terms & 65_535, uint16),
        convert((word >> 64) & _MASK_64, uint64),
        convert(word & _MASK_64, uint64),
        self._contributors[release],
        self._manifests[release],
    )


@external
@view
def claimable(driver: address, release: bytes32, start: uint256, weight: uint256) -> uint256:
    """
    @return Units owed and not yet claimed for this share, if the share is the driver's (the proof is not looked at).
    """
    word: uint256 = self._releases[release]
    if word == 0:
        return 0
    unclaimed: uint256 = (word & _MASK_64) - convert(self.claimed_sales[release][driver], uint256)
    return unclaimed * self._share(word, self._release_terms[release], start, weight)


@internal
def _charge(dataset: bytes32, rho: uint256):
    budget: uint256 = self._dataset_rho[dataset]
    spent: uint256 = (budget & _MASK_64) + rho
    assert spent <= budget >> 64, "market: privacy cap exceeded"
    self._dataset_rho[dataset] = ((budget >> 64) << 64) | spent


@internal
def _sell(release: bytes32, buyer: address, recipient: address, max_price: uint256):
    assert not self.is_halted, "market: halted"
    assert recipient != empty(address), "market: no recipient"
    word: uint256 = self._releases[release]
    assert word != 0, "market: no such release"
    price: uint256 = word >> 128
    assert price <= max_price, "market: price above maximum"
    assert not self.licensed[release][recipient], "market: already licensed"
    terms: uint256 = self._release_terms[release]
    token: address = convert(terms >> 96, address)
    fee: uint256 = self._fee(price, terms)
    self.licensed[release][recipient] = True
    self._releases[release] = word + 1
    self.fees_of[token] += fee
    before: uint256 = staticcall IERC20(token).balanceOf(self)
    assert extcall IERC20(token).transferFrom(buyer, self, price, default_return_value=True), "market: not paid"
    assert staticcall IERC20(token).balanceOf(self) == before + price, "market: token took a fee"
    log Bought(release=release, buyer=buyer, recipient=recipient, price=price, fee=fee)


@internal
def _permit(release: bytes32, owner: address, amount: uint256, deadline: uint256, signature: Bytes[65]):
    token: address = convert(self._release_terms[release] >> 96, address)
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
        price: uint256 = self._releases[release] >> 128
        assert staticcall IERC20(token).allowance(owner, self) >= price, "market: permit refused"


@internal
def _settle(driver: address, to: address, item: ClaimItem) -> uint256:
    word: uint256 = self._releases[item.release]
    assert word != 0, "market: no such release"
    assert self._is_share(driver, item, word), "market: wrong proof"
    sales: uint256 = word & _MASK_64
    unclaimed: uint256 = sales - convert(self.claimed_sales[item.release][driver], uint256)
    terms: uint256 = self._release_terms[item.release]
    amount: uint256 = unclaimed * self._share(word, terms, item.start, item.weight)
    if amount == 0:
        return 0
    price: uint256 = word >> 128
    paid: uint256 = self.paid_of[item.release] + amount
    assert paid <= sales * (price - self._fee(price, terms)), "market: pool is empty"
    self.paid_of[item.release] = paid
    self.claimed_sales[item.release][driver] = convert(sales, uint64)
    log Claimed(release=item.release, driver=driver, to=to, amount=amount, sales=convert(sales, uint64))
    return amount


@internal
def _pay(token: address, to: address, amount: uint256):
    if amount != 0:
        assert extcall IERC20(token).transfer(to, amount, default_return_value=True), "market: not paid out"


@internal
@view
def _is_share(driver: address, item: ClaimItem, word: uint256) -> bool:
    if item.weight > (word >> 64) & _MASK_64 or item.start > ((word >> 64) & _MASK_64) - item.weight:
        return False
    node: bytes32 = keccak256(keccak256(abi_encode(driver, item.start, item.weight)))
    for sibling: bytes32 in item.proof:
        if convert(node, uint256) < convert(sibling, uint256):
            node = keccak256(concat(node, sibling))
        else:
            node = keccak256(concat(sibling, node))
    return node == self._contributors[item.release]


@internal
@pure
def _fee(price: uint256, terms: uint256) -> uint256:
    return price * (terms & 65_535) // _BPS


@internal
@pure
def _share(word: uint256, terms: uint256, start: uint256, weight: uint256) -> uint256:
    # Differences of a running floor: the shares of one sale sum to its pool exactly, whatever the weights.
    price: uint256 = word >> 128
    pool: uint256 = price - self._fee(price, terms)
    total: uint256 = (word >> 64) & _MASK_64
    return pool * (start + weight) // total - pool * start // total


@internal
@view
def _check_claim(
    driver: address, to: address, claims: DynArray[ClaimItem, _CLAIMS], deadline: uint64, signature: Bytes[65]
):
    assert block.timestamp <= convert(deadline, uint256), "market: claim expired"
    releases: DynArray[bytes32, _CLAIMS] = []
    for item: ClaimItem in claims:
        releases.append(item.release)
    # An array inside EIP-712 is the hash of its elements alone: without the offset and the length of the ABI.
    packed: Bytes[64 + 32 * _CLAIMS] = slice(abi_encode(releases), 64, 32 * len(releases))
    self._check_signed(
        driver, keccak256(abi_encode(_CLAIM_TYPE, driver, to, keccak256(packed), deadline)), signature
    )


@internal
@view
def _check_signed(signer: address, struct_hash: bytes32, signature: Bytes[65]):
    digest: bytes32 = eip712._hash_typed_data_v4(struct_hash)
    if self._is_key_signature(signer, digest, signature):
        return
    assert signer.is_contract and signature_checker._is_valid_ERC1271_signature_now(
        signer, digest, signature
    ), "market: wrong signature"


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
