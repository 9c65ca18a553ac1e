"""Hand a licensed developer the key of a release."""

from uuid import UUID

from marketplace.errors import NoSuchLicense
from marketplace.models import License
from protocol import envelope
from registry.models import Developer
from storage import handover
from storage.models import WrappedKey


def license_of(*, developer: Developer, license_id: UUID) -> License:
    """Return the developer's license. Raises NoSuchLicense."""
    rows = License.objects.select_related("release__sealed", "release__dataset")
    found = rows.filter(id=license_id, developer=developer).first()
    if found is None:
        raise NoSuchLicense
    return found


def key_for(*, held: License, recipient_public_key: bytes) -> WrappedKey | None:
    """Return the release's DataKey sealed to the recipient, or None while the builder wraps it.

    recipient_public_key: X25519, 32 bytes.
    """
    release = held.release
    if release.sealed is None:
        raise NoSuchLicense
    return handover.key_for(
        sealed=release.sealed,
        recipient_public_key=recipient_public_key,
        context_of_release=envelope.Context(
            kind="release", account="", subject=str(release.dataset_id), object=str(release.id)
        ),
    )
