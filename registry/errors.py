"""Refusals of the registry."""

from common.errors import Conflict, DomainError, InvalidInput, NotAllowed, NotFound, noop


class HandleInvalid(InvalidInput):
    """A handle of other characters or another length."""

    code = "handle_invalid"
    title = noop("This name cannot be used")
    detail = noop("A name has 3 to 40 letters, digits or one of . _ - + @ and no blanks.")


class HandleTaken(Conflict):
    """Somebody signs in with this handle already."""

    code = "handle_taken"
    title = noop("This name is taken")
    detail = noop("Somebody uses this name already. Choose another one.")


class SignInRefused(DomainError):
    """One answer for a wrong handle and a wrong secret: it must not tell which."""

    code = "sign_in_refused"
    status = 401
    title = noop("That did not open the account")
    detail = noop("The name and the passphrase or password do not belong together.")


class RecoveryRefused(DomainError):
    """One answer for an unknown name, another seed, an old or used challenge and a wrong proof."""

    code = "recovery_refused"
    status = 401
    title = noop("The recovery sheet did not open the account")
    detail = noop("The name and the recovery words do not belong together, or it took too long.")


class SessionNotFound(NotFound):
    """No such device among one's own."""

    code = "session_not_found"
    title = noop("There is no such device")
    detail = noop("This device is signed out already.")


class TooManyTries(DomainError):
    """Guessing is slowed down."""

    code = "too_many_tries"
    status = 429
    title = noop("Too many tries")
    detail = noop("Too many tries failed. Wait %(wait_s)s seconds and try again.")

    def __init__(self, *, wait_s: int) -> None:
        super().__init__(wait_s=wait_s)
        self.headers = {"Retry-After": str(wait_s)}


class CsrfMissing(NotAllowed):
    """A signed-in act without the token of the page it came from."""

    code = "csrf_missing"
    title = noop("The page is too old")
    detail = noop("Load the page again. Programs send the csrftoken cookie back as X-CSRFToken.")


class ScopeMissing(NotAllowed):
    """The API key was made for less than this."""

    code = "scope_missing"
    title = noop("This API key may not do this")
    detail = noop("This needs an API key with the scope %(scope)s.")


class VaultInvalid(InvalidInput):
    """A vault of another shape, or with a weaker lock than we allow."""

    code = "vault_invalid"
    title = noop("This vault cannot be kept")
    detail = noop("The vault is not in order: %(reason)s.")


class VaultChanged(Conflict):
    """Another device has put another vault here since this one read it."""

    code = "precondition_failed"
    status = 412
    title = noop("Your passphrase was changed on another device")
    detail = noop("Your passphrase was changed on another device. Enter the new one.")


class ProofNotFresh(InvalidInput):
    """A new vault with the old proof: then the old passphrase would still sign in."""

    code = "proof_not_fresh"
    title = noop("The sign-in proof must change with the vault")
    detail = noop("A new vault needs the sign-in proof of its own passphrase and salt.")


class NoDriver(NotAllowed):
    """This door is for drivers."""

    code = "drivers_only"
    title = noop("This is for drivers")
    detail = noop("Only a driver can do this. Sign in as one.")


class NoDeveloper(NotAllowed):
    """This door is for developers."""

    code = "developers_only"
    title = noop("This is for developers")
    detail = noop("Only a developer can do this. Sign in as one or send an API key.")


class VehicleNotFound(NotFound):
    """No such vehicle among the driver's own."""

    code = "vehicle_not_found"
    title = noop("There is no such vehicle")
    detail = noop("You have no vehicle with this id.")


class VehicleRetired(Conflict):
    """A retired vehicle takes no new data."""

    code = "vehicle_retired"
    title = noop("This vehicle is retired")
    detail = noop("This vehicle is retired. Add it again to hand in new data.")


class TooManyKeys(Conflict):
    """Keys that nobody uses are keys that somebody finds."""

    code = "too_many_keys"
    title = noop("Too many API keys are alive")
    detail = noop("At most %(most)s API keys may be alive at once. Revoke one first.")


class PasswordTooShort(InvalidInput):
    """Length is the one rule for passwords."""

    code = "password_too_short"
    title = noop("The password is too short")
    detail = noop("A password has at least %(least)s characters.")


class WalletTaken(Conflict):
    """One wallet holds one licence token at most."""

    code = "wallet_taken"
    title = noop("This wallet has a licence token already")
    detail = noop("%(wallet)s holds a licence token, or one is being taken back. Name another.")


class MessageMalformed(InvalidInput):
    """The text is no sign-in message of ERC-4361, letter by letter."""

    code = "sign_in_message_malformed"
    title = noop("This is no sign-in message")
    detail = noop("The signed text does not follow the form of a sign-in message (ERC-4361).")


class MessageNotOurs(InvalidInput):
    """A proper sign-in message, made for something or somebody else."""

    code = "sign_in_message_not_ours"
    title = noop("Another message was signed")
    detail = noop("The signed message differs from the one that was asked for: %(part)s.")


class MessageExpired(Conflict):
    """Its time is over, has not come, or a clock is wrong."""

    code = "sign_in_message_expired"
    title = noop("The signed message is too old")
    detail = noop("The signed message is too old, or a clock is wrong. Begin again.")


class ChallengeUnknown(Conflict):
    """The number in the message was not given by us, was used before, or is too old."""

    code = "wallet_challenge_unknown"
    title = noop("This message cannot be used")
    detail = noop("This message was used before, or is too old. Begin again.")


class WalletSignatureWrong(NotAllowed):
    """The wallet named in the message did not sign it."""

    code = "wallet_signature_wrong"
    title = noop("This signature does not fit")
    detail = noop("This message was not signed by %(address)s.")


class WalletUnknown(DomainError):
    """A wallet that opens no account; the signature was right, so this may be said."""

    code = "wallet_unknown"
    status = 401
    title = noop("This wallet opens no account")
    detail = noop(
        "No account is connected to %(address)s. Sign in with your passphrase and connect it "
        "under Settings, or join as a driver first."
    )


class WalletNotFound(NotFound):
    """No such wallet among the driver's own."""

    code = "wallet_not_found"
    title = noop("There is no such wallet")
    detail = noop("No wallet with this id is connected to your account.")


class WalletElsewhere(Conflict):
    """One wallet opens one account."""

    code = "wallet_connected_elsewhere"
    title = noop("This wallet belongs to another account")
    detail = noop("%(address)s opens another account. Remove it there first, or take another.")


class TooManyWallets(Conflict):
    """Each wallet is one more road into the account."""

    code = "too_many_wallets"
    title = noop("Too many wallets are connected")
    detail = noop("At most %(most)s wallets may be connected. Remove one first.")


class LastRoad(Conflict):
    """The wallet that opened this session is the only road in that is known to work."""

    code = "last_road"
    title = noop("You would lock yourself out")
    detail = noop(
        "You are signed in with this wallet and no other one is connected. Sign in with your "
        "passphrase to remove it, or connect another wallet first."
    )


class PassphraseNeeded(NotAllowed):
    """A wallet opens the account and never the vault, not even its locked form."""

    code = "passphrase_needed"
    title = noop("Your passphrase is needed")
    detail = noop("You signed in with a wallet. Sign in with your passphrase to reach the vault.")
