"""A driver's vault from a program: another passphrase, the recovery words, a stronger lock."""

import base64
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from odometer.errors import Conflict, NotAllowed, Refusal, Untrusted
from odometer.http import Session
from protocol import recovery, vault
from protocol.errors import ProtocolError


@dataclass(frozen=True)
class Seen:
    """The vault as the server had it, and the tag that a change of it must name."""

    body: dict[str, Any]
    tag: str


def seen(session: Session) -> Seen:
    """Return the locked vault of whoever is signed in."""
    answer = session.send("GET", "/vault")
    return Seen(answer.json(), answer.headers.get("ETag", ""))


def change(session: Session, handle: str, seed: bytes, passphrase: str) -> None:
    """Lock the same seed under another passphrase; every other session of the driver ends.

    Raises Conflict(precondition_failed) when another device changed it since, and
    ProtocolError(wrong_key) should the new vault not open: then nothing was sent.
    """
    before = seen(session)
    new = _made(seed, passphrase)
    try:
        _put(session, before.tag, new)
    except (Conflict, NotAllowed):
        # A lost answer looks like a change from elsewhere: then our own passphrase signs in.
        if not _stands(session, handle, new):
            raise


def strengthen(session: Session, seed: bytes, passphrase: str, before: Seen) -> bool:
    """Lock the vault anew when new ones cost more; nobody is signed out.

    Returns whether it was done. A refusal leaves the old vault in place.
    """
    if not vault.is_outdated(before.body["vault"]["kdf"]):
        return False
    try:
        _put(session, before.tag, _made(seed, passphrase), is_same_passphrase=True)
    except Refusal:
        return False
    return True


def recover(session: Session, handle: str, words: str | Sequence[str], passphrase: str) -> bytes:
    """Return the seed of the words, after the vault was replaced by one under `passphrase`.

    Nothing of the words is sent: the server seals a challenge to the driver's public key, and
    what goes back is a digest bound to this site, this handle and the new vault.

    Raises ProtocolError: bad_words; wrong_key (the words of another account, or no such handle);
    not_a_challenge. Raises NotAllowed(recovery_refused).
    """
    seed, name = vault.seed_of(words), normal(handle)
    new = _made(seed, passphrase)
    begun = session.post("/recoveries", {"handle": name})
    challenge = recovery.open_challenge(base64.b64decode(begun["challenge"]), vault.box_key(seed))
    answer = recovery.Answer(
        origin=recovery.origin_of(session.url),
        handle=name,
        recovery_id=begun["id"],
        vault=new.vault,
        sign_in_proof=new.sign_in_proof.hex(),
    )
    body: dict[str, Any] = {"handle": name, "proof": recovery.prove(challenge, answer).hex()}
    body |= {"vault": new.vault, "sign_in_proof": answer.sign_in_proof}
    try:
        session.post(f"/recoveries/{begun['id']}/answer", body)
    except NotAllowed:
        if not _stands(session, name, new):
            raise
    return seed


def check_owner(session: Session, seed: bytes) -> str:
    """Return the driver's id. Raises Untrusted(key_swapped) when the server shows another key."""
    driver = session.get("/drivers/me")
    if driver["public_key"].removeprefix("0x") != vault.box_public_key(seed).hex():
        raise Untrusted("key_swapped", "the server shows another public key than the vault's own")
    return str(driver["id"])


def normal(handle: str) -> str:
    """Return a handle in its normal form, as the server knows it."""
    return unicodedata.normalize("NFKC", handle).strip().lower()


def _made(seed: bytes, passphrase: str) -> vault.NewVault:
    """Return a new vault over the seed that was really opened once."""
    new = vault.create(passphrase, seed)
    opened = vault.prove(passphrase, new.vault["kdf"])
    if vault.open_vault(new.vault, opened.seal_key) != seed:
        raise ProtocolError("wrong_key", "the new vault does not open")
    return new


def _put(
    session: Session, tag: str, new: vault.NewVault, *, is_same_passphrase: bool = False
) -> None:
    body: dict[str, Any] = {"vault": new.vault, "sign_in_proof": new.sign_in_proof.hex()}
    if is_same_passphrase:
        body["is_same_passphrase"] = True
    session.put("/vault", body, match=tag)


def _stands(session: Session, handle: str, new: vault.NewVault) -> bool:
    """Return whether the server has the new vault, signing in with its own proof if need be."""
    proof = {"handle": handle, "sign_in_proof": new.sign_in_proof.hex()}
    try:
        session.post("/sessions", proof)
    except Refusal:
        return False
    kept: dict[str, Any] = seen(session).body["vault"]
    return bool(kept["kdf"]["salt"] == new.vault["kdf"]["salt"])
