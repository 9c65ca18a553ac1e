"""Write and read sign-in messages (ERC-4361) by one strict grammar; hold them to what we asked.

Stricter than the standard where it leaves a choice that nobody needs: the domain is a DNS name or
an IP address, an empty statement and leading zeros are refused, addresses carry their checksum. So
every text that is read is written back byte for byte, and no two texts mean the same.
"""

import re
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any, Final

from protocol import typed_data
from registry.errors import MessageExpired, MessageMalformed, MessageNotOurs

MOST_CHARACTERS: Final = 2_000
SKEW: Final = timedelta(seconds=60)
"""How far the clock of whoever wrote the message may differ from ours."""

_FREE = r"A-Za-z0-9\-._~"  # unreserved of RFC 3986
_SUB = r"!$&'()*+,;="  # sub-delims
_PERCENT = r"%[0-9A-Fa-f]{2}"
_PCHAR = rf"(?:[{_FREE}{_SUB}:@]|{_PERCENT})"
_SCHEME = r"[A-Za-z][A-Za-z0-9+\-.]*"
_USER = rf"(?:(?:[{_FREE}{_SUB}:]|{_PERCENT})+@)?"
_IP_6 = r"\[[0-9A-Fa-f:.]{2,45}\]"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9\-]{0,61}[A-Za-z0-9])?"
_DOMAIN = rf"{_USER}(?:{_LABEL}(?:\.{_LABEL})*\.?|{_IP_6})(?::[0-9]{{1,5}})?"
_AUTHORITY = rf"{_USER}(?:(?:[{_FREE}{_SUB}]|{_PERCENT})*|{_IP_6})(?::[0-9]*)?"
_TAIL = rf"(?:{_PCHAR}|[/?])*"
_PATH = rf"(?:/{_PCHAR}*)*"
_URI = (
    rf"{_SCHEME}:(?://{_AUTHORITY}{_PATH}|/(?:{_PCHAR}+{_PATH})?|{_PCHAR}+{_PATH}|)"
    rf"(?:\?{_TAIL})?(?:\#{_TAIL})?"
)
_TIME = (
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?"
    r"(?:Z|[+\-][0-9]{2}:[0-9]{2})"
)
_GRAMMAR: Final = re.compile(
    rf"(?:(?P<scheme>{_SCHEME})://)?(?P<domain>{_DOMAIN})"
    r" wants you to sign in with your Ethereum account:\n"
    r"(?P<address>0x[0-9A-Fa-f]{40})\n\n"
    rf"(?:(?P<statement>[{_FREE}{_SUB}:/?\#\[\]@ ]+)\n)?\n"
    rf"URI: (?P<uri>{_URI})\n"
    r"Version: 1\n"
    r"Chain ID: (?P<chain_id>[1-9][0-9]{0,17})\n"
    r"Nonce: (?P<nonce>[A-Za-z0-9]{8,96})\n"
    rf"Issued At: (?P<issued_at>{_TIME})"
    rf"(?:\nExpiration Time: (?P<expiration_time>{_TIME}))?"
    rf"(?:\nNot Before: (?P<not_before>{_TIME}))?"
    rf"(?:\nRequest ID: (?P<request_id>{_PCHAR}*))?"
    rf"(?:\nResources:(?P<resources>(?:\n- {_URI})*))?"
)


@dataclass(frozen=True)
class SignInMessage:
    """What a wallet is asked to sign. Instants are kept as written, with their offset."""

    domain: str
    address: str
    uri: str
    chain_id: int
    nonce: str
    issued_at: str
    scheme: str | None = None
    statement: str | None = None
    expiration_time: str | None = None
    not_before: str | None = None
    request_id: str | None = None
    resources: tuple[str, ...] | None = None

    def text(self) -> str:
        """Return the text that the wallet shows and signs."""
        return "\n".join([*self._head(), *self._body(), *self._tail()])

    def _head(self) -> list[str]:
        scheme = "" if self.scheme is None else f"{self.scheme}://"
        head = f"{scheme}{self.domain} wants you to sign in with your Ethereum account:"
        statement = [] if self.statement is None else [self.statement]
        return [head, self.address, "", *statement, ""]

    def _body(self) -> list[str]:
        return [
            f"URI: {self.uri}",
            "Version: 1",
            f"Chain ID: {self.chain_id}",
            f"Nonce: {self.nonce}",
            f"Issued At: {self.issued_at}",
        ]

    def _tail(self) -> list[str]:
        named = {
            "Expiration Time": self.expiration_time,
            "Not Before": self.not_before,
            "Request ID": self.request_id,
        }
        lines = [f"{name}: {value}" for name, value in named.items() if value is not None]
        if self.resources is None:
            return lines
        return [*lines, "Resources:", *(f"- {uri}" for uri in self.resources)]


@dataclass(frozen=True)
class Expected:
    """What a message must say to be the one that we asked for. scheme: of our own origin."""

    scheme: str
    domain: str
    uri: str
    chain_id: int
    statement: str
    address: str
    nonce: str


def parse(text: str) -> SignInMessage:
    """Return what the text says. Raises MessageMalformed unless it is in the grammar, whole."""
    found = _GRAMMAR.fullmatch(text) if len(text) <= MOST_CHARACTERS else None
    if found is None:
        raise MessageMalformed
    said: dict[str, Any] = found.groupdict()
    if not typed_data.is_address(said["address"]):
        raise MessageMalformed
    for name in ("issued_at", "expiration_time", "not_before"):
        if said[name] is not None:
            instant(said[name])
    if said["resources"] is not None:
        said["resources"] = tuple(said["resources"].split("\n- ")[1:])
    return SignInMessage(**{**said, "chain_id": int(said["chain_id"])})


def written(message: SignInMessage) -> str:
    """Return the message's text. Raises MessageMalformed when it would not be read as this one."""
    if parse(message.text()) != message:
        raise MessageMalformed
    return message.text()


def check(message: SignInMessage, expected: Expected, *, lasts: timedelta, at: datetime) -> None:
    """Hold a message to what we asked for, at this instant.

    lasts: how long it may be used after it was issued, whatever it says itself.

    Raises MessageNotOurs, which names the part that differs, and MessageExpired.
    """
    for field in fields(expected):
        said = getattr(message, field.name)
        is_left_out = field.name == "scheme" and said is None
        if said != getattr(expected, field.name) and not is_left_out:
            raise MessageNotOurs(part=field.name)
    for name in ("request_id", "resources"):
        if getattr(message, name) is not None:
            raise MessageNotOurs(part=name)
    if not (_begins(message) <= at + SKEW and at - SKEW < _ends(message, lasts)):
        raise MessageExpired


def instant(text: str) -> datetime:
    """Return the instant that an RFC 3339 text names. Raises MessageMalformed for 30 February."""
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise MessageMalformed from error


def _begins(message: SignInMessage) -> datetime:
    issued_at = instant(message.issued_at)
    return max(issued_at, instant(message.not_before)) if message.not_before else issued_at


def _ends(message: SignInMessage, lasts: timedelta) -> datetime:
    latest = instant(message.issued_at) + lasts
    said = message.expiration_time
    return min(latest, instant(said)) if said else latest
