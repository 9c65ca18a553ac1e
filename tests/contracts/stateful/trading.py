"""Where tokens, two keys and the market meet: what the machines of market and campaigns share."""

from typing import Any

from hypothesis import strategies as st

from tests.contracts.stateful import signing
from tests.contracts.stateful.signing import Signer, signer, word
from tests.contracts.stateful.worlds import Book, Machine, call

DELAY = 172_800
FEE_BPS = 1_200
COINS = {
    "coin": "TestStablecoin",
    "fee": "FeeToken",
    "false": "FalseToken",
    "silent": "SilentToken",
    "back": "ReentrantToken",
}
KEYS = [signer("first key").address, signer("second key").address]
OPERATORS = [signer(f"operator {number}").address for number in range(2)]
TREASURIES = [signer(f"treasury {number}").address for number in range(2)]
STRANGER = signer("stranger")
SETTING = {"fee_bps": 1, "treasury": 2, "operator": 3}

ways = st.sampled_from(["allowance", "permit", "permit", "used permit", "late permit"])
"""How a spender may come to its money."""


class Trading(Machine):
    """A market under its stewardship, and tokens honest and odd."""

    def begin(self) -> None:
        self.coins = {name: self.house[source].deploy() for name, source in COINS.items()}
        self.books = {name: Book(coin) for name, coin in self.coins.items()}
        self.coins["false"].set_honest(True)
        self.coins["fee"].set_fee_bps(0)
        people = (*KEYS, OPERATORS[0], STRANGER.address, TREASURIES[0])
        self.stewardship = self.house["Stewardship"].deploy(*people, FEE_BPS, b"\x05" * 32)
        self.market = self.house["ReleaseMarket"].deploy(self.stewardship.address)
        self.operator, self.treasury, self.fee_bps = OPERATORS[0], TREASURIES[0], FEE_BPS
        self.is_halted = False

    def halt(self, is_halted: bool) -> None:  # noqa: FBT001 - an event carries its facts in a row
        name = "halt" if is_halted else "resume"
        self.act(self.stewardship, KEYS[0], name, refusal="")
        self.is_halted = is_halted

    def agree(self, name: str, value: int | str) -> None:
        """Let both keys agree on a value, wait, and let it stand."""
        sent = (SETTING[name], word(value))
        self.act(self.stewardship, KEYS[0], "propose", *sent, refusal="")
        self.act(self.stewardship, KEYS[1], "second", *sent, refusal="")
        self.travel(DELAY)
        self.act(self.stewardship, STRANGER.address, "enact", sent[0], refusal="")
        setattr(self, name, value)

    def change_mood(self, coin: str, is_odd: bool) -> None:  # noqa: FBT001 - as above
        """Let a token begin or cease to take a fee, or to say no."""
        if coin == "fee":
            self.books[coin].fee_bps = 100 * is_odd
            self.coins[coin].set_fee_bps(100 * is_odd)
        else:
            self.books[coin].is_honest = not is_odd
            self.coins[coin].set_honest(not is_odd)
        self.is_new = True

    def permit(
        self, owner: Signer, spender: str, units: int, way: str, *, is_for_coin: bool
    ) -> tuple[tuple[int, bytes], int]:
        """Return deadline and signature of a permit, and what it will allow.

        is_for_coin: the payment is in the one token that knows permits.
        """
        if way == "allowance":
            return (0, b""), 0
        until = self.now - 1 if way == "late permit" else self.now + 9
        coin: Any = self.coins["coin"]
        domain = signing.separator("Test Dollar", self.chain_id, coin.address)
        words = (owner.address, spender, units)
        nonce = coin.nonces(owner.address)
        raw = owner.sign(signing.digest(domain, "Permit", *words, nonce, until))
        is_good = is_for_coin and way != "late permit"
        if way == "used permit" and is_good:
            parts = (raw[64], raw[:32], raw[32:64])
            assert call(coin, STRANGER.address, "permit", *words, until, *parts).refusal == ""
        return (until, raw), units * is_good
