"""What may be broken in the contracts, and the machine that must notice it."""

from typing import NamedTuple

from tests.contracts.stateful.test_campaigns import Campaigns
from tests.contracts.stateful.test_consent import Consent
from tests.contracts.stateful.test_market import Market
from tests.contracts.stateful.test_stewardship import Stewardship
from tests.contracts.stateful.worlds import Machine

R, M, S, E = "ConsentRegistry", "ReleaseMarket", "Stewardship", "CampaignEscrow"


class Mutation(NamedTuple):
    """One change of a contract that must not pass unseen."""

    what: str
    contract: str
    before: str
    after: str
    machine: type[Machine]


MUTATIONS = [
    Mutation(
        "a word does not use up its nonce",
        R,
        "unsafe_add(convert(nonce, uint256), 1) << 128)\n        | (convert(terms",
        "convert(nonce, uint256) << 128)\n        | (convert(terms",
        Consent,
    ),
    Mutation(
        "a revocation is refused after the expiry",
        R,
        "    self._revoke(msg.sender, dataset,",
        '    assert self._stands(self._words[msg.sender][dataset]), "consent: none stands"\n'
        "    self._revoke(msg.sender, dataset,",
        Consent,
    ),
    Mutation(
        "a batch takes anybody's signature",
        R,
        "return ecrecover(digest, v, convert(r, uint256), s) == driver",
        "return ecrecover(digest, v, convert(r, uint256), s) != empty(address)",
        Consent,
    ),
    Mutation(
        "the second form of a signature counts",
        R,
        "if s <= _HALF_ORDER and (v == 27 or v == 28):\n"
        "            vs: bytes32 = convert(((v - 27) << 255) | s, bytes32)\n"
        "            if self._is_key_signature(driver, digest, extract32(signature, 0), vs):",
        "if v == 27 or v == 28:\n"
        "            if ecrecover(digest, v, extract32(signature, 0, output_type=uint256), s)"
        " == driver:",
        Consent,
    ),
    Mutation(
        "a consent stands in the second of its expiry",
        R,
        "return block.timestamp < word >> 192",
        "return block.timestamp <= word >> 192",
        Consent,
    ),
    Mutation("a renewal drops the terms", R, "| (word & _MASK_128)", "| 0", Consent),
    Mutation(
        "a bad item sinks its batch",
        R,
        "        elif item.expiry <= now or item.expiry - now > _LONGEST:\n"
        '            reason = "wrong expiry"\n        elif not self._is_key_signature(\n'
        "            item.driver,\n            keccak256(\n"
        '                concat(x"1901", domain, keccak256(abi_encode(_GRANT',
        "        elif item.expiry <= now or item.expiry - now > _LONGEST:\n"
        '            raise "wrong expiry"\n        elif not self._is_key_signature(\n'
        "            item.driver,\n            keccak256(\n"
        '                concat(x"1901", domain, keccak256(abi_encode(_GRANT',
        Consent,
    ),
    Mutation(
        "a claim asks whether the market is halted",
        M,
        '    assert to != empty(address) and to != self, "market: no recipient"\n',
        '    assert to != empty(address) and to != self, "market: no recipient"\n'
        '    assert not staticcall stewardship.is_halted(), "market: halted"\n',
        Market,
    ),
    Mutation(
        "shares are rounded up",
        M,
        "before: uint256 = unsafe_div(unsafe_mul(pool, start), total)\n    return unsafe_sub("
        "unsafe_div(unsafe_mul(pool, unsafe_add(start, weight)), total), before)",
        "return (pool * weight + total - 1) // total",
        Market,
    ),
    Mutation(
        "what a release paid is not counted",
        M,
        "self._releases[item.release] = word + (amount << 64)",
        "pass",
        Market,
    ),
    Mutation(
        "the sales paid are not noted",
        M,
        "lanes + (unpaid << lane)",
        "lanes",
        Market,
    ),
    Mutation(
        "the privacy loss is not charged",
        M,
        "((budget >> 64) << 64) | spent",
        "budget",
        Market,
    ),
    Mutation(
        "the privacy cap can be reached and passed by one",
        M,
        "assert spent <= budget >> 64,",
        "assert spent <= (budget >> 64) + 1,",
        Market,
    ),
    Mutation(
        "a fee is taken and not noted",
        M,
        "self.fees_of[token] += fee",
        "self.fees_of[token] += 0",
        Market,
    ),
    Mutation(
        "fees can be withdrawn again",
        M,
        "    self.fees_of[token] = 0\n",
        "",
        Market,
    ),
    Mutation(
        "a share may reach beyond the total",
        M,
        "return weight <= total and start <= total - weight",
        "return weight <= total and start <= total",
        Market,
    ),
    Mutation(
        "a release pays more than it took in",
        M,
        'assert ((word >> 64) & _MASK_112) + amount <= sales * pool, "market: pool is empty"',
        "pass",
        Market,
    ),
    Mutation("the lane of a share is not its own", M, "(item.start & 7) << 5", "0", Market),
    Mutation(
        "a license can be bought twice",
        M,
        '    assert not self.licensed[release][recipient], "market: already licensed"\n',
        "",
        Market,
    ),
    Mutation(
        "a token may keep a part of the price",
        M,
        "    assert staticcall IERC20(token).balanceOf(self) == before + price, "
        '"market: token took a fee"\n',
        "",
        Market,
    ),
    Mutation(
        "a claim can be called back into",
        M,
        "@nonreentrant\ndef claim(",
        "def claim(",
        Market,
    ),
    Mutation(
        "a dataset keeps another fee than was promised",
        M,
        "convert(token, uint256) << 96) | convert(fee_bps, uint256)",
        "convert(token, uint256) << 96) | (convert(fee_bps, uint256) + 1)",
        Market,
    ),
    Mutation(
        "a refund comes before the deadline alone",
        E,
        "    if block.timestamp <= campaign.deadline:\n",
        "    if block.timestamp > campaign.deadline:\n",
        Campaigns,
    ),
    Mutation(
        "a refund asks whether the market is halted",
        E,
        "    self._close(funder, request, _REFUNDED)\n",
        '    assert not staticcall stewardship.is_halted(), "escrow: halted"\n'
        "    self._close(funder, request, _REFUNDED)\n",
        Campaigns,
    ),
    Mutation(
        "a campaign can be refunded twice",
        E,
        "    self._close(funder, request, _REFUNDED)\n",
        "",
        Campaigns,
    ),
    Mutation(
        "the change stays in escrow",
        E,
        "        self._pay(campaign.token, funder, change)\n",
        "        pass\n",
        Campaigns,
    ),
    Mutation(
        "a release of another dataset settles",
        E,
        "    assert staticcall market.dataset_of_release(release) == campaign.dataset, "
        '"escrow: another dataset"\n',
        "",
        Campaigns,
    ),
    Mutation(
        "a refund can be called back into",
        E,
        "@nonreentrant\ndef refund(",
        "def refund(",
        Campaigns,
    ),
    Mutation(
        "the key that proposed may second",
        S,
        '    assert convert(change >> 96, address) != msg.sender, "stewardship: needs the other '
        'key"\n',
        "",
        Stewardship,
    ),
    Mutation("there is no delay", S, "block.timestamp + DELAY", "block.timestamp", Stewardship),
    Mutation(
        "a change stands one second too early",
        S,
        "assert block.timestamp >= ready_at",
        "assert block.timestamp + 1 >= ready_at",
        Stewardship,
    ),
    Mutation("what was pending outlives a replaced key", S, "self._term += 1", "pass", Stewardship),
    Mutation(
        "a key withdraws its own replacement",
        S,
        'assert convert(change >> 96, address) == msg.sender, "stewardship: not by the key it '
        'replaces"',
        "pass",
        Stewardship,
    ),
    Mutation(
        "a fee may be any", S, "assert number <= _HIGHEST_FEE_BPS", "assert True", Stewardship
    ),
    Mutation(
        "the operator alone resumes",
        S,
        "    @notice End the halt. The operator alone cannot: it may be the operator's key that "
        'was stolen.\n    """\n    self._check_key()',
        '    """\n    self._check_guard()',
        Stewardship,
    ),
]
