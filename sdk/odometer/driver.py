"""A driver's side: enrol, sign in, and everything that needs the driver's own keys."""

import base64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from nacl.public import PrivateKey, SealedBox

from odometer import consenting, earning, exporting, leaving, uploading, vaults
from odometer.chain import Chain
from odometer.errors import Conflict, NotAllowed
from odometer.http import Session
from protocol import vault


@dataclass(frozen=True)
class Vehicle:
    """One registered vehicle."""

    id: str
    brand: str
    model: str
    year: int | None
    powertrain: str
    state: str

    @classmethod
    def of(cls, body: dict[str, Any]) -> "Vehicle":
        """Return the vehicle of an API body."""
        return cls(**{name: body.get(name) for name in cls.__dataclass_fields__})  # type: ignore[arg-type]


class Driver:
    """A signed-in driver with an open vault. The seed stays in this object."""

    def __init__(self, session: Session, seed: bytes, account: str, chain: Chain | None) -> None:
        self.session = session
        self.id = account
        self._seed = seed
        self._chain = chain
        self._consent_keys: dict[str, consenting.ConsentKey] = {}

    @classmethod
    def enrol(
        cls, session: Session | str, handle: str, passphrase: str, *, chain: Chain | None = None
    ) -> "Driver":
        """Return a new driver: keys are made here, the server gets what it cannot open.

        Raises InvalidInput or Conflict(handle_taken).
        """
        session = session if isinstance(session, Session) else Session(session)
        new = vault.create(passphrase)
        body = {
            "handle": handle,
            "sign_in_proof": new.sign_in_proof.hex(),
            "vault": new.vault,
            "public_key": vault.box_public_key(new.seed).hex(),
            "language": "en",
        }
        try:
            account = session.post("/drivers", body)
        except Conflict as refusal:
            # A lost answer looks like a taken handle; then our own passphrase opens its vault.
            try:
                return cls.sign_in(session, handle, passphrase, chain=chain)
            except NotAllowed:
                raise refusal from None
        return cls(session, new.seed, account["id"], chain)

    @classmethod
    def sign_in(
        cls, session: Session | str, handle: str, passphrase: str, *, chain: Chain | None = None
    ) -> "Driver":
        """Return the driver of a handle, the vault opened here.

        Raises NotAllowed for a wrong passphrase and ProtocolError(weak_kdf) when the server asks
        for cheaper key derivation than the floors allow.
        """
        session = session if isinstance(session, Session) else Session(session)
        parameters = session.get("/vault-parameters", handle=handle)
        opened = vault.prove(passphrase, parameters["kdf"])
        session.post("/sessions", {"handle": handle, "sign_in_proof": opened.sign_in_proof.hex()})
        kept = vaults.seen(session)
        seed = vault.open_vault(kept.body["vault"], opened.seal_key)
        vaults.strengthen(session, seed, passphrase, kept)
        return cls(session, seed, session.get("/drivers/me")["id"], chain)

    @classmethod
    def recover(
        cls, session: Session | str, handle: str, words: str | Sequence[str], new_passphrase: str
    ) -> "Driver":
        """Return the driver of a handle, back with the 24 recovery words and a new passphrase.

        Keys, consents and earnings stay; every other session ends. The words are not sent.
        `vaults.recover` says what it raises.
        """
        session = session if isinstance(session, Session) else Session(session)
        seed = vaults.recover(session, handle, words, new_passphrase)
        return cls(session, seed, vaults.check_owner(session, seed), None)

    @cached_property
    def chain(self) -> Chain:
        """The contracts of this marketplace."""
        return self._chain or Chain.of(self.session)

    @property
    def recovery_words(self) -> list[str]:
        """The 24 words that bring everything back. Write them down; nobody else has them."""
        return vault.words_of(self._seed)

    def change_passphrase(self, new_passphrase: str) -> None:
        """Lock the vault under another passphrase; every other session of this driver ends.

        Raises Conflict when another device changed it since: sign in with that one's passphrase.
        """
        handle = self.session.get("/drivers/me")["handle"]
        vaults.change(self.session, handle, self._seed, new_passphrase)

    def devices(self) -> Iterator[dict[str, Any]]:
        """Yield where this driver is signed in: kind of browser, since when, last seen on."""
        return self.session.every("/sessions")

    def sign_out_everywhere(self) -> None:
        """End every session of this driver at once, this one too."""
        self.session.delete("/sessions")

    # --- vehicles and uploads ----------------------------------------------------------

    def add_vehicle(
        self,
        *,
        brand: str,
        model: str,
        powertrain: str,
        year: int | None = None,
        is_simulated: bool = False,
    ) -> Vehicle:
        """Register a vehicle. powertrain: such as `bev`; is_simulated: it does not exist."""
        body = {"brand": brand, "model": model, "year": year, "powertrain": powertrain}
        return Vehicle.of(self.session.post("/vehicles", {**body, "is_simulated": is_simulated}))

    def vehicles(self) -> Iterator[Vehicle]:
        """Yield the driver's vehicles."""
        return (Vehicle.of(body) for body in self.session.every("/vehicles"))

    def upload(self, content: uploading.Content, vehicle: Vehicle | str) -> uploading.Upload:
        """Seal a file here and hand in the ciphertext; a path or an open file is never held whole.

        Raises Untrusted(builder_key_mismatch) before anything is sealed for a false builder.
        """
        return uploading.send(
            self.session,
            content,
            self.id,
            vehicle_id=_id_of(vehicle),
            builder=uploading.Builder.of(self.session, self.chain),
            own_public_key=vault.box_public_key(self._seed),
        )

    def uploads(self) -> Iterator[uploading.Upload]:
        """Yield the driver's uploads."""
        return (uploading.Upload(self.session, body) for body in self.session.every("/uploads"))

    def open_upload(self, upload_id: str) -> bytes:
        """Fetch an own upload and open it here. Raises NotFound once its keys are destroyed."""
        return uploading.open_own(self.session, upload_id, self.id, vault.box_key(self._seed))

    def open_in_pieces(self, upload_id: str) -> Iterator[bytes]:
        """Fetch an own upload and open it here, chunk by chunk; it is whole when the last came."""
        return uploading.opened(self.session, upload_id, self.id, vault.box_key(self._seed))

    def open_report(self, upload_id: str) -> bytes | None:
        """Return the builder's report on an upload, or None while there is none."""
        quality = self.session.get(f"/uploads/{upload_id}").get("quality") or {}
        sealed = quality.get("report_sealed")
        box = SealedBox(PrivateKey(vault.box_key(self._seed)))
        return box.decrypt(base64.b64decode(sealed)) if sealed else None

    # --- consent -----------------------------------------------------------------------

    def offers(self, state: str = "open") -> Iterator[consenting.Offer]:
        """Yield the offers made to this driver."""
        return (consenting.Offer.of(body) for body in self.session.every("/offers", state=state))

    def offer(self, offer_id: str) -> consenting.Offer:
        """Return one offer, with this driver's answer in its body."""
        return consenting.Offer.of(self.session.get(f"/offers/{offer_id}"))

    def consent_address(self, dataset_id: str) -> str:
        """Return the address under which this driver is known in one dataset, and only there."""
        return self._consent_key(dataset_id).address

    def grant(
        self, offer: consenting.Offer, signal_groups: Sequence[str] | None = None
    ) -> consenting.Consent:
        """Grant an offer: sign the grant, and the revocation that is kept for later.

        signal_groups: what is granted; the needed ones when not given.
        Raises Untrusted when the terms are not those of the offer.
        """
        key = self._consent_key(offer.dataset_id)
        groups = sorted(offer.needed if signal_groups is None else signal_groups)
        return consenting.grant(self.session, self.chain, offer, groups, key)

    def decline(self, offer: consenting.Offer) -> None:
        """Decline an offer; nothing goes to the chain."""
        self.session.post(f"/offers/{offer.id}/decline")

    def consents(self) -> Iterator[consenting.Consent]:
        """Yield what this driver has granted, revoked or let expire."""
        return (consenting.Consent.of(body) for body in self.session.every("/consents"))

    def revoke(self, consent: consenting.Consent) -> consenting.Consent:
        """Revoke with the kept signature; where none was kept, sign one now."""
        path = f"/consents/{consent.id}/revocation"
        try:
            body = self.session.post(path)
        except Conflict as refusal:
            if refusal.code != "revocation_missing":
                raise
            key = self._consent_key(str(consent.body["dataset_id"]))
            body = self.session.post(path, consenting.revocation(self.chain, key))
        return consenting.Consent.of({**consent.body, **body})

    def renew(
        self, consent: consenting.Consent, until: datetime | None = None
    ) -> consenting.Consent:
        """Give an active consent another end under the same terms; signed anew, with a new way out.

        until: the new end, with its time zone; as late as possible (12 months) when not given.
        Until the chain has it, the old end counts and `revoke` uses the old kept signature.
        Raises Conflict when it cannot be renewed now, Untrusted when the chain knows other terms.
        """
        key = self._consent_key(str(consent.body["dataset_id"]))
        return consenting.renew(self.session, self.chain, consent, key, until)

    # --- earnings ----------------------------------------------------------------------

    def payouts(self, state: str | None = None) -> Iterator[earning.Payout]:
        """Yield what the releases with this driver's data have earned."""
        return (earning.Payout.of(body) for body in self.session.every("/payouts", state=state))

    @property
    def payout_address(self) -> str:
        """The driver's own address for money, from the same seed."""
        return earning.payout_address(self._seed)

    def claim(self, to: str | None = None) -> list[earning.Claim]:
        """Claim everything claimable. to: any address; the driver's own when not given."""
        due = list(self.payouts("claimable"))
        if not {payout.consent_address for payout in due} <= set(self._consent_keys):
            for consent in self.consents():
                self._consent_key(str(consent.body["dataset_id"]))
        target = to or self.payout_address
        return earning.claim(self.session, self.chain, due, self._consent_keys, target)

    def _consent_key(self, dataset_id: str) -> consenting.ConsentKey:
        """Return the key of a dataset, and remember whose address it is."""
        key = consenting.ConsentKey.of(self._seed, dataset_id)
        self._consent_keys[key.address] = key
        return key

    # --- leaving -----------------------------------------------------------------------

    def export(self, path: Path | str, *, is_sealed: bool = False) -> dict[str, int]:
        """Write everything about this driver into one ZIP, uploads opened here.

        is_sealed: take the files unopened, for a machine that shall not hold plaintext. Returns how
        many facts and files there are. Nothing is saved while anything fails to open.
        """
        key = vault.box_key(self._seed)
        return exporting.export(self.session, Path(path), key, is_sealed=is_sealed)

    def retire(self, vehicle: Vehicle | str) -> Vehicle:
        """Say that a car is sold or returned: no upload of it is used from here on.

        With the last car in use, all consents are revoked.
        """
        return Vehicle.of(leaving.retire(self.session, _id_of(vehicle)))

    def erase_upload(self, upload: uploading.Upload | str) -> leaving.Erasure:
        """Have the keys of one upload destroyed and its bytes dropped."""
        upload_id = upload if isinstance(upload, str) else upload.id
        return leaving.erase_upload(self.session, upload_id)

    def erase_vehicle(self, vehicle: Vehicle | str) -> leaving.Erasure:
        """Retire a car and have every upload of it erased."""
        return leaving.erase(self.session, {"vehicle_id": _id_of(vehicle)})

    def erase_everything(self) -> leaving.Erasure:
        """Have keys destroyed, files unpinned, consents revoked; this account ends."""
        return leaving.erase(self.session, {})


def _id_of(vehicle: Vehicle | str) -> str:
    return vehicle.id if isinstance(vehicle, Vehicle) else vehicle
