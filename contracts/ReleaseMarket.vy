# pragma version ==0.4.3
# pragma optimize gas
"""
@title ReleaseMarket
@license AGPL-3.0-only
@notice Sells published releases of a dataset and pays those who contributed to them. Per release it holds one
        Merkle root of the contributors' shares, so that every later sale pays everybody without a new root.
@custom:halt New releases and new sales stop while the Stewardship says that it is halted. `claim` asks nobody and can
             never be stopped; nor can `withdraw_fees`. Nothing and nobody can take back a license, change a published
             release or a dataset's fee, or pass its privacy cap. This contract has no owner and no upgrade; who the
             operator is, the present fee and the treasury are told by the Stewardship, after its two keys and delay.
@custom:word Release: price (80 bits) | paid out (112) | total weight (32) | sales (32). Nothing can run over: what is
             paid out stays below sales times price. Terms of sale: token (160) | fee_bps (16). Dataset: the same
             terms word, and rho cap (64) | rho charged (64), in millionths of rho (zCDP). Claimed: eight lanes of 32
             bits, one per contributor: the sales paid so far to the share that starts at 8 * word + lane.
@custom:token A token that takes a fee on transfer is refused at the sale. Money of one release never pays another's:
              what a release pays out is counted and cannot pass what it took in, even if its tree promises more.
@custom:signatures One form: r | s | v of 65 bytes, s in its lower half, v 27 or 28; else EIP-1271 with at most 65
                   bytes. The domain is that of the present chain, also after a fork of the chain.
"""
from ethereum.ercs import IERC20
from snekmate.utils import eip712_domain_separator as eip712
from snekmate.utils import signature_checker

initializes: eip712
exports: eip712.eip712Domain


interface Stewardship:
    def operator() -> address: view
    def treasury() -> address: view
    def fee_bps() -> uint16: view
    def is_halted() -> bool: view


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


struct ClaimItem:
    release: bytes32
    start: uint256
    weight: uint256
    proof: DynArray[bytes32, _DEPTH]


_CLAIMS: constant(uint256) = 32
_DEPTH: constant(uint256) = 24  # levels: sixteen million contributors
_BPS: constant(uint256) = 10_000
_HIGHEST_FEE_BPS: constant(uint16) = 1_500
_PRICES: constant(uint128) = 2**80
_WEIGHTS: constant(uint64) = 2**32
_MASK_32: constant(uint256) = 2**32 - 1
_MASK_64: constant(uint256) = 2**64 - 1
_MASK_112: constant(uint256) = 2**112 - 1
_HALF_ORDER: constant(uint256) = (
    57_896_044_618_658_097_711_785_492_504_343_953_926_418_782_139_537_452_191_302_581_570_759_080_747_168
)
_ORDER_TYPE: constant(bytes32) = keccak256(
    "Order(address buyer,address recipient,bytes32 release,uint256 maxPrice,uint64 deadline)"
)
_CLAIM_TYPE: constant(bytes32) = keccak256("Claim(address driver,address to,bytes32[] releases,uint64 deadline)")

stewardship: public(immutable(Stewardship))

dataset_of_release: public(HashMap[bytes32, bytes32])

licensed: public(HashMap[bytes32, HashMap[address, bool]])

# @dev Fees taken and not yet withdrawn, in units of the token.
fees_of: public(HashMap[address, uint256])

_dataset_terms: HashMap[bytes32, uint256]
_dataset_rho: HashMap[bytes32, uint256]
_releases: HashMap[bytes32, uint256]
_release_terms: HashMap[bytes32, uint256]
_contributors: HashMap[bytes32, bytes32]
_manifests: HashMap[bytes32, bytes32]
_claimed: HashMap[bytes32, HashMap[uint256, uint256]]


@deploy
def __init__(stewardship_: address):
    assert stewardship_.is_contract, "market: no stewardship"
    eip712.__init__("Odometer ReleaseMarket", "1")
    stewardship = Stewardship(stewardship_)


@external
def create_dataset(dataset: bytes32, token: address, fee_bps: uint16, rho_cap: uint64):
    """
    @notice Open a dataset. All of it is fixed for ever.
    @param fee_bps Operator's part of each price, basis points: the Stewardship's present one, at most 1,500. It is
           given, so that a change of it on the way cannot make another promise than the one that drivers read.
    @param rho_cap Privacy loss (millionths of rho) that all releases of the dataset together may cost one driver.
    """
    self._check_operator()
    assert self._dataset_terms[dataset] == 0, "market: dataset exists"
    assert fee_bps == staticcall stewardship.fee_bps(), "market: fee changed"
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
    @param contributors Merkle root; leaf = keccak256(keccak256(driver, start, weight)), pairs sorted. Shares lie side
           by side, so that no two of them have the same start.
    @param total_weight Less than 2**32.
    @param price Units of the dataset's token for one license, less than 2**80.
    @param consent_block Block at which the consents were read.
    """
    self._check_operator()
    assert not staticcall stewardship.is_halted(), "market: halted"
    terms: uint256 = self._dataset_terms[dataset]
    assert terms != 0, "market: no such dataset"
    assert self._releases[release] == 0, "market: release exists"
    assert contributors != empty(bytes32) and total_weight != 0, "market: no contributors"
    assert total_weight < _WEIGHTS, "market: weight too high"
    assert price != 0, "market: no price"
    assert price < _PRICES, "market: price too high"
    assert convert(consent_block, uint256) <= block.number, "market: block not yet mined"
    self._charge(dataset, convert(rho, uint256))
    self._releases[release] = (convert(price, uint256) << 176) | (convert(total_weight, uint256) << 32)
    self._release_terms[release] = terms
    self.dataset_of_release[release] = dataset
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
    assert to != empty(address) and to != self, "market: no recipient"
    if msg.sender != driver or len(signature) != 0:
        releases: DynArray[bytes32, _CLAIMS] = []
        for place: uint256 in range(len(claims), bound=_CLAIMS):
            releases.append(claims[place].release)
        self._check_claim(driver, to, releases, deadline, signature)
    token: address = empty(address)
    amount: uint256 = 0
    for item: ClaimItem in claims:
        terms: uint256 = self._release_terms[item.release]
        due: uint256 = self._settle(driver, to, item, terms)
        if due == 0:
            continue
        its_token: address = convert(terms >> 96, address)
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
    @notice Send the fees taken in `token` to the Stewardship's treasury; anyone may call.
    """
    amount: uint256 = self.fees_of[token]
    self.fees_of[token] = 0
    self._pay(token, staticcall stewardship.treasury(), amount)
    log FeesWithdrawn(token=token, amount=amount)


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
        convert(word >> 176, uint128),
        convert(terms & 65_535, uint16),
        convert((word >> 32) & _MASK_32, uint64),
        convert(word & _MASK_32, uint64),
        self._contributors[release],
        self._manifests[release],
    )


@external
@view
def paid_of(release: bytes32) -> uint256:
    """
    @return Units that the release has paid out to its contributors.
    """
    return (self._releases[release] >> 64) & _MASK_112


@external
@view
def claimed_sales(release: bytes32, start: uint256) -> uint64:
    """
    @return Sales for which the share that begins at `start` has been paid.
    """
    return convert((self._claimed[release][start >> 3] >> ((start & 7) << 5)) & _MASK_32, uint64)


@external
@view
def claimable(release: bytes32, start: uint256, weight: uint256) -> uint256:
    """
    @return Units owed and not yet claimed for this share, if there is such a share (no proof is looked at).
    """
    word: uint256 = self._releases[release]
    if word == 0 or not self._is_within(word, start, weight):
        return 0
    claimed: uint256 = (self._claimed[release][start >> 3] >> ((start & 7) << 5)) & _MASK_32
    pool: uint256 = self._pool(word, self._release_terms[release])
    return ((word & _MASK_32) - claimed) * self._share(pool, word, start, weight)


@internal
@view
def _check_operator():
    assert msg.sender == staticcall stewardship.operator(), "market: not the operator"


@internal
def _charge(dataset: bytes32, rho: uint256):
    budget: uint256 = self._dataset_rho[dataset]
    spent: uint256 = (budget & _MASK_64) + rho
    assert spent <= budget >> 64, "market: privacy cap exceeded"
    self._dataset_rho[dataset] = ((budget >> 64) << 64) | spent


@internal
def _sell(release: bytes32, buyer: address, recipient: address, max_price: uint256):
    assert not staticcall stewardship.is_halted(), "market: halted"
    assert recipient != empty(address), "market: no recipient"
    word: uint256 = self._releases[release]
    assert word != 0, "market: no such release"
    assert word & _MASK_32 != _MASK_32, "market: sold out"
    price: uint256 = word >> 176
    assert price <= max_price, "market: price above maximum"
    assert not self.licensed[release][recipient], "market: already licensed"
    terms: uint256 = self._release_terms[release]
    token: address = convert(terms >> 96, address)
    fee: uint256 = price - self._pool(word, terms)
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
        price: uint256 = self._releases[release] >> 176
        assert staticcall IERC20(token).allowance(owner, self) >= price, "market: permit refused"


@internal
def _settle(driver: address, to: address, item: ClaimItem, terms: uint256) -> uint256:
    word: uint256 = self._releases[item.release]
    assert word != 0, "market: no such release"
    assert self._is_share(driver, item, word), "market: wrong proof"
    sales: uint256 = word & _MASK_32
    lane: uint256 = (item.start & 7) << 5
    lanes: uint256 = self._claimed[item.release][item.start >> 3]
    unpaid: uint256 = sales - ((lanes >> lane) & _MASK_32)
    pool: uint256 = self._pool(word, terms)
    amount: uint256 = unpaid * self._share(pool, word, item.start, item.weight)
    if amount == 0:
        return 0
    assert ((word >> 64) & _MASK_112) + amount <= sales * pool, "market: pool is empty"
    self._releases[item.release] = word + (amount << 64)
    self._claimed[item.release][item.start >> 3] = lanes + (unpaid << lane)
    log Claimed(release=item.release, driver=driver, to=to, amount=amount, sales=convert(sales, uint64))
    return amount


@internal
def _pay(token: address, to: address, amount: uint256):
    if amount != 0:
        assert extcall IERC20(token).transfer(to, amount, default_return_value=True), "market: not paid out"


@internal
@view
def _is_share(driver: address, item: ClaimItem, word: uint256) -> bool:
    if not self._is_within(word, item.start, item.weight):
        return False
    # A leaf is hashed twice, the second time from 32 bytes, and an inner node from 64: none passes for the other.
    node: bytes32 = keccak256(keccak256(abi_encode(driver, item.start, item.weight)))
    for sibling: bytes32 in item.proof:
        if convert(node, uint256) < convert(sibling, uint256):
            node = keccak256(abi_encode(node, sibling))
        else:
            node = keccak256(abi_encode(sibling, node))
    return node == self._contributors[item.release]


@internal
@pure
def _is_within(word: uint256, start: uint256, weight: uint256) -> bool:
    total: uint256 = (word >> 32) & _MASK_32
    return weight <= total and start <= total - weight


@internal
@pure
def _pool(word: uint256, terms: uint256) -> uint256:
    # What one sale leaves to the contributors; the fee is rounded down.
    price: uint256 = word >> 176
    return price - price * (terms & 65_535) // _BPS


@internal
@pure
def _share(pool: uint256, word: uint256, start: uint256, weight: uint256) -> uint256:
    # Differences of a running floor: the shares of one sale sum to its pool exactly, whatever the weights.
    # Unchecked, for speed: the pool has 80 bits, start + weight is at most the total of 32, and that is not zero.
    total: uint256 = (word >> 32) & _MASK_32
    before: uint256 = unsafe_div(unsafe_mul(pool, start), total)
    return unsafe_sub(unsafe_div(unsafe_mul(pool, unsafe_add(start, weight)), total), before)


@internal
@view
def _check_claim(
    driver: address, to: address, releases: DynArray[bytes32, _CLAIMS], deadline: uint64, signature: Bytes[65]
):
    assert block.timestamp <= convert(deadline, uint256), "market: claim expired"
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
