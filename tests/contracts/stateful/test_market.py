"""Sales and claims in any order: no unit appears or vanishes, and what is owed can be taken."""

from functools import cache
from hashlib import sha256
from itertools import groupby
from operator import itemgetter

import boa
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from protocol import merkle
from protocol.hashing import keccak256
from tests.contracts.stateful import sales, signing
from tests.contracts.stateful.signing import signer
from tests.contracts.stateful.trading import COINS, OPERATORS, STRANGER, TREASURIES, Trading, ways
from tests.contracts.stateful.worlds import NOBODY, address, call

SHARE = 0.17
DEVELOPERS = [signer(f"developer {number}") for number in range(2)]
DRIVERS = [signer(f"driver {number}") for number in range(3)]
PAYEE = signer("payee").address
MOST_RELEASES, MOST_DATASETS = 7, 5

coins = st.sampled_from(["coin", *COINS])
prices = st.sampled_from([1, 7, 99, 10_007, 10**8 + 7, 2**80 - 1])
shapes = st.sampled_from(
    ["equal", "equal", "weights", "weights", "gap", "beyond", "one start", "overlap"]
)
weights = st.sampled_from([0, 1, 1, 2, 3, 1_000, 2**28, 2**30 - 1])
picks = st.integers(0, 11)
recipients = st.integers(0, 6)
order_flaws = st.sampled_from([*[""] * 14, "key", "chain", "late", "recipient", "second form"])
tampers = st.sampled_from([*[""] * 40, "start", "weight", "proof", "release", "owner"])
events = st.one_of(
    st.tuples(st.just("halt"), st.booleans()),
    st.tuples(st.just("travel"), st.sampled_from([1, 3_600, 10**8])),
    st.tuples(st.just("agree"), st.just("fee_bps"), st.sampled_from([0, 1, 333, 1_500])),
    st.tuples(
        st.just("agree"),
        st.just("treasury"),
        st.sampled_from([*TREASURIES, DRIVERS[1].address]),
    ),
    st.tuples(
        st.just("agree"),
        st.just("operator"),
        st.sampled_from([*OPERATORS, DRIVERS[0].address]),
    ),
)
PUBLISH_FLAWS = {
    "root": "no contributors",
    "no total": "no contributors",
    "weight": "weight too high",
    "no price": "no price",
    "price": "price too high",
    "block": "block not yet mined",
    "again": "release exists",
    "dataset": "no such dataset",
}


@cache
def tree(shares: tuple[merkle.Share, ...]) -> merkle.Tree:
    return merkle.Tree(shares)


class Market(Trading):
    def begin(self):
        super().begin()
        for book in self.books.values():
            for key in DEVELOPERS:
                book.mint(key.address, 2**90)
            book.mint(STRANGER.address, 1)
        self.datasets: dict[bytes, sales.Dataset] = {}
        self.releases: dict[bytes, sales.Release] = {}
        self.fees = dict.fromkeys(COINS, 0)
        self.made = 0
        self.held_for: dict[bytes, int] = {}
        for coin, cap in (("coin", 2**40), ("fee", 2**40), ("false", 2), ("back", 3)):
            self.open_dataset(coin, 0, cap, 0)
        everybody = [(key, 1) for key in DRIVERS]
        self.publish(0, "equal", everybody, 1, 10_007, "", 0)
        self.publish(0, "overlap", everybody[:2], 1, 99, "", 0)
        self.publish(1, "equal", everybody[:1], 1, 10_007, "", 0)
        self.publish(0, "beyond", everybody[::-1], 1, 99, "", 0)
        self.publish(3, "equal", everybody[1:], 1, 99, "", 0)

    def fresh(self) -> bytes:
        self.made += 1
        return sha256(b"%d" % self.made).digest()

    def send(self, contract, sender, name, *args, refusal):
        expected = f"market: {refusal}" if refusal and ":" not in refusal else refusal
        return not self.act(contract, sender, name, *args, refusal=expected).refusal

    # Datasets and releases

    @rule(
        coin=coins,
        off=st.sampled_from([0, 0, 0, 1]),
        cap=st.sampled_from([0, 3, 1_000, 2**40]),
        who=st.sampled_from([0, 0, 0, 1]),
    )
    @precondition(lambda self: len(self.datasets) < MOST_DATASETS)
    def open_dataset(self, coin, off, cap, who):
        sender = self.operator if not who else STRANGER.address
        dataset = self.fresh()
        refusal = "not the operator" if who else "fee changed" * off
        sent = (dataset, self.coins[coin].address, self.fee_bps + off, cap)
        if self.send(self.market, sender, "create_dataset", *sent, refusal=refusal):
            self.datasets[dataset] = sales.Dataset(coin, self.fee_bps, cap)

    @rule(
        at=picks,
        kind=shapes,
        shares=st.lists(st.tuples(st.sampled_from(DRIVERS), weights), min_size=1, max_size=4),
        rho=st.sampled_from([0, 1, 1, 1, 2, "left", "left + 1", 2**64 - 1]),
        price=prices,
        flaw=st.sampled_from([*[""] * 16, *PUBLISH_FLAWS]),
        who=st.sampled_from([0] * 7 + [1]),
    )
    @precondition(lambda self: len(self.releases) < MOST_RELEASES)
    def publish(self, at, kind, shares, rho, price, flaw, who):
        owners = [key.address for key, _ in shares]
        shaped = sales.shape(kind, owners, [weight for _, weight in shares])
        dataset = list(self.datasets)[at % len(self.datasets)]
        held = self.datasets[dataset]
        left = held.rho_cap - held.rho
        rho = {"left": left, "left + 1": left + 1}.get(rho, rho)
        if flaw == "again" and not self.releases:
            flaw = ""
        release = next(iter(self.releases)) if flaw == "again" else self.fresh()
        facts = (
            release,
            self.fresh() if flaw == "dataset" else dataset,
            b"m" * 32,
            b"c" * 32,
            bytes(32) if flaw == "root" else tree(shaped.shares).root,
            {"no total": 0, "weight": 2**32}.get(flaw, shaped.total),
            rho,
            {"no price": 0, "price": 2**80}.get(flaw, price),
            boa.env.evm.patch.block_number + (flaw == "block"),
        )
        over = held.rho + rho > held.rho_cap
        refusal = "not the operator" * who or self.release_refusal(flaw, facts[5], is_over=over)
        sender = STRANGER.address if who else self.operator
        if self.send(self.market, sender, "publish", *facts, refusal=refusal):
            held.rho += rho
            self.releases[release] = sales.Release(
                dataset, held.coin, price, held.fee_bps, *shaped, rho=rho, facts=facts
            )

    def release_refusal(self, flaw, total, *, is_over) -> str:
        reasons = [
            ("halted", self.is_halted),
            (PUBLISH_FLAWS.get(flaw, ""), flaw in {"dataset", "again"}),
            ("no contributors", flaw == "root" or not total),
            ("weight too high", total >= 2**32),
            (PUBLISH_FLAWS.get(flaw, ""), flaw),
            ("privacy cap exceeded", is_over),
        ]
        return next((reason for reason, is_so in reasons if is_so), "")

    # Sales

    def sale_refusal(self, held, recipient, most, allowed) -> str:
        book = self.books[held.coin]
        reasons = {
            "halted": self.is_halted,
            "no recipient": recipient == NOBODY,
            "price above maximum": held.price > most,
            "already licensed": recipient in held.licensed,
            "not paid": not book.is_honest,
            "erc20: insufficient allowance": allowed < held.price,
            "token took a fee": book.fee_of(held.price),
        }
        return next((reason for reason, is_so in reasons.items() if is_so), "")

    def sell(self, release, buyer, recipient):
        held = self.releases[release]
        held.licensed.add(recipient)
        held.sales += 1
        self.fees[held.coin] += held.fee
        self.books[held.coin].move(buyer, self.market.address, held.price)

    def pick_release(self, pick):
        release = list(self.releases)[pick % len(self.releases)]
        return release, self.releases[release]

    def allow(self, coin, owner, amount):
        """Set an allowance. A token that says no keeps it nevertheless."""
        call(self.coins[coin], owner, "approve", self.market.address, amount)

    @rule(
        pick=picks,
        buyer=st.sampled_from(DEVELOPERS),
        recipient=recipients,
        less=st.sampled_from([0] * 6 + [1]),
        short=st.sampled_from([0] * 6 + [1]),
    )
    @precondition(lambda self: self.releases)
    def buy(self, pick, buyer, recipient, less, short):
        release, held = self.pick_release(pick)
        to, most, allowed = address(recipient), held.price - less, held.price - short
        self.allow(held.coin, buyer.address, allowed)
        refusal = self.sale_refusal(held, to, most, allowed)
        if self.send(self.market, buyer.address, "buy", release, most, to, refusal=refusal):
            self.sell(release, buyer.address, to)

    @rule(pick=picks, buyer=st.sampled_from(DEVELOPERS))
    @precondition(lambda self: not self.is_halted)
    def buy_anew(self, pick, buyer):
        self.made += 1
        self.buy(pick, buyer, 1_000 + self.made, 0, 0)

    @rule(
        pick=picks,
        buyer=st.sampled_from(DEVELOPERS),
        recipient=recipients,
        flaw=order_flaws,
        way=ways,
    )
    @precondition(lambda self: self.releases)
    def order(self, pick, buyer, recipient, flaw, way):
        release, held = self.pick_release(pick)
        to, until = address(recipient), self.now - 1 if flaw == "late" else self.now + 9
        signed = address(99) if flaw == "recipient" else to
        facts = (buyer.address, signed, release, held.price, until)
        signature = self.signature("Order", flaw, buyer, *facts)
        allowed = held.price if way == "allowance" else 0
        self.allow(held.coin, buyer.address, allowed)
        permit, permitted = self.permit(
            buyer, self.market.address, held.price, way, is_for_coin=held.coin == "coin"
        )
        if flaw == "late":
            refusal = "order expired"
        elif flaw:
            refusal = "wrong signature"
        elif permit[1] and not permitted:
            refusal = "permit refused"
        else:
            refusal = self.sale_refusal(held, to, held.price, max(allowed, permitted))
        value = held.price if permit[1] else 0
        sent = (buyer.address, to, release, held.price, until, signature, value, *permit)
        if self.send(self.market, STRANGER.address, "buy_with_order", *sent, refusal=refusal):
            self.sell(release, buyer.address, to)

    def signature(self, kind, flaw, key, *facts):
        chain_id = self.chain_id + (flaw == "chain")
        domain = signing.separator("Odometer ReleaseMarket", chain_id, self.market.address)
        owner = STRANGER if flaw == "key" else key
        raw = owner.sign(signing.digest(domain, kind, *facts))
        return signing.high_s(raw) if flaw == "second form" else raw

    # Claims

    def item(self, release, place, tamper):
        """Return an item of a claim, and its share if that is what the tree says."""
        held = self.releases[release]
        share, proof = held.shares[place], tree(held.shares).proof(place)
        start, weight = share.start, share.weight
        if tamper == "proof":
            proof = [*proof, bytes(32)]
        sent = (
            b"\x09" * 32 if tamper == "release" else release,
            start + (tamper == "start"),
            weight + (tamper == "weight"),
            proof,
        )
        return sent, share

    @rule(
        driver=st.sampled_from(DRIVERS),
        items=st.lists(st.tuples(picks, picks, tampers), min_size=1, max_size=4),
        to=st.sampled_from(["own", "payee", "other"] * 4 + ["nobody", "market"]),
        flaw=st.sampled_from([*["direct"] * 6, *[""] * 6, "key", "chain", "late", "recipient"]),
    )
    @precondition(lambda self: any(held.sales for held in self.releases.values()))
    def claim(self, driver, items, to, flaw):
        payee = {
            "own": driver.address,
            "payee": PAYEE,
            "other": DRIVERS[0].address,
            "nobody": NOBODY,
            "market": self.market.address,
        }[to]
        picked = []
        for pick, place, tamper in items:
            release, held = self.pick_release(pick)
            own = [at for at, share in enumerate(held.shares) if share.address == driver.address]
            if tamper == "owner" or not own:
                own = list(range(len(held.shares)))
            picked.append((release, *self.item(release, own[place % len(own)], tamper), tamper))
        sent = [sent for _, sent, _, _ in picked]
        until = self.now - 1 if flaw == "late" else self.now + 9
        signed = address(99) if flaw == "recipient" else payee
        names = keccak256(b"".join(one[0] for one in sent))
        signature = self.signature("Claim", flaw, driver, driver.address, signed, names, until)
        is_direct = flaw == "direct"
        if to in {"nobody", "market"}:
            refusal = "no recipient"
        elif flaw == "late":
            refusal = "claim expired"
        elif flaw not in {"", "direct"}:
            refusal = "wrong signature"
        else:
            refusal = self.claim_refusal(driver, picked)
        self.send(
            self.market,
            driver.address if is_direct else STRANGER.address,
            "claim",
            *(driver.address, payee, sent, 0 if is_direct else until),
            b"" if is_direct else signature,
            refusal=refusal,
        )
        if not refusal:
            self.pay(payee, [(self.releases[release], share) for release, _, share, _ in picked])

    @rule(driver=st.sampled_from(DRIVERS), way=st.sampled_from(["direct", ""]))
    @precondition(lambda self: any(held.sales for held in self.releases.values()))
    def claim_all(self, driver, way):
        items = []
        for pick, held in enumerate(self.releases.values()):
            own = [share for share in held.shares if share.address == driver.address]
            inside = [share.start + share.weight <= held.total for share in own]
            items += [(pick, place, "") for place, is_in in enumerate(inside) if is_in]
        if items:
            self.claim(driver, items, "payee", way)

    def pay(self, payee, shares):
        """Note the payments: one for each run of items in the same token."""
        for coin, run in groupby(
            ((held.coin, paid) for held, share in shares if (paid := held.pay(share))),
            key=itemgetter(0),
        ):
            units = sum(paid for _, paid in run)
            self.books[coin].move(self.market.address, payee, units)

    def claim_refusal(self, driver, picked) -> str:
        """Return why the items, one after the other, end in a refusal."""
        paid: dict[tuple[bytes, int], bool] = {}
        spent: dict[bytes, int] = {}
        last = ""
        for release, _, share, tamper in picked:
            held = self.releases[release]
            if tamper == "release":
                return "no such release"
            is_inside = share.start + share.weight <= held.total
            if tamper in {"start", "weight", "proof"} or not is_inside:
                return "wrong proof"
            if share.address != driver.address:
                return "wrong proof"
            due = 0 if paid.get((release, share.start)) else held.due(share)
            if not due:
                continue
            spent[release] = spent.get(release, held.paid) + due
            if spent[release] > held.sales * held.pool:
                return "pool is empty"
            paid[release, share.start] = True
            if held.coin != last and last and not self.books[last].is_honest:
                return "not paid out"
            last = held.coin
        return "not paid out" if last and not self.books[last].is_honest else ""

    @rule(coin=coins)
    def withdraw_fees(self, coin):
        is_refused = self.fees[coin] and not self.books[coin].is_honest
        sent = (STRANGER.address, "withdraw_fees", self.coins[coin].address)
        if self.send(self.market, *sent, refusal="not paid out" if is_refused else ""):
            self.books[coin].move(self.market.address, self.treasury, self.fees[coin])
            self.fees[coin] = 0

    # The tokens, the stewardship, time

    @rule(coin=st.sampled_from(["fee", "fee", "false"]), is_odd=st.booleans())
    def change_mood(self, coin, is_odd):
        super().change_mood(coin, is_odd)

    @rule(pick=picks, place=picks, name=st.sampled_from(["claim", "buy", "fees", "publish"]))
    @precondition(lambda self: self.releases)
    def aim(self, pick, place, name):
        """Let the token that calls back try what would gain something without the lock."""
        release, held = self.pick_release(pick)
        place %= len(held.shares)
        sent, share = self.item(release, place, "")
        key = next(key for key in DRIVERS if key.address == share.address)
        until = self.now + 10**9
        facts = (key.address, PAYEE, keccak256(release), until)
        signature = self.signature("Claim", "", key, *facts)
        data = {
            "claim": lambda: self.market.claim.prepare_calldata(
                key.address, PAYEE, [sent], until, signature
            ),
            "buy": lambda: self.market.buy.prepare_calldata(release, held.price, address(98)),
            "fees": lambda: self.market.withdraw_fees.prepare_calldata(self.coins["coin"].address),
            "publish": lambda: self.market.publish.prepare_calldata(
                *(self.fresh(), *held.facts[1:])
            ),
        }[name]()
        self.coins["back"].aim(self.market.address, data)

    @rule(event=events)
    def let_happen(self, event):
        name, *facts = event
        getattr(self, name)(*facts)

    # What holds

    def check(self):
        for book in self.books.values():
            book.check()
        assert self.coins["back"].successes() == 0
        held = dict.fromkeys(COINS, 0)
        for release, model in self.releases.items():
            held[model.coin] += self.check_release(release, model)
        for name, coin in self.coins.items():
            fees = self.market.fees_of(coin.address)
            assert fees == self.fees[name]
            assert self.books[name].balance(self.market.address) == fees + held[name]
        for dataset, opened in self.datasets.items():
            names = ("_dataset_terms", "_dataset_rho")
            if not self.has_moved(self.market, dataset, self.charged(dataset), *names):
                continue
            facts = self.market.dataset_of(dataset)
            assert facts == (self.coins[opened.coin].address, *self.facts_of(opened))
            assert facts[3] == self.charged(dataset) <= facts[2]
        self.check_exits()

    @staticmethod
    def facts_of(dataset):
        return (dataset.fee_bps, dataset.rho_cap, dataset.rho)

    def charged(self, dataset) -> int:
        return sum(held.rho for held in self.releases.values() if held.dataset == dataset)

    def check_release(self, release, model) -> int:
        """Return what the market holds for a release, by what the chain says of it."""
        names = ("_releases", "_release_terms", "_contributors", "_manifests")
        if not self.has_moved(self.market, release, (model.sales, model.paid), *names):
            return self.held_for[release]
        assert self.market.release_of(release) == (
            *(self.coins[model.coin].address, model.price, model.fee_bps, model.total),
            *(model.sales, model.facts[4], model.facts[2]),
        )
        assert model.fee_bps <= 1_500
        paid = self.market.paid_of(release)
        assert paid == model.paid <= model.sales * model.pool
        self.held_for[release] = model.sales * (model.price - model.fee) - paid
        return self.held_for[release]

    def check_exits(self):
        """Let everybody take all that is owed, to an address of its choice, in every state."""
        with boa.env.anchor():
            self.coins["false"].set_honest(True)
            for number, key in enumerate(DRIVERS, start=1):
                self.check_exit(key, address(2**100 + number))

    def shares_of(self, key):
        for release, held in self.releases.items():
            for place, share in enumerate(held.shares):
                if share.address == key.address:
                    yield release, place, share

    def check_exit(self, key, to):
        items, owed = [], dict.fromkeys(COINS, 0)
        for release, place, share in self.shares_of(key):
            held = self.releases[release]
            due = held.due(share)
            if share.start + share.weight > held.total:
                self.check_beyond(key, to, release, place)
            elif due and held.is_fair:
                items.append(self.item(release, place, "")[0])
                owed[held.coin] += due
            elif due and held.has_room(share):
                self.check_alone(key, to, release, place, due)
        if not items:
            return
        sent = (key.address, to, items, 0, b"")
        assert call(self.market, key.address, "claim", *sent).refusal == ""
        for coin, due in owed.items():
            book = self.books[coin]
            fee = book.fee_of(due)
            assert due - fee <= book.balance(to) <= due - fee + len(items)

    def check_beyond(self, key, to, release, place):
        """Try the share that reaches beyond the total: it is nobody's."""
        sent = (key.address, to, [self.item(release, place, "")[0]], 0, b"")
        assert call(self.market, key.address, "claim", *sent).refusal == "market: wrong proof"

    def check_alone(self, key, to, release, place, due):
        """Take one share of a tree whose shares overlap: what the others get depends on it."""
        book = self.books[self.releases[release].coin]
        with boa.env.anchor():
            sent = (key.address, to, [self.item(release, place, "")[0]], 0, b"")
            assert call(self.market, key.address, "claim", *sent).refusal == ""
            assert book.balance(to) == due - book.fee_of(due)


def test_no_unit_appears_or_vanishes_and_what_is_owed_can_be_taken(takes_steps):
    takes_steps(Market, SHARE)
