from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from protocol import plain_text
from protocol.errors import ProtocolError
from registry.domain import ethereum_messages
from registry.domain.ethereum_messages import Expected, SignInMessage
from registry.errors import MessageExpired, MessageMalformed, MessageNotOurs

HEAD = " wants you to sign in with your Ethereum account:\n"
ADDRESS = "0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2"
TAIL = "Version: 1\nChain ID: 1\nNonce: 32891757\nIssued At: 2021-09-30T16:25:24.000Z"
AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
LASTS = timedelta(minutes=10)

MESSAGE = SignInMessage(
    domain="odometer.example",
    address=ADDRESS,
    statement="Sign in to Odometer.",
    uri="https://odometer.example/sign-in",
    chain_id=31337,
    nonce="8f2c0d1e" * 4,
    issued_at="2026-11-22T12:00:00Z",
    expiration_time="2026-11-22T12:10:00Z",
)
EXPECTED = Expected(
    scheme="https",
    domain="odometer.example",
    uri="https://odometer.example/sign-in",
    chain_id=31337,
    statement="Sign in to Odometer.",
    address=ADDRESS,
    nonce="8f2c0d1e" * 4,
)


def _text(domain="service.org", statement="I accept: https://service.org/tos\n", tail=TAIL):
    uri = "URI: https://service.org/login\n"
    return f"{domain}{HEAD}{ADDRESS}\n\n{statement}\n{uri}{tail}"


# What the standard's authors publish as to be read and to be refused, in short.
@pytest.mark.parametrize(
    "text",
    [
        _text(),
        _text(statement=""),
        _text(domain="127.0.0.1"),
        _text(domain="test@127.0.0.1:8080"),
        _text(domain="[::1]:8420"),
        _text(domain="https://example.com:3388"),
        _text(tail=TAIL.replace(".000Z", "Z")),
        _text(tail=TAIL.replace("Z", "+08:00")),
        _text(tail=f"{TAIL}\nResources:"),
        _text(tail=f"{TAIL}\nRequest ID: "),
        _text(
            tail=f"{TAIL}\nExpiration Time: 2023-03-17T12:45:13.610Z\n"
            "Not Before: 2022-03-17T12:45:13.610Z\nRequest ID: some_id\nResources:\n"
            "- ipfs://Qme7ss3ARVgxv6rXqVPiikMJ8u2NLgmgszg13pYrDKEoiu\n"
            "- https://example.com/my-web2-claim.json"
        ),
    ],
)
def test_it_reads_and_writes_back(text):
    assert ethereum_messages.parse(text).text() == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        _text() + "\n",
        _text().replace("\n", "\r\n"),
        _text(domain=""),
        _text(domain="not_a_name"),
        _text(domain="ftp:/example.com"),
        _text().replace(ADDRESS, ""),
        _text().replace(ADDRESS, ADDRESS.lower()),
        _text().replace(ADDRESS, ADDRESS[:-1]),
        _text().replace("0xC", "0XC"),
        _text(statement="\n"),
        _text(statement="one line\nand another\n"),
        _text(statement='what "quotes" are\n'),
        _text(statement="ümlaut\n"),
        _text().replace("URI: https://service.org/login\n", ""),
        _text().replace("https://service.org/login", "_not_a_uri_"),
        _text(tail=TAIL.replace("Version: 1", "Version: 2")),
        _text(tail=TAIL.replace("Version: 1\n", "")),
        _text(tail=TAIL.replace("Chain ID: 1", "Chain ID: ?")),
        _text(tail=TAIL.replace("Chain ID: 1", "Chain ID: 01")),
        _text(tail=TAIL.replace("Chain ID: 1\n", "")),
        _text(tail=TAIL.replace("32891757", "3289175")),
        _text(tail=TAIL.replace("32891757", "3289175-")),
        _text(tail=TAIL.replace("32891757", "3289175\u0661")),
        _text(tail=TAIL.replace("\nIssued At: 2021-09-30T16:25:24.000Z", "")),
        _text(tail=TAIL.replace("2021-09-30T16:25:24.000Z", "Wed Oct 05 2011 16:48:00 GMT")),
        _text(tail=TAIL.replace("09-30", "02-30")),
        _text(tail=TAIL.replace("T16", " 16")),
        _text(tail=f"{TAIL}\nNot Before: {TAIL[-24:]}\nExpiration Time: {TAIL[-24:]}"),
        _text(tail=f"{TAIL}\nResources:\n- https://a.org/b - https://a.org/c"),
        _text(tail=f"{TAIL}\nResources:\n- _not_a_uri_\n- https://a.org/c"),
        _text(tail=f"{TAIL}\nResources:\n- https://a.org/c\nRequest ID: some_id"),
        _text(tail=f"{TAIL}\nUnknown: field"),
        _text(statement="x" * 2_000 + "\n"),
    ],
)
def test_it_refuses_everything_else(text):
    with pytest.raises(MessageMalformed):
        ethereum_messages.parse(text)


# A message of the standard's authors with the signature they give for it.
SIGNED = SignInMessage(
    domain="login.xyz",
    address="0x9D85ca56217D2bb651b00f15e694EB7E713637D4",
    statement="Sign-In With Ethereum Example Statement",
    uri="https://login.xyz",
    chain_id=1,
    nonce="bTyXgcQxn2htgkjJn",
    issued_at="2022-01-27T17:09:38.578Z",
    expiration_time="2100-01-07T14:31:43.952Z",
)
SIGNATURE = (
    "0xdc35c7f8ba2720df052e0092556456127f00f7707eaa8e3bbff7e56774e7f2e0"
    "5a093cfc9e02964c33d86e8e066e221b7d153d27e5a2e97ccd5ca7d3f2ce06cb1b"
)


def test_it_writes_what_other_programs_sign():
    assert plain_text.recover(SIGNED.text(), SIGNATURE) == SIGNED.address


@pytest.mark.parametrize("signature", [SIGNATURE[:-2] + "00", SIGNATURE[:-4] + "1b", "0x"])
def test_a_signature_has_one_form(signature):
    with pytest.raises(ProtocolError):
        plain_text.recover(SIGNED.text(), signature)


TIMES = st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30)).map(  # noqa: DTZ001 - written as UTC
    lambda at: f"{at.isoformat()}Z"
)
URIS = st.sampled_from(
    ["https://a.example", "ipfs://Qme7ss3A/x?y=%20#z", "urn:uuid:1-2", "a:/b/c", "did:"]
)
MESSAGES = st.builds(
    SignInMessage,
    domain=st.sampled_from(["a.example", "127.0.0.1:1", "me@a-b.c", "[::1]"]),
    address=st.just(ADDRESS),
    uri=URIS,
    chain_id=st.integers(1, 10**17),
    nonce=st.from_regex(r"[A-Za-z0-9]{8,96}", fullmatch=True),
    issued_at=TIMES,
    scheme=st.none() | st.sampled_from(["https", "a+b-c.d"]),
    statement=st.none() | st.text("abzAZ019-._~:/?#[]@!$&'()*+,;= ", min_size=1, max_size=80),
    expiration_time=st.none() | TIMES,
    not_before=st.none() | TIMES,
    request_id=st.none() | st.from_regex(r"(?:[a-z0-9.:@]|%4[0-9])*", fullmatch=True),
    resources=st.none() | st.lists(URIS, max_size=3).map(tuple),
)


@given(MESSAGES)
def test_what_is_written_is_read_as_the_same(message):
    assert ethereum_messages.parse(ethereum_messages.written(message)) == message


@given(MESSAGES, st.data())
def test_a_changed_character_is_refused_or_changes_the_meaning(message, data):
    text = message.text()
    place = data.draw(st.integers(0, len(text) - 1))
    put = data.draw(st.sampled_from(["", "\n", " ", "A", "0", "9", ":", "\u0130", "\r"]))
    changed = text[:place] + put + text[place + data.draw(st.integers(0, 1)) :]
    assume(changed != text)
    try:
        said = ethereum_messages.parse(changed)
    except MessageMalformed:
        return
    assert said != message
    assert said.text() == changed


@given(MESSAGES, TIMES)
def test_no_message_breaks_the_check(message, issued_at):
    with pytest.raises((MessageNotOurs, MessageExpired)):
        ethereum_messages.check(
            replace(message, chain_id=31337, nonce=EXPECTED.nonce), EXPECTED, lasts=LASTS, at=AT
        )
    timed = replace(MESSAGE, issued_at=issued_at, not_before=message.not_before)
    try:
        ethereum_messages.check(timed, EXPECTED, lasts=LASTS, at=AT)
    except MessageExpired:
        return


def test_what_was_asked_for_passes():
    ethereum_messages.check(MESSAGE, EXPECTED, lasts=LASTS, at=AT)
    explicit = replace(MESSAGE, scheme="https")
    ethereum_messages.check(explicit, EXPECTED, lasts=LASTS, at=AT)


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("scheme", "http"),
        ("domain", "odometer.example:444"),
        ("domain", "me@odometer.example"),
        ("uri", "https://odometer.example/settings"),
        ("chain_id", 1),
        ("statement", None),
        ("statement", "Sign in to Odometer"),
        ("address", SIGNED.address),
        ("nonce", "0" * 32),
        ("request_id", ""),
        ("resources", ()),
    ],
)
def test_it_names_the_part_that_differs(part, value):
    with pytest.raises(MessageNotOurs) as caught:
        ethereum_messages.check(replace(MESSAGE, **{part: value}), EXPECTED, lasts=LASTS, at=AT)
    assert caught.value.facts == {"part": part}


@pytest.mark.parametrize(
    ("changes", "at"),
    [
        ({}, AT - timedelta(seconds=61)),
        ({}, AT + LASTS + timedelta(seconds=60)),
        ({"expiration_time": None}, AT + LASTS + timedelta(seconds=60)),
        ({"expiration_time": "2026-11-22T11:59:00Z"}, AT),
        ({"not_before": "2026-11-22T12:05:00Z"}, AT),
        ({"issued_at": "2026-11-22T12:00:00+08:00"}, AT),
        ({"issued_at": "9999-12-31T23:59:59Z"}, AT),
        ({"issued_at": "0001-01-01T00:00:00Z"}, AT),
    ],
)
def test_its_time_must_be_now(changes, at):
    with pytest.raises(MessageExpired):
        ethereum_messages.check(replace(MESSAGE, **changes), EXPECTED, lasts=LASTS, at=at)


def test_it_writes_nothing_that_would_be_read_as_something_else():
    with pytest.raises(MessageMalformed):
        ethereum_messages.written(replace(MESSAGE, statement="two\nlines"))
    with pytest.raises(MessageMalformed):
        ethereum_messages.written(replace(MESSAGE, nonce="short"))
