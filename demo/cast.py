"""The people of the demo: drivers with their keys, one developer, one admin."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from requests.adapters import HTTPAdapter

import odometer as od
from demo.choices import Choice, choices
from demo.crew import HANDS
from demo.fleets import Fleet, FleetDriver
from odometer.consenting import Consent
from odometer.http import transport
from odometer.uploading import Upload
from protocol import vault

PATIENCE: Final = od.Patience(tries=60)
"""A killed process is started again within seconds; the demo waits for it."""

COUNTRY: Final = "NO"


@dataclass
class Member:
    """One driver of the demo. `driver` and what follows are filled in as the demo goes on."""

    handle: str
    passphrase: str
    held: FleetDriver
    choice: Choice
    session: od.Session
    account: od.Driver | None = None
    upload: Upload | None = None
    offer_id: str = ""
    consent: Consent | None = None

    @property
    def driver(self) -> od.Driver:
        """The signed-in driver."""
        if self.account is None:
            raise LookupError(f"{self.handle} has not enrolled")
        return self.account


@dataclass
class Cast:
    """Everybody. batch: how many demos ran on this stack before, plus one."""

    url: str
    batch: int
    passphrase: str
    developer: od.Client
    developer_handle: str
    developer_password: str
    admin: od.Admin
    wallet: od.Wallet
    chain: od.Chain
    members: Sequence[Member]


def gather(url: str, var: Path, fleet: Fleet, seed: int) -> Cast:
    """Sign the developer up and the admin in, and name the drivers; none has enrolled yet."""
    password, passphrase = _phrase(), _phrase()
    batch, developer = _sign_up(url, password)
    handle = f"demo-developer-{batch}"
    admin = od.Admin.sign_in(_session(url), "admin", _read(var / "keys" / "admin_password"))
    chain = developer.chain
    shared = transport(HANDS + 2)
    members = [
        Member(_handle(batch, number), passphrase, held, choice, _session(url, shared))
        for number, (held, choice) in enumerate(
            zip(fleet.drivers, choices(len(fleet.drivers), seed), strict=True), start=1
        )
    ]
    return Cast(
        url=url,
        batch=batch,
        passphrase=passphrase,
        developer=developer,
        developer_handle=handle,
        developer_password=password,
        admin=admin,
        wallet=od.Wallet.demo(),
        chain=chain,
        members=members,
    )


def _sign_up(url: str, password: str) -> tuple[int, od.Client]:
    """Open the first developer account whose handle is free; its number names the batch."""
    batch = 1
    while True:
        session = _session(url)
        name = f"Demo Mobility Research {batch}"
        try:
            client = od.Client.sign_up(
                session, f"demo-developer-{batch}", password, name=name, country=COUNTRY
            )
        except od.Conflict:
            batch += 1
        else:
            return batch, client


def _handle(batch: int, number: int) -> str:
    return f"demo-{number:03d}" if batch == 1 else f"demo-{batch}-{number:03d}"


def _session(url: str, shared: HTTPAdapter | None = None) -> od.Session:
    return od.Session(url, patience=PATIENCE, shared=shared)


def _phrase() -> str:
    """Return four random words, easy to type."""
    return "-".join(vault.words_of(secrets.token_bytes(vault.SEED_BYTES))[:6])


def _read(file: Path) -> str:
    return file.read_text(encoding="utf-8").strip()
