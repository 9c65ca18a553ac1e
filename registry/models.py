"""Who and what: drivers with their vaults and vehicles, developers with their keys."""

from django.conf import settings
from django.db import models

from common.models import Row


class Driver(Row):
    """A person whose data it is. The handle is the user's name; public_key is X25519 in hex."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="driver")
    public_key = models.CharField(max_length=64, blank=True)
    language = models.CharField(max_length=12, default="en")
    erased_at = models.DateTimeField(null=True)

    is_known_by_wallet_alone = False
    """Set for a request whose session a wallet opened: not even the locked vault is told then."""

    @property
    def handle(self) -> str:
        """The name the driver signs in with."""
        return self.user.get_username()


class Vault(models.Model):
    """A driver's seed, locked; and the digest of the proof that asks for it."""

    driver = models.OneToOneField(Driver, models.CASCADE, primary_key=True, related_name="vault")
    body = models.JSONField()
    proof_salt = models.CharField(max_length=32)
    proof_sha256 = models.CharField(max_length=64)
    revision = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField()


class Wallet(Row):
    """An Ethereum account that opens a driver's account, never the vault.

    is_contract: it signs by EIP-1271, so only the chain can say whether a signature is its own.
    """

    driver = models.ForeignKey(Driver, models.CASCADE, related_name="wallets")
    address = models.CharField(max_length=42, unique=True)
    is_contract = models.BooleanField(default=False)
    last_used_at = models.DateTimeField(null=True)


class WalletChallenge(Row):
    """A number for one signed message, good for some minutes and for one use."""

    class Purpose(models.TextChoices):
        SIGN_IN = "sign_in"
        CONNECT = "connect"

    nonce = models.CharField(max_length=32, unique=True)
    purpose = models.CharField(max_length=8, choices=Purpose)
    driver = models.ForeignKey(Driver, models.CASCADE, null=True, related_name="+")
    address = models.CharField(max_length=42)
    asked_from = models.CharField(max_length=32, db_index=True)  # keyed digest, as in failures


class SignedIn(Row):
    """One browser or program in which somebody is signed in; coarse on purpose.

    browser: its family alone; last_seen_on: a day. ended_why is kept a while for the device that
    was signed out from elsewhere, to tell it so.
    """

    class Ended(models.TextChoices):
        PASSPHRASE = "passphrase"  # noqa: S105 - why a session ended
        ELSEWHERE = "elsewhere"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="signed_in")
    session_key = models.CharField(max_length=40, unique=True)
    browser = models.CharField(max_length=24, blank=True)
    last_seen_on = models.DateField()
    ended_at = models.DateTimeField(null=True)
    ended_why = models.CharField(max_length=12, choices=Ended, blank=True)


class Recovery(Row):
    """A challenge that waits for the holder of a seed; gone when answered or five minutes old.

    name_mark: keyed digest of the handle; nonce: half of the challenge, the server's key the rest.
    """

    name_mark = models.CharField(max_length=64)
    nonce = models.CharField(max_length=64)


class SignInFailure(models.Model):
    """One failed try to sign in; many of them stop further tries for a while."""

    handle = models.CharField(max_length=40)
    address = models.CharField(max_length=32)  # keyed digest: who tries is nobody's business
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["address", "at"], name="sign_in_failure_recent")]


class Developer(Row):
    """A buyer of data. `standing` is what the admin found on checking who they are."""

    class Standing(models.TextChoices):
        UNVERIFIED = "unverified"
        ACCREDITED = "accredited"
        REFUSED = "refused"

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="developer")
    name = models.CharField(max_length=120)
    country = models.CharField(max_length=2)
    standing = models.CharField(max_length=12, choices=Standing, default=Standing.UNVERIFIED)
    standing_reason = models.CharField(max_length=500, blank=True)

    @property
    def handle(self) -> str:
        """The name the developer signs in with."""
        return self.user.get_username()


class LicenceToken(Row):
    """A token on the chain that shows a developer's accreditation; it cannot be passed on."""

    class State(models.TextChoices):
        GIVING = "giving"
        HELD = "held"
        TAKING = "taking"
        TAKEN = "taken"
        REFUSED = "refused"

    developer = models.ForeignKey(Developer, models.PROTECT, related_name="licence_tokens")
    wallet = models.CharField(max_length=42)
    state = models.CharField(max_length=8, choices=State, default=State.GIVING)
    tx_hash = models.CharField(max_length=66, blank=True)
    failure = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["wallet"],
                condition=models.Q(state__in=["giving", "held", "taking"]),
                name="one_licence_per_wallet",
            )
        ]

    @property
    def token_id(self) -> int:
        """The number under which the contract knows it: the wallet's address."""
        return int(self.wallet, 16)


class Vehicle(Row):
    """One car, known by a random id. year: of the model, unknown when empty."""

    class Powertrain(models.TextChoices):
        BATTERY = "bev"
        PLUG_IN_HYBRID = "phev"
        HYBRID = "hev"
        FUEL_CELL = "fcev"
        COMBUSTION = "ice"

    class State(models.TextChoices):
        ACTIVE = "active"
        RETIRED = "retired"

    driver = models.ForeignKey(Driver, models.PROTECT, related_name="vehicles")
    brand = models.CharField(max_length=60, blank=True)
    model = models.CharField(max_length=60, blank=True)
    year = models.PositiveSmallIntegerField(null=True)
    powertrain = models.CharField(max_length=8, choices=Powertrain, blank=True)
    is_simulated = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=State, default=State.ACTIVE)
    erased_at = models.DateTimeField(null=True)


class ApiKey(Row):
    """A developer's key: its digest, and the first characters to know it by."""

    developer = models.ForeignKey(Developer, models.CASCADE, related_name="api_keys")
    prefix = models.CharField(max_length=16)
    sha256 = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)


class Erasure(Row):
    """A driver's wish to be forgotten, and the proof that it was done.

    vehicle: the one car that is to be forgotten; empty when it is everything.
    """

    class State(models.TextChoices):
        RUNNING = "running"
        FINISHED = "finished"

    driver = models.ForeignKey(Driver, models.PROTECT, related_name="erasures")
    vehicle = models.ForeignKey(Vehicle, models.PROTECT, null=True, related_name="erasures")
    state = models.CharField(max_length=8, choices=State, default=State.RUNNING)
    proof = models.JSONField(default=dict)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["driver"],
                condition=models.Q(vehicle__isnull=True),
                name="one_erasure_of_everything",
            ),
            models.UniqueConstraint(
                fields=["vehicle"],
                condition=models.Q(vehicle__isnull=False),
                name="one_erasure_per_vehicle",
            ),
        ]
