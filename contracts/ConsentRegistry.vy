# pragma version ==0.4.3
# pragma optimize gas
"""
@title ConsentRegistry
@license AGPL-3.0-only
@notice Says which consents stand. A driver appears only as the address of a key made for one dataset; terms
        appear only as a digest. Anyone may relay a signed word; nobody may add to it or hold it back.
@custom:halt There is no owner, no pause and no upgrade: granting, renewing, revoking and reading can never be
             stopped, by anybody.
@custom:word One word of storage holds one consent: expiry (64 bits) | nonce (64) | first 128 bits of the terms
             digest. An expiry of zero: none stands. No time of granting is stored: the block of the event tells it,
             and an estimate of gas stays exact.
@custom:signatures One form each, so that a word has one signature: r | s | v of 65 bytes with v 27 or 28 in the
             single functions, r and vs (ERC-2098) in the batches; s in its lower half in both. The domain is that of
             the present chain, also after a fork of the chain.
@custom:accounts A contract account signs by EIP-1271 with at most 65 bytes, and only outside batches; with a longer
             signature it calls `grant`, `renew` and `revoke` itself.
"""
from snekmate.utils import eip712_domain_separator as eip712
from snekmate.utils import signature_checker

initializes: eip712
exports: eip712.eip712Domain


event Granted:
    driver: indexed(address)
    dataset: indexed(bytes32)
    terms: bytes32
    expiry: uint64
    nonce: uint64


event Renewed:
    driver: indexed(address)
    dataset: indexed(bytes32)
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
    r: bytes32
    vs: bytes32


struct RenewItem:
    driver: address
    dataset: bytes32
    expiry: uint64
    nonce: uint64
    r: bytes32
    vs: bytes32


struct RevokeItem:
    driver: address
    dataset: bytes32
    nonce: uint64
    r: bytes32
    vs: bytes32


struct Pair:
    driver: address
    dataset: bytes32


_BATCH: constant(uint256) = 100
_MANY: constant(uint256) = 500
_LONGEST: constant(uint64) = 366 * 86_400  # seconds
_MASK_64: constant(uint256) = 2**64 - 1
_MASK_128: constant(uint256) = 2**128 - 1
_MASK_255: constant(uint256) = 2**255 - 1
_HALF_ORDER: constant(uint256) = (
    57_896_044_618_658_097_711_785_492_504_343_953_926_418_782_139_537_452_191_302_581_570_759_080_747_168
)
_GRANT_TYPE: constant(bytes32) = keccak256(
    "Grant(address driver,bytes32 dataset,bytes32 terms,uint64 expiry,uint64 nonce)"
)
_RENEW_TYPE: constant(bytes32) = keccak256("Renew(address driver,bytes32 dataset,uint64 expiry,uint64 nonce)")
_REVOKE_TYPE: constant(bytes32) = keccak256("Revoke(address driver,bytes32 dataset,uint64 nonce)")

_words: HashMap[address, HashMap[bytes32, uint256]]


@deploy
def __init__():
    eip712.__init__("Odometer ConsentRegistry", "1")


@external
def grant(dataset: bytes32, terms: bytes32, expiry: uint64):
    """
    @notice Grant the consent of the calling account, in the place of an earlier one.
    @param expiry First second (Unix time) at which the consent no longer stands; at most 366 days ahead.
    """
    assert self._is_fair_expiry(expiry), "consent: wrong expiry"
    self._grant(msg.sender, dataset, terms, expiry, self._nonce_in(self._words[msg.sender][dataset]))


@external
def grant_by_signature(
    driver: address, dataset: bytes32, terms: bytes32, expiry: uint64, nonce: uint64, signature: Bytes[65]
):
    """
    @notice Record a Grant that `driver` signed; anyone may relay it.
    @param nonce The driver's nonce for this dataset; every word of the driver uses one up.
    """
    assert nonce == self._nonce_in(self._words[driver][dataset]), "consent: wrong nonce"
    assert self._is_fair_expiry(expiry), "consent: wrong expiry"
    self._check_signed(driver, keccak256(abi_encode(_GRANT_TYPE, driver, dataset, terms, expiry, nonce)), signature)
    self._grant(driver, dataset, terms, expiry, nonce)


@external
def grant_batch(items: DynArray[GrantItem, _BATCH]):
    """
    @notice Record many signed Grants. A bad one is left out with a Skipped event; the others stand.
            Exactly one event per item, in the order of the items.
    """
    domain: bytes32 = eip712._domain_separator_v4()
    now: uint64 = convert(block.timestamp, uint64)
    for item: GrantItem in items:
        reason: String[16] = ""
        word: uint256 = self._words[item.driver][item.dataset]
        if convert(item.nonce, uint256) != (word >> 128) & _MASK_64:
            reason = "wrong nonce"
        elif item.expiry <= now or item.expiry - now > _LONGEST:
            reason = "wrong expiry"
        elif not self._is_key_signature(
            item.driver,
            keccak256(
                concat(x"1901", domain, keccak256(abi_encode(_GRANT_TYPE, item.driver, item.dataset, item.terms, item.expiry, item.nonce)))
            ),
            item.r,
            item.vs,
        ):
            reason = "wrong signature"
        if len(reason) == 0:
            self._grant(item.driver, item.dataset, item.terms, item.expiry, item.nonce)
        else:
            log Skipped(driver=item.driver, dataset=item.dataset, nonce=item.nonce, reason=reason)


@external
def renew(dataset: bytes32, expiry: uint64):
    """
    @notice Give the standing consent of the calling account another expiry; its terms stay.
    @param expiry First second (Unix time) at which the consent no longer stands; at most 366 days ahead.
    """
    word: uint256 = self._words[msg.sender][dataset]
    assert self._stands(word), "consent: none stands"
    assert self._is_fair_expiry(expiry), "consent: wrong expiry"
    self._renew(msg.sender, dataset, word, expiry)


@external
def renew_by_signature(driver: address, dataset: bytes32, expiry: uint64, nonce: uint64, signature: Bytes[65]):
    """
    @notice Record a Renew that `driver` signed; anyone may relay it. It uses up the nonce of a revocation that was
            signed with the Grant: sign that one anew, with nonce + 1.
    """
    word: uint256 = self._words[driver][dataset]
    assert nonce == self._nonce_in(word), "consent: wrong nonce"
    assert self._stands(word), "consent: none stands"
    assert self._is_fair_expiry(expiry), "consent: wrong expiry"
    self._check_signed(driver, keccak256(abi_encode(_RENEW_TYPE, driver, dataset, expiry, nonce)), signature)
    self._renew(driver, dataset, word, expiry)


@external
def renew_batch(items: DynArray[RenewItem, _BATCH]):
    """
    @notice Record many signed Renews. A bad one is left out with a Skipped event; the others stand.
            Exactly one event per item, in the order of the items.
    """
    domain: bytes32 = eip712._domain_separator_v4()
    now: uint64 = convert(block.timestamp, uint64)
    for item: RenewItem in items:
        reason: String[16] = ""
        word: uint256 = self._words[item.driver][item.dataset]
        if convert(item.nonce, uint256) != (word >> 128) & _MASK_64:
            reason = "wrong nonce"
        elif not self._stands(word):
            reason = "none stands"
        elif item.expiry <= now or item.expiry - now > _LONGEST:
            reason = "wrong expiry"
        elif not self._is_key_signature(
            item.driver,
            keccak256(
                concat(x"1901", domain, keccak256(abi_encode(_RENEW_TYPE, item.driver, item.dataset, item.expiry, item.nonce)))
            ),
            item.r,
            item.vs,
        ):
            reason = "wrong signature"
        if len(reason) == 0:
            self._renew(item.driver, item.dataset, word, item.expiry)
        else:
            log Skipped(driver=item.driver, dataset=item.dataset, nonce=item.nonce, reason=reason)


@external
def revoke(dataset: bytes32):
    """
    @notice Revoke the consent of the calling account. Works at any time, and also voids a Grant or Renew that was
            signed and not yet relayed.
    """
    self._revoke(msg.sender, dataset, self._nonce_in(self._words[msg.sender][dataset]))


@external
def revoke_by_signature(driver: address, dataset: bytes32, nonce: uint64, signature: Bytes[65]):
    """
    @notice Record a Revoke that `driver` signed; anyone may relay it. It never expires: one signed together with
            a Grant of nonce n carries n + 1 and is good until the driver's next word.
    """
    assert nonce == self._nonce_in(self._words[driver][dataset]), "consent: wrong nonce"
    self._check_signed(driver, keccak256(abi_encode(_REVOKE_TYPE, driver, dataset, nonce)), signature)
    self._revoke(driver, dataset, nonce)


@external
def revoke_batch(items: DynArray[RevokeItem, _BATCH]):
    """
    @notice Record many signed Revokes. A bad one is left out with a Skipped event; the others stand.
            Exactly one event per item, in the order of the items.
    """
    domain: bytes32 = eip712._domain_separator_v4()
    for item: RevokeItem in items:
        reason: String[16] = ""
        word: uint256 = self._words[item.driver][item.dataset]
        if convert(item.nonce, uint256) != (word >> 128) & _MASK_64:
            reason = "wrong nonce"
        elif not self._is_key_signature(
            item.driver,
            keccak256(
                concat(x"1901", domain, keccak256(abi_encode(_REVOKE_TYPE, item.driver, item.dataset, item.nonce)))
            ),
            item.r,
            item.vs,
        ):
            reason = "wrong signature"
        if len(reason) == 0:
            self._revoke(item.driver, item.dataset, item.nonce)
        else:
            log Skipped(driver=item.driver, dataset=item.dataset, nonce=item.nonce, reason=reason)


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
        self._nonce_in(word),
        convert(convert(word << 128, bytes32), bytes16),
    )


@external
@view
def nonces(driver: address, dataset: bytes32) -> uint64:
    """
    @return The nonce that the driver's next word for this dataset must carry.
    """
    return self._nonce_in(self._words[driver][dataset])


@external
@view
def are_active(pairs: DynArray[Pair, _MANY]) -> DynArray[bool, _MANY]:
    """
    @return For each pair, whether this driver's consent for this dataset stands at the time of the block.
    """
    answers: DynArray[bool, _MANY] = []
    for pair: Pair in pairs:
        answers.append(self._stands(self._words[pair.driver][pair.dataset]))
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


# A nonce grows by one per word of the driver: nobody signs long enough to reach the end of 64 bits.
@internal
def _grant(driver: address, dataset: bytes32, terms: bytes32, expiry: uint64, nonce: uint64):
    self._words[driver][dataset] = (
        (convert(expiry, uint256) << 192)
        | (unsafe_add(convert(nonce, uint256), 1) << 128)
        | (convert(terms, uint256) >> 128)
    )
    log Granted(driver=driver, dataset=dataset, terms=terms, expiry=expiry, nonce=nonce)


@internal
def _renew(driver: address, dataset: bytes32, word: uint256, expiry: uint64):
    nonce: uint64 = self._nonce_in(word)
    self._words[driver][dataset] = (
        (convert(expiry, uint256) << 192)
        | (unsafe_add(convert(nonce, uint256), 1) << 128)
        | (word & _MASK_128)
    )
    log Renewed(driver=driver, dataset=dataset, expiry=expiry, nonce=nonce)


@internal
def _revoke(driver: address, dataset: bytes32, nonce: uint64):
    self._words[driver][dataset] = unsafe_add(convert(nonce, uint256), 1) << 128
    log Revoked(driver=driver, dataset=dataset, nonce=nonce)


@internal
@pure
def _nonce_in(word: uint256) -> uint64:
    return convert((word >> 128) & _MASK_64, uint64)


@internal
@view
def _stands(word: uint256) -> bool:
    return block.timestamp < word >> 192


@internal
@view
def _is_fair_expiry(expiry: uint64) -> bool:
    now: uint64 = convert(block.timestamp, uint64)
    return now < expiry and expiry - now <= _LONGEST


@internal
@view
def _check_signed(driver: address, struct_hash: bytes32, signature: Bytes[65]):
    # The key comes first, so that an account which is both key and code (EIP-7702) keeps both ways.
    digest: bytes32 = eip712._hash_typed_data_v4(struct_hash)
    if len(signature) == 65:
        s: uint256 = extract32(signature, 32, output_type=uint256)
        v: uint256 = convert(slice(signature, 64, 1), uint256)
        if s <= _HALF_ORDER and (v == 27 or v == 28):
            vs: bytes32 = convert(((v - 27) << 255) | s, bytes32)
            if self._is_key_signature(driver, digest, extract32(signature, 0), vs):
                return
    assert driver.is_contract and signature_checker._is_valid_ERC1271_signature_now(
        driver, digest, signature
    ), "consent: wrong signature"


@internal
@pure
def _is_key_signature(driver: address, digest: bytes32, r: bytes32, vs: bytes32) -> bool:
    # What is nobody's signature recovers to the empty address, which therefore can say nothing.
    v: uint256 = unsafe_add(convert(vs, uint256) >> 255, 27)
    s: uint256 = convert(vs, uint256) & _MASK_255
    if s > _HALF_ORDER or driver == empty(address):
        return False
    return ecrecover(digest, v, convert(r, uint256), s) == driver
