"""Let a driver's own wallet open the account: ask for a signed message, check it, keep it."""

import secrets
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from chain import reading
from protocol import plain_text, typed_data
from protocol.errors import ProtocolError
from registry import devices, limiting
from registry.domain import ethereum_messages
from registry.domain.ethereum_messages import Expected, SignInMessage
from registry.errors import (
    ChallengeUnknown,
    LastRoad,
    TooManyWallets,
    WalletElsewhere,
    WalletNotFound,
    WalletSignatureWrong,
    WalletUnknown,
)
from registry.models import Driver, Wallet, WalletChallenge

LASTS: Final = timedelta(minutes=10)
"""How long a message may be signed; a wallet on another device takes a while."""

MOST_WALLETS: Final = 5
STATEMENTS: Final = {
    WalletChallenge.Purpose.SIGN_IN: (
        "Sign in to Odometer. This opens your account, never your vault."
    ),
    WalletChallenge.Purpose.CONNECT: (
        "Connect this wallet to my Odometer account. From then on it can sign in there."
    ),
}
_PATHS: Final = {
    WalletChallenge.Purpose.SIGN_IN: "/sign-in",
    WalletChallenge.Purpose.CONNECT: "/settings",
}


def challenge(
    *, purpose: str, address: str, driver: Driver | None, asked_from: str, at: datetime
) -> tuple[WalletChallenge, SignInMessage]:
    """Return a number for one use, and the message with it that this wallet is to sign.

    driver: who wants to connect the wallet; None for signing in. asked_from: network address.

    Raises TooManyTries.
    """
    limiting.check_asking(address=asked_from, at=at)
    WalletChallenge.objects.filter(created_at__lt=at - limiting.WINDOW).delete()
    row = WalletChallenge.objects.create(
        nonce=secrets.token_hex(16),
        purpose=purpose,
        driver=driver,
        address=address,
        asked_from=limiting.mark_of(asked_from),
        created_at=at,
    )
    return row, _message(row, at)


def sign_in(*, message: str, signature: str, asked_from: str, at: datetime) -> Wallet:
    """Return the wallet that signed in, with its driver and user.

    Raises MessageMalformed, MessageNotOurs, MessageExpired, ChallengeUnknown,
    WalletSignatureWrong, WalletUnknown, TooManyTries, NodeDown (contract accounts alone).
    """
    said = ethereum_messages.parse(message)
    row = _checked(said, WalletChallenge.Purpose.SIGN_IN, None, at)
    mark = _mark(said.address)
    limiting.check(handle=mark, address=asked_from, at=at)
    digest = plain_text.digest(message)
    if not is_signed_by(address=said.address, digest=digest, signature=signature):
        limiting.note_failure(handle=mark, address=asked_from, at=at)
        raise WalletSignatureWrong(address=said.address)
    _use_up(row)
    wallet = Wallet.objects.filter(address=said.address).select_related("driver__user").first()
    if wallet is None or not wallet.driver.user.is_active:
        raise WalletUnknown(address=said.address)
    Wallet.objects.filter(id=wallet.id).update(last_used_at=at)
    return wallet


def connect(
    *, driver: Driver, message: str, signature: str, asked_from: str, at: datetime
) -> Wallet:
    """Return the wallet that from now on opens this driver's account.

    One that is connected already stays as it is.

    Raises what `sign_in` does, and WalletElsewhere, TooManyWallets (Conflict).
    """
    said = ethereum_messages.parse(message)
    row = _checked(said, WalletChallenge.Purpose.CONNECT, driver, at)
    mark = _mark(said.address)
    limiting.check(handle=mark, address=asked_from, at=at)
    digest = plain_text.digest(message)
    is_key = _is_by_key(said.address, digest, signature)
    if not is_key and not _is_by_contract(said.address, digest, signature):
        limiting.note_failure(handle=mark, address=asked_from, at=at)
        raise WalletSignatureWrong(address=said.address)
    with transaction.atomic():
        _use_up(row)
        return _kept(driver, said.address, is_contract=not is_key, at=at)


@transaction.atomic
def remove(*, driver: Driver, wallet_id: UUID, opened_by: str | None, at: datetime) -> None:
    """Take a wallet away: it opens nothing any more, and every session ends; the door opens one.

    opened_by: address of the wallet that opened the session that asks; None for the passphrase.
    Consents that the wallet signed stay as they are.

    Raises WalletNotFound, LastRoad (Conflict).
    """
    own = Wallet.objects.select_for_update().filter(driver=driver)
    wallet = own.filter(id=wallet_id).first()
    if wallet is None:
        raise WalletNotFound
    if opened_by is not None and not own.exclude(id=wallet.id).exists():
        raise LastRoad
    wallet.delete()
    devices.sign_out_everywhere(user=driver.user, at=at)


def is_signed_by(*, address: str, digest: bytes, signature: str) -> bool:
    """Tell whether an address made this signature of 65 bytes over these 32 bytes.

    A contract account is asked on the chain when it is a connected wallet: never call this inside
    a transaction for one. Raises NodeDown.
    """
    if _is_by_key(address, digest, signature):
        return True
    return is_contract(address) and _is_by_contract(address, digest, signature)


def of(driver: Driver) -> list[Wallet]:
    """Return the driver's wallets, oldest first."""
    return list(Wallet.objects.filter(driver=driver).order_by("created_at"))


def has(driver: Driver, address: str) -> bool:
    """Tell whether this address is one of the driver's wallets."""
    return Wallet.objects.filter(driver=driver, address=address).exists()


def is_contract(address: str) -> bool:
    """Tell whether this address is a connected wallet that only the chain can speak for."""
    return Wallet.objects.filter(address=address, is_contract=True).exists()


def _message(row: WalletChallenge, at: datetime) -> SignInMessage:
    wanted, begun = _expected(row), at.astimezone(UTC).replace(microsecond=0, tzinfo=None)
    return SignInMessage(
        # Without a scheme the standard means https; older wallets know no other form.
        scheme=None if wanted.scheme == "https" else wanted.scheme,
        domain=wanted.domain,
        address=wanted.address,
        statement=wanted.statement,
        uri=wanted.uri,
        chain_id=wanted.chain_id,
        nonce=wanted.nonce,
        issued_at=f"{begun.isoformat()}Z",
        expiration_time=f"{(begun + LASTS).isoformat()}Z",
    )


def _expected(row: WalletChallenge) -> Expected:
    purpose, origin = WalletChallenge.Purpose(row.purpose), urlsplit(settings.WEB_ORIGIN)
    return Expected(
        scheme=origin.scheme,
        domain=origin.netloc,
        uri=settings.WEB_ORIGIN + _PATHS[purpose],
        chain_id=settings.CHAIN_ID,
        statement=STATEMENTS[purpose],
        address=row.address,
        nonce=row.nonce,
    )


def _checked(
    said: SignInMessage, purpose: str, driver: Driver | None, at: datetime
) -> WalletChallenge:
    """Return the challenge that this message answers, when it says exactly what was asked."""
    asked = WalletChallenge.objects.filter(nonce=said.nonce, purpose=purpose, driver=driver)
    row = asked.filter(created_at__gt=at - LASTS).first()
    if row is None:
        raise ChallengeUnknown
    ethereum_messages.check(said, _expected(row), lasts=LASTS, at=at)
    return row


def _use_up(row: WalletChallenge) -> None:
    """Let one of several that answer the same challenge through. Raises ChallengeUnknown."""
    deleted, _ = WalletChallenge.objects.filter(id=row.id).delete()
    if not deleted:
        raise ChallengeUnknown


def _kept(driver: Driver, address: str, *, is_contract: bool, at: datetime) -> Wallet:
    held = Wallet.objects.filter(address=address).first()
    if held is not None and held.driver_id == driver.id:
        return held
    if Wallet.objects.filter(driver=driver).count() >= MOST_WALLETS:
        raise TooManyWallets(most=MOST_WALLETS)
    try:
        with transaction.atomic():
            return Wallet.objects.create(
                driver=driver, address=address, is_contract=is_contract, created_at=at
            )
    except IntegrityError as error:
        raise WalletElsewhere(address=address) from error


def _is_by_key(address: str, digest: bytes, signature: str) -> bool:
    try:
        return typed_data.recover_digest(digest, signature) == address
    except ProtocolError:
        return False


def _is_by_contract(address: str, digest: bytes, signature: str) -> bool:
    return reading.accepts(address, digest, bytes.fromhex(signature.removeprefix("0x")))


def _mark(address: str) -> str:
    """Return the name under which failures of a wallet are counted."""
    return address.removeprefix("0x").lower()
