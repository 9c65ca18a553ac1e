# pragma version ==0.4.3
# pragma optimize gas
"""
@title Stewardship
@license AGPL-3.0-only
@notice Says who may run the marketplace, which fee new datasets pay, and for which key drivers seal their uploads.
        Two keys must agree on every change, and everybody has two days to see it before it stands.
@custom:halt The operator or one key can stop new releases, new sales and new campaigns at once; one key resumes.
             Claims of earnings, refunds, the withdrawal of fees, and every word of consent ask this contract
             nothing that could stop them. No code here can be replaced.
@custom:stolen Who holds one key and no other can propose, withdraw what is proposed, halt, resume, and drop the
               builder key. It changes no setting alone. Nor can it keep its place while the owner has a copy: a
               replacement of a key, once the other key has proposed it, can be seconded under the key that it
               replaces, but neither withdrawn nor replaced nor put off by it.
@custom:lost With one key lost, or stolen and no copy left, the settings stay as they are for ever, and only another
             deployment helps; all exits from this one go on.
@custom:word Change: proposer (160 bits) | ready_at (64) | term (32). A change belongs to the term in which it was
             proposed; when a key is replaced the next term begins, and whatever was pending is void.
"""


event Proposed:
    setting: indexed(uint8)
    value: bytes32
    proposer: indexed(address)


event Seconded:
    setting: indexed(uint8)
    value: bytes32
    seconder: indexed(address)
    ready_at: uint64


event Enacted:
    setting: indexed(uint8)
    value: bytes32


event Withdrawn:
    setting: indexed(uint8)
    value: bytes32
    withdrawer: indexed(address)


event HaltSet:
    is_halted: bool


event BuilderKeySet:
    builder_key: indexed(bytes32)


_FEE_BPS: constant(uint8) = 1
_TREASURY: constant(uint8) = 2
_OPERATOR: constant(uint8) = 3
_LICENSOR: constant(uint8) = 4
_BUILDER_KEY: constant(uint8) = 5
_FIRST_KEY: constant(uint8) = 6
_SECOND_KEY: constant(uint8) = 7

_HIGHEST_FEE_BPS: constant(uint256) = 1_500
_MASK_32: constant(uint256) = 2**32 - 1
_MASK_64: constant(uint256) = 2**64 - 1

# @dev Seconds between the second key's word and the first moment at which a change can stand.
DELAY: public(constant(uint256)) = 172_800

first_key: public(address)

second_key: public(address)

# @dev Runs the marketplace day by day: opens datasets, publishes releases, settles campaigns.
operator: public(address)

# @dev Gives developers their licences and takes them back.
licensor: public(address)

treasury: public(address)

# @dev Operator's part of each price in datasets opened from now on, basis points.
fee_bps: public(uint16)

# @dev SHA-256 of the builder's X25519 public key: what a driver's browser compares before it wraps a key. Zero: none.
builder_key: public(bytes32)

is_halted: public(bool)

_term: uint256
_changes: HashMap[uint8, uint256]
_values: HashMap[uint8, bytes32]


@deploy
def __init__(
    first_key_: address,
    second_key_: address,
    operator_: address,
    licensor_: address,
    treasury_: address,
    fee_bps_: uint16,
    builder_key_: bytes32,
):
    """
    @param fee_bps_ Basis points, at most 1,500.
    @param builder_key_ SHA-256 of the X25519 public key; zero for none yet.
    """
    assert first_key_ != empty(address) and second_key_ != empty(address), "stewardship: no address"
    assert first_key_ != second_key_, "stewardship: same key twice"
    self.first_key = first_key_
    self.second_key = second_key_
    log Enacted(setting=_FIRST_KEY, value=convert(first_key_, bytes32))
    log Enacted(setting=_SECOND_KEY, value=convert(second_key_, bytes32))
    self._begin(_FEE_BPS, convert(fee_bps_, bytes32))
    self._begin(_TREASURY, convert(treasury_, bytes32))
    self._begin(_OPERATOR, convert(operator_, bytes32))
    self._begin(_LICENSOR, convert(licensor_, bytes32))
    self._set(_BUILDER_KEY, builder_key_)


@external
def propose(setting: uint8, new_value: bytes32):
    """
    @notice Propose another value; the other key must second it. Proposing anew replaces what was pending.
    @param setting 1 fee_bps, 2 treasury, 3 operator, 4 licensor, 5 builder_key, 6 first_key, 7 second_key.
    @param new_value The number or the address, filled up with zeros on the left, or the 32 bytes of the builder key.
    """
    self._check_free(setting)
    self._check_value(setting, new_value)
    self._changes[setting] = (convert(msg.sender, uint256) << 96) | self._term
    self._values[setting] = new_value
    log Proposed(setting=setting, value=new_value, proposer=msg.sender)


@external
def second(setting: uint8, new_value: bytes32):
    """
    @notice Agree to what the other key proposed; the delay begins.
    @param new_value The value that the caller agrees to: a proposal replaced meanwhile is not seconded unseen.
    """
    self._check_key()
    change: uint256 = self._standing(setting)
    assert convert(change >> 96, address) != msg.sender, "stewardship: needs the other key"
    assert new_value == self._values[setting], "stewardship: another value"
    # Otherwise a key could put off its own replacement for ever by seconding it again and again.
    assert self._ready_at(change) == 0, "stewardship: seconded already"
    ready_at: uint256 = block.timestamp + DELAY
    self._changes[setting] = change | (ready_at << 32)
    log Seconded(setting=setting, value=new_value, seconder=msg.sender, ready_at=convert(ready_at, uint64))


@external
def enact(setting: uint8):
    """
    @notice Let a change stand that both keys agreed to and that waited out the delay; anyone may call.
    """
    change: uint256 = self._standing(setting)
    ready_at: uint256 = self._ready_at(change)
    assert ready_at != 0, "stewardship: needs the other key"
    assert block.timestamp >= ready_at, "stewardship: too early"
    value: bytes32 = self._values[setting]
    self._check_value(setting, value)
    self._clear(setting)
    self._set(setting, value)


@external
def withdraw(setting: uint8):
    """
    @notice Withdraw a pending change, seconded or not, at any time before it is enacted.
    """
    self._check_free(setting)
    assert self._is_standing(self._changes[setting]), "stewardship: nothing pending"
    log Withdrawn(setting=setting, value=self._values[setting], withdrawer=msg.sender)
    self._clear(setting)


@external
def halt():
    """
    @notice Stop new releases, new sales and new campaigns, at once.
    """
    self._check_guard()
    self.is_halted = True
    log HaltSet(is_halted=True)


@external
def resume():
    """
    @notice End the halt. The operator alone cannot: it may be the operator's key that was stolen.
    """
    self._check_key()
    self.is_halted = False
    log HaltSet(is_halted=False)


@external
def drop_builder_key():
    """
    @notice Name no builder key, at once: browsers seal for nobody until another one waited out the delay.
    """
    self._check_guard()
    self._set(_BUILDER_KEY, empty(bytes32))


@external
@view
def change_of(setting: uint8) -> (bytes32, address, uint64):
    """
    @return Value proposed, its proposer (empty: nothing is pending), first second (Unix time) at which it can be
            enacted (zero: it waits for the other key).
    """
    change: uint256 = self._changes[setting]
    if not self._is_standing(change):
        return empty(bytes32), empty(address), 0
    return self._values[setting], convert(change >> 96, address), convert(self._ready_at(change), uint64)


@internal
def _begin(setting: uint8, new_value: bytes32):
    self._check_value(setting, new_value)
    self._set(setting, new_value)


@internal
def _set(setting: uint8, new_value: bytes32):
    if setting == _FEE_BPS:
        self.fee_bps = convert(convert(new_value, uint256), uint16)
    elif setting == _BUILDER_KEY:
        self.builder_key = new_value
        log BuilderKeySet(builder_key=new_value)
    else:
        self._set_address(setting, convert(convert(new_value, uint256), address))
    log Enacted(setting=setting, value=new_value)


@internal
def _set_address(setting: uint8, account: address):
    if setting == _TREASURY:
        self.treasury = account
    elif setting == _OPERATOR:
        self.operator = account
    elif setting == _LICENSOR:
        self.licensor = account
    else:
        # Voids whatever is pending, so that nobody seconds under a new key what the old one proposed, and no key
        # that was replaced has a word in what comes.
        self._term += 1
        if setting == _FIRST_KEY:
            self.first_key = account
        else:
            self.second_key = account


@internal
def _clear(setting: uint8):
    self._changes[setting] = 0
    self._values[setting] = empty(bytes32)


@internal
@view
def _check_key():
    assert msg.sender == self.first_key or msg.sender == self.second_key, "stewardship: not a key"


@internal
@view
def _check_guard():
    if msg.sender != self.operator:
        self._check_key()


@internal
@view
def _check_free(setting: uint8):
    # A stolen key must not be able to keep its place by sweeping away each proposal to replace it.
    self._check_key()
    if msg.sender != self._holder(setting):
        return
    change: uint256 = self._changes[setting]
    if self._is_standing(change):
        assert convert(change >> 96, address) == msg.sender, "stewardship: not by the key it replaces"


@internal
@view
def _holder(setting: uint8) -> address:
    if setting == _FIRST_KEY:
        return self.first_key
    if setting == _SECOND_KEY:
        return self.second_key
    return empty(address)


@internal
@view
def _check_value(setting: uint8, new_value: bytes32):
    assert setting >= _FEE_BPS and setting <= _SECOND_KEY, "stewardship: no such setting"
    number: uint256 = convert(new_value, uint256)
    if setting == _FEE_BPS:
        assert number <= _HIGHEST_FEE_BPS, "stewardship: fee above 15%"
        return
    if setting == _BUILDER_KEY:
        assert number != 0, "stewardship: no builder key"
        return
    assert number != 0, "stewardship: no address"
    assert number >> 160 == 0, "stewardship: not an address"
    if setting == _FIRST_KEY or setting == _SECOND_KEY:
        account: address = convert(number, address)
        assert account != self.first_key and account != self.second_key, "stewardship: same key twice"


@internal
@view
def _standing(setting: uint8) -> uint256:
    change: uint256 = self._changes[setting]
    assert self._is_standing(change), "stewardship: nothing pending"
    return change


@internal
@view
def _is_standing(change: uint256) -> bool:
    return change != 0 and change & _MASK_32 == self._term


@internal
@pure
def _ready_at(change: uint256) -> uint256:
    return (change >> 32) & _MASK_64
