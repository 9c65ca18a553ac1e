# pragma version ==0.4.3
# pragma optimize gas
"""
@title ConsentRegistry
@license AGPL-3.0-only
@notice Says which consents stand. A driver appears only as the address of a key made for one dataset; terms
        appear only as a digest. Anyone may relay a signed word; nobody may add to it or hold it back.
@custom:halt There is no owner, no pause and no upgrade: granting, revoking and reading can never be stopped.
@custom:word One word holds one consent: expiry (64 bits) | nonce (64 bits) | first 128 bits of the terms digest.
             No time of granting is stored: the block of the event tells it, and an estimate stays exact.
@custom:accounts A contract account signs by EIP-1271 with at most 65 bytes, and only outside batches;
                 with a longer signature it calls `grant` and `revoke` itself.
"""
from snekmate.utils import eip712_domain_separator as eip712
from snekmate.utils import message_hash_utils
from snekmate.utils import signature_checker

initializes: eip712
exports: eip712.eip712Domain


event Granted:
    driver: indexed(address)
    dataset: indexed(bytes32)
    terms: bytes32
    expiry: uint64
    nonce: uint64


event Revoked:
    driver: indexed(address)
    dataset: indexed(bytes32)
    nonce: uint64


event Skipped:
    driver: indexed(address)
    dataset: indexed(bytes32)
    nonce: uint64
    reason: String[16]


event Erased:
    digest: indexed(bytes32)


struct GrantItem:
    driver: address
    dataset: bytes32
    terms: bytes32
    expiry: uint64
    nonce: uint64
    signature: Bytes[65]


struct RevokeItem:
    driver: address
    dataset: bytes32
    nonce: uint64
    signature: Bytes[65]


_BATCH: constant(uint256) = 100
_MANY: constant(uint256) = 500
_LONGEST: constant(uint256) = 366 * 86_400  # seconds
_MASK_64: constant(uint256) = 2**64 - 1
_HALF_ORDER: constant(uint256) = (
    57_896_044_618_658_097_711_785_492_504_343_953_926_418_782_139_537_452_191_302_581_570_759_080_747_168
)
_GRANT_TYPE: constant(bytes32) = keccak256(
    "Grant(address driver,bytes32 dataset,bytes32 terms,uint64 expiry,uint64 nonce)"
)
_REVOKE_TYPE: constant(bytes32) = keccak256("Revoke(address driver,bytes32 dataset,uint64 nonce)")

_NOBODY: constant(address) = 0xFFfFfFffFFfffFFfFFfFFFFFffFFFffffFfFFFfF

_words: HashMap[address, HashMap[bytes32, uint256]]


@deploy
def __init__():
    eip712.__init__("Odometer ConsentRegistry", "1")


@external
def grant(dataset: bytes32, terms: bytes32, expiry: uint64):
    """
    @notice Grant, or renew, the consent of the calling account.
    @param expiry First second (Unix time) at which the consent no longer stands; at most 366 days ahead.
    """
    assert self._is_fair_expiry(expiry), "consent: wrong expiry"
    self._grant(msg.sender, dataset, terms, expiry, self._nonce(msg.sender, dataset))


@external
def grant_by_signature(
    driver: address, dataset: bytes32, terms: bytes32, expiry: uint64, nonce: uint64, signature: Bytes[65]
):
    """
    @notice Record a Grant that `driver` signed; anyone may relay it.
    @param nonce The driver's nonce for this dataset; every word of the driver uses one up.
    """
    assert nonce == self._nonce(driver, dataset), "consent: wrong nonce"
    assert self._is_fair_expiry(expiry), "consent: wrong expiry"
    digest: bytes32 = eip712._hash_typed_data_v4(self._grant_hash(driver, dataset, terms, expiry, nonce))
    assert self._has_signed(driver, digest, signature), "consent: wrong signature"
    self._grant(driver, dataset, terms, expiry, nonce)


@external
def grant_batch(items: DynArray[GrantItem, _BATCH]):
    """
    @notice Record many signed Grants. A bad one is left out with a Skipped event; the others stand.
            Exactly one event per item, in the order of the items.
    """
    domain: bytes32 = eip712._domain_separator_v4()
    for item: GrantItem in items:
        if item.nonce != self._nonce(item.driver, item.dataset):
            log Skipped(driver=item.driver, dataset=item.dataset, nonce=item.nonce, reason="wrong nonce")
            continue
        if not self._is_fair_expiry(item.expiry):
            log Skipped(driver=item.driver, dataset=item.dataset, nonce=item.nonce, reason="wrong expiry")
            continue
        digest: bytes32 = message_hash_utils._to_typed_data_hash(
            domain, self._grant_hash(item.driver, item.dataset, item.terms, item.expiry, item.nonce)
        )
        if self._recovered(digest, item.signature) != item.driver:
            log Skipped(driver=item.driver, dataset=item.dataset, nonce=item.nonce, reason="wrong signature")
            continue
        self._grant(item.driver, item.dataset, item.terms, item.expiry, item.nonce)


@external
def revoke(dataset: bytes32):
    """
    @notice Revoke the consent of the calling account. Works at any time, and also voids a Grant that was
            signed and not yet relayed.
    """
    self._revoke(msg.sender, dataset, self._nonce(msg.sender, dataset))


@external
def revoke_by_signature(driver: address, dataset: bytes32, nonce: uint64, signature: Bytes[65]):
    """
    @notice Record a Revoke that `driver` signed; anyone may relay it. It never expires: one signed together with
            a Grant of nonce n carries n + 1 and is good until the driver's next word.
    """
    assert nonce == self._nonce(driver, dataset), "consent: wrong nonce"
    digest: bytes32 = eip712._hash_typed_data_v4(self._revoke_hash(driver, dataset, nonce))
    assert self._has_signed(driver, digest, signature), "consent: wrong signature"
    self._revoke(driver, dataset, nonce)


@external
def revoke_batch(items: DynArray[RevokeItem, _BATCH]):
    """
    @notice Record many signed Revokes. A bad one is left out with a Skipped event; the others stand.
            Exactly one event per item, in the order of the items.
    """
    domain: bytes32 = eip712._domain_separator_v4()
    for item: RevokeItem in items:
        if item.nonce != self._nonce(item.driver, item.dataset):
            log Skipped(driver=item.driver, dataset=item.dataset, nonce=item.nonce, reason="wrong nonce")
            continue
        digest: bytes32 = message_hash_utils._to_typed_data_hash(
            domain, self._revoke_hash(item.driver, item.dataset, item.nonce)
        )
        if self._recovered(digest, item.signature) != item.driver:
            log Skipped(driver=item.driver, dataset=item.dataset, nonce=item.nonce, reason="wrong signature")
            continue
        self._revoke(item.driver, item.dataset, item.nonce)


@external
def tombstone(digests: DynArray[bytes32, _BATCH]):
    """
    @notice Announce that what these digests name was erased. Nothing is stored; anyone may announce.
    """
    for digest: bytes32 in digests:
        log Erased(digest=digest)


@external
@view
def consent_of(driver: address, dataset: bytes32) -> (uint64, uint64, bytes16):
    """
    @return Expiry (zero: none stands), next nonce, first 16 bytes of the terms digest.
    """
    word: uint256 = self._words[driver][dataset]
    return (
        convert(word >> 192, uint64),
        convert((word >> 128) & _MASK_64, uint64),
        convert(convert(word << 128, bytes32), bytes16),
    )


@external
@view
def nonces(driver: address, dataset: bytes32) -> uint64:
    """
    @return The nonce that the driver's next word for this dataset must carry.
    """
    return self._nonce(driver, dataset)


@external
@view
def are_active(drivers: DynArray[address, _MANY], dataset: bytes32) -> DynArray[bool, _MANY]:
    """
    @return For each driver, whether a consent for this dataset stands at the time of the block.
    """
    answers: DynArray[bool, _MANY] = []
    for driver: address in drivers:
        answers.append(block.timestamp < self._words[driver][dataset] >> 192)
    return answers


@external
@view
def words_of(drivers: DynArray[address, _MANY], dataset: bytes32) -> DynArray[uint256, _MANY]:
    """
    @return For each driver the packed word, as stored.
    """
    words: DynArray[uint256, _MANY] = []
    for driver: address in drivers:
        words.append(self._words[driver][dataset])
    return words


@internal
def _grant(driver: address, dataset: bytes32, terms: bytes32, expiry: uint64, nonce: uint64):
    self._words[driver][dataset] = (
        (convert(expiry, uint256) << 192)
        | (unsafe_add(convert(nonce, uint256), 1) << 128)
        | (convert(terms, uint256) >> 128)
    )
    log Granted(driver=driver, dataset=dataset, terms=terms, expiry=expiry, nonce=nonce)


@internal
def _revoke(driver: address, dataset: bytes32, nonce: uint64):
    self._words[driver][dataset] = unsafe_add(convert(nonce, uint256), 1) << 128
    log Revoked(driver=driver, dataset=dataset, nonce=nonce)


@internal
@view
def _nonce(driver: address, dataset: bytes32) -> uint64:
    return convert((self._words[driver][dataset] >> 128) & _MASK_64, uint64)


@internal
@view
def _is_fair_expiry(expiry: uint64) -> bool:
    last: uint256 = convert(expiry, uint256)
    return block.timestamp < last and last <= block.timestamp + _LONGEST


@internal
@pure
def _grant_hash(driver: address, dataset: bytes32, terms: bytes32, expiry: uint64, nonce: uint64) -> bytes32:
    return keccak256(abi_encode(_GRANT_TYPE, driver, dataset, terms, expiry, nonce))


@internal
@pure
def _revoke_hash(driver: address, dataset: bytes32, nonce: uint64) -> bytes32:
    return keccak256(abi_encode(_REVOKE_TYPE, driver, dataset, nonce))


@internal
@view
def _has_signed(driver: address, digest: bytes32, signature: Bytes[65]) -> bool:
    # The key comes first, so that an account which is both key and code (EIP-7702) keeps both ways.
    if self._recovered(digest, signature) == driver:
        return True
    return driver.is_contract and signature_checker._is_valid_ERC1271_signature_now(driver, digest, signature)


@internal
@pure
def _recovered(digest: bytes32, signature: Bytes[65]) -> address:
    # Answers instead of reverting, because one bad signature must not sink a batch. Only one form of a signature
    # is taken: 65 bytes, lower half of s, v of 27 or 28. The highest address, whose key nobody has, means "none".
    if len(signature) != 65:
        return _NOBODY
    s: uint256 = extract32(signature, 32, output_type=uint256)
    v: uint256 = convert(slice(signature, 64, 1), uint256)
    if s > _HALF_ORDER or (v != 27 and v != 28):
        return _NOBODY
    signer: address = ecrecover(digest, v, extract32(signature, 0, output_type=uint256), s)
    return signer if signer != empty(address) else _NOBODY
