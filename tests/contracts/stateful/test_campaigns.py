"""Campaigns in any order: what lies in escrow is what is open, and every bounty finds home."""

from hashlib import sha256

import boa
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from protocol import merkle
from tests.contracts.stateful import signing
from tests.contracts.stateful.bounties import (
    DATASETS,
    LONGEST,
    OPEN,
    REFUNDED,
    SETTLED,
    UNKNOWN,
    Campaign,
    Release,
    good_terms,
    terms,
)
from tests.contracts.stateful.signing import signer
from tests.contracts.stateful.trading import FEE_BPS, OPERATORS, STRANGER, Trading, ways
from tests.contracts.stateful.worlds import NOBODY, address, call

SHARE = 0.22
FUNDERS = [signer(f"developer {number}") for number in range(3)]
REQUESTS = [bytes([number]) * 32 for number in range(4)]
TREE = merkle.Tree(merkle.shares_of([STRANGER.address]))
MOST = len(FUNDERS) * len(REQUESTS)

funders = st.sampled_from(FUNDERS)
requests = st.sampled_from(REQUESTS)
picks = st.integers(0, 19)
events = st.one_of(
    st.tuples(st.just("halt"), st.booleans()),
    st.tuples(st.just("change_mood"), st.sampled_from(["fee", "false"]), st.booleans()),
    st.tuples(st.just("travel"), st.sampled_from([1, 3_600, 86_400, LONGEST])),
    st.tuples(
        st.just("agree"),
        st.just("operator"),
        st.sampled_from([*OPERATORS, FUNDERS[0].address]),
    ),
)


class Campaigns(Trading):
    def begin(self):
        super().begin()
        self.escrow = self.house["CampaignEscrow"].deploy(
            self.market.address, self.stewardship.address
        )
        for book in self.books.values():
            for key in FUNDERS:
                book.mint(key.address, 2**97)
            book.mint(STRANGER.address, 2**90)
        self.campaigns: dict[tuple[str, bytes], Campaign] = {}
        self.releases: dict[bytes, Release] = {}
        for dataset, name in DATASETS.items():
            sent = (dataset, self.coins[name].address, FEE_BPS, 10**6)
            self.act(self.market, self.operator, "create_dataset", *sent, refusal="")
            self.publish(dataset, 100, 1)

    def publish(self, dataset, price, total):
        release = sha256(b"%d" % len(self.releases)).digest()
        facts = (b"m" * 32, b"c" * 32, TREE.root, total, 1, price, 0)
        refusal = "market: halted" if self.is_halted else ""
        sent = (self.market, self.operator, "publish", release, dataset, *facts)
        if not self.act(*sent, refusal=refusal).refusal:
            self.releases[release] = Release(dataset, price, total, set())

    @precondition(lambda self: len(self.releases) < 12)
    @rule(
        dataset=st.sampled_from(list(DATASETS)),
        price=st.sampled_from([1, 100, 101, 9_999]),
        total=st.sampled_from([1, 5]),
    )
    def publish_anew(self, dataset, price, total):
        self.publish(dataset, price, total)

    def bad_terms(self, funder, request, asked: Campaign) -> str:
        """Return why a campaign is refused, before any money moves."""
        ahead = asked.deadline - self.now
        reasons = {
            "halted": self.is_halted,
            "request used already": (funder, request) in self.campaigns,
            "no recipient": asked.recipient == NOBODY,
            "no bounty": not asked.bounty,
            "bounty too high": asked.bounty >= 2**96,
            "no threshold": not asked.threshold,
            "threshold too high": asked.threshold >= 2**48,
            "wrong deadline": not 0 < ahead <= LONGEST,
            "no such dataset": asked.dataset == UNKNOWN,
        }
        return next((f"escrow: {reason}" for reason, is_so in reasons.items() if is_so), "")

    def bad_money(self, asked: Campaign, allowed) -> str:
        book = self.books[asked.coin]
        if not book.is_honest:
            return "escrow: not paid"
        if allowed < asked.bounty:
            return "erc20: insufficient allowance"
        return "escrow: token took a fee" if book.fee_of(asked.bounty) else ""

    def allow(self, asked: Campaign, funder, amount):
        if asked.dataset != UNKNOWN:
            coin = self.coins[asked.coin]
            assert call(coin, funder, "approve", self.escrow.address, amount).refusal == ""

    def campaign(self, facts) -> Campaign:
        rest = {name: value for name, value in facts.items() if name != "ahead"}
        return Campaign(**rest, deadline=max(0, self.now + facts["ahead"]))

    def open(self, funder, request, asked: Campaign):
        self.campaigns[funder, request] = asked
        self.books[asked.coin].move(funder, self.escrow.address, asked.bounty)

    @rule(
        funder=funders,
        request=requests,
        facts=st.one_of(good_terms, good_terms, good_terms, terms),
        short=picks,
    )
    def fund(self, funder, request, facts, short):
        asked = self.campaign(facts)
        allowed = max(0, asked.bounty - (short == 1))
        self.allow(asked, funder.address, allowed)
        refusal = self.bad_terms(funder.address, request, asked)
        refusal = refusal or self.bad_money(asked, allowed)
        sent = (request, asked.dataset, asked.recipient, *asked[2:5])
        if not self.act(self.escrow, funder.address, "fund", *sent, refusal=refusal).refusal:
            self.open(funder.address, request, asked)

    @rule(facts=good_terms, place=picks)
    @precondition(lambda self: not self.is_halted and len(self.campaigns) < MOST)
    def fund_anew(self, facts, place):
        free = sorted({(key, request) for key in FUNDERS for request in REQUESTS}, key=str)
        free = [pair for pair in free if (pair[0].address, pair[1]) not in self.campaigns]
        self.fund(*free[place % len(free)], facts, 0)

    @rule(
        funder=funders,
        request=requests,
        facts=st.one_of(good_terms, good_terms, good_terms, terms),
        flaw=st.sampled_from([*[""] * 20, "key", "chain", "late", "recipient", "second form"]),
        way=ways,
    )
    def order(self, funder, request, facts, flaw, way):
        asked = self.campaign(facts)
        until = self.now - 1 if flaw == "late" else self.now + 9
        words = (funder.address, asked.recipient, request, asked.dataset, *asked[2:5], until)
        signature = self.signature(flaw, funder, words)
        allowed = asked.bounty if way == "allowance" else 0
        self.allow(asked, funder.address, allowed)
        permit, permitted = self.permit(
            funder,
            self.escrow.address,
            asked.bounty,
            way,
            is_for_coin=DATASETS.get(asked.dataset) == "coin",
        )
        if flaw == "late":
            refusal = "escrow: order expired"
        elif flaw:
            refusal = "escrow: wrong signature"
        elif permit[1] and asked.dataset == UNKNOWN:
            refusal = "escrow: no such dataset"
        elif permit[1] and permitted < asked.bounty:
            refusal = "escrow: permit refused"
        else:
            refusal = self.bad_terms(funder.address, request, asked)
            refusal = refusal or self.bad_money(asked, max(allowed, permitted))
        sent = (*words, signature, *permit)
        answer = self.act(self.escrow, STRANGER.address, "fund_with_order", *sent, refusal=refusal)
        if not answer.refusal:
            self.open(funder.address, request, asked)

    def signature(self, flaw, funder, words):
        chain_id = self.chain_id + (flaw == "chain")
        domain = signing.separator("Odometer CampaignEscrow", chain_id, self.escrow.address)
        if flaw == "recipient":
            words = (words[0], address(99), *words[2:])
        owner = STRANGER if flaw == "key" else funder
        raw = owner.sign(signing.digest(domain, "Fund", *words))
        return signing.high_s(raw) if flaw == "second form" else raw

    def pick(self, place):
        """Return the key of a campaign: mostly of an open one."""
        known = sorted(self.campaigns)
        opened = [key for key in known if self.campaigns[key].state == OPEN]
        pool = opened if opened and place < 16 else known
        return pool[place % len(pool)]

    def sender(self, who, funder):
        return {"operator": self.operator, "funder": funder}.get(who, who)

    def not_open(self, key) -> str:
        if key not in self.campaigns:
            return "escrow: no such campaign"
        return "" if self.campaigns[key].state == OPEN else "escrow: not open"

    def close(self, key, state):
        self.campaigns[key] = self.campaigns[key]._replace(state=state)

    @rule(
        place=picks,
        which=picks,
        who=st.sampled_from(["operator"] * 5 + ["funder"] * 5 + [STRANGER.address, *OPERATORS]),
    )
    @precondition(lambda self: self.opened())
    def settle(self, place, which, who):
        key = self.pick(place)
        funder, request = key
        held, sender = self.campaigns[key], self.sender(who, funder)
        own = [name for name, one in self.releases.items() if one.dataset == held.dataset]
        names = own if which < 16 else list(self.releases)
        release = names[which % len(names)]
        sold = self.releases[release]
        refusal = ""
        if sender not in {funder, self.operator}:
            refusal = "escrow: not the operator"
        refusal = refusal or self.not_open(key) or self.bad_release(held, sold)
        sent = (self.escrow, sender, "settle", funder, request, release)
        if not self.act(*sent, refusal=refusal).refusal:
            self.close(key, SETTLED)
            sold.licensed.add(held.recipient)
            book = self.books[held.coin]
            book.move(self.escrow.address, self.market.address, sold.price)
            book.move(self.escrow.address, funder, held.bounty - sold.price)

    def bad_release(self, held, sold) -> str:
        book = self.books[held.coin]
        reasons = {
            "escrow: past the deadline": self.now > held.deadline,
            "escrow: another dataset": sold.dataset != held.dataset,
            "escrow: too few contributors": sold.total < held.threshold,
            "escrow: price above bounty": sold.price > held.bounty,
            "escrow: not approved": not book.is_honest,
            "market: halted": self.is_halted,
            "market: already licensed": held.recipient in sold.licensed,
            "market: token took a fee": book.fee_of(sold.price),
        }
        return next((reason for reason, is_so in reasons.items() if is_so), "")

    @rule(place=picks, who=st.sampled_from(["operator", "funder", STRANGER.address, *OPERATORS]))
    @precondition(lambda self: self.opened())
    def refund(self, place, who):
        self.give_back(self.pick(place), who)

    @rule(place=picks, early=st.sampled_from([0, 0, 0, 1]))
    @precondition(lambda self: self.opened())
    def refund_at_the_deadline(self, place, early):
        key = self.pick(place)
        self.travel(self.campaigns[key].deadline - self.now + 1 - early)
        self.give_back(key, STRANGER.address)

    @rule(funder=funders, request=requests)
    def refund_any(self, funder, request):
        self.give_back((funder.address, request), STRANGER.address)

    def give_back(self, key, who):
        sender = self.sender(who, key[0])
        refusal = self.not_open(key)
        if not refusal:
            held = self.campaigns[key]
            if self.now <= held.deadline and sender != self.operator:
                refusal = "escrow: before the deadline"
            elif not self.books[held.coin].is_honest:
                refusal = "escrow: not paid out"
        if not self.act(self.escrow, sender, "refund", *key, refusal=refusal).refusal:
            self.close(key, REFUNDED)
            self.books[held.coin].move(self.escrow.address, key[0], held.bounty)

    @rule(which=picks, recipient=st.integers(1, 7).map(address))
    def somebody_buys(self, which, recipient):
        release = list(self.releases)[which % len(self.releases)]
        sold = self.releases[release]
        book = self.books[DATASETS[sold.dataset]]
        is_odd = not book.is_honest or book.fee_of(sold.price)
        if self.is_halted or is_odd or recipient in sold.licensed:
            return
        # Outside the escrow a call back is a call like any other, and may well be done.
        self.coins["back"].aim(NOBODY, b"")
        call(book.coin, STRANGER.address, "approve", self.market.address, sold.price)
        sent = (release, sold.price, recipient)
        self.act(self.market, STRANGER.address, "buy", *sent, refusal="")
        sold.licensed.add(recipient)
        book.move(STRANGER.address, self.market.address, sold.price)

    @rule(place=picks, name=st.sampled_from(["refund", "settle"]))
    @precondition(lambda self: self.campaigns)
    def aim(self, place, name):
        """Let the token that calls back try to end another campaign on the way."""
        key = self.pick(place)
        dataset = self.campaigns[key].dataset
        release = next(name for name, one in self.releases.items() if one.dataset == dataset)
        call_back = {
            "refund": lambda: self.escrow.refund.prepare_calldata(*key),
            "settle": lambda: self.escrow.settle.prepare_calldata(*key, release),
        }[name]
        self.coins["back"].aim(self.escrow.address, call_back())

    @rule(place=picks)
    @precondition(lambda self: len(self.opened()) > 1)
    def refund_with_a_call_back(self, place):
        """Let the token that calls back try to refund another campaign, too, that is due."""
        opened = self.opened()
        backs = [key for key, held in opened.items() if held.coin == "back"]
        if not backs:
            return
        key = backs[place % len(backs)]
        other = [one for one in opened if one != key][place % (len(opened) - 1)]
        data = self.escrow.refund.prepare_calldata(*other)
        self.coins["back"].aim(self.escrow.address, data)
        self.travel(max(opened[key].deadline, opened[other].deadline) - self.now + 1)
        self.give_back(key, STRANGER.address)

    @rule(event=events)
    def let_happen(self, event):
        name, *facts = event
        getattr(self, name)(*facts)

    def check(self):
        for name, book in self.books.items():
            book.check()
            opened = sum(held.bounty for held in self.opened().values() if held.coin == name)
            assert book.balance(self.escrow.address) == opened
            pair = (self.escrow.address, self.market.address)
            assert name == "back" or book.coin.allowance(*pair) == 0
        assert self.coins["back"].successes() == 0
        for key, held in self.campaigns.items():
            assert self.escrow.campaign_of(*key) == (
                *(held.dataset, held.recipient, self.coins[held.coin].address),
                *held[2:6],
            )
        self.check_exits()

    def opened(self):
        return {key: held for key, held in self.campaigns.items() if held.state == OPEN}

    def check_exits(self):
        """Let a stranger send home what is past its deadline, and later all the rest."""
        opened = self.opened()
        with boa.env.anchor():
            self.coins["false"].set_honest(True)
            late = [key for key, held in opened.items() if held.deadline < self.now]
            for key in late:
                assert call(self.escrow, STRANGER.address, "refund", *key).refusal == ""
            boa.env.time_travel(seconds=LONGEST + 1)
            for key in opened.keys() - set(late):
                assert call(self.escrow, STRANGER.address, "refund", *key).refusal == ""
            for name, book in self.books.items():
                assert book.balance(self.escrow.address) == 0
                own = [held for held in opened.items() if held[1].coin == name]
                for funder in FUNDERS:
                    bounties = [held.bounty for key, held in own if key[0] == funder.address]
                    back = sum(bounty - book.fee_of(bounty) for bounty in bounties)
                    before = book.units[funder.address]
                    assert book.balance(funder.address) == before + back


def test_what_lies_in_escrow_is_what_is_open_and_every_bounty_finds_home(takes_steps):
    takes_steps(Campaigns, SHARE)
