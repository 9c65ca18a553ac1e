"""JSON doors of uploads and of the builder's public key."""

import base64
import binascii
from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from rest_framework import serializers
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import Door, pages_of, tagged
from protocol import envelope
from registry.permissions import IsDriver
from registry.selectors import driver_of
from storage import erasure, intake, keyring, layout, selectors
from storage.errors import NotErased
from storage.models import Upload
from work.once import once

RANDOM_UUID = 4
UNDER_WAY = (Upload.State.RECEIVING, Upload.State.RECEIVED)


class SealedKeyField(serializers.CharField):
    """Base64 of one wrapped data key."""

    def to_internal_value(self, data: Any) -> Any:
        """Return the bytes."""
        try:
            sealed = base64.b64decode(super().to_internal_value(data), validate=True)
        except (binascii.Error, ValueError) as error:
            raise serializers.ValidationError("This is not base64.", code="not_base64") from error
        if len(sealed) != keyring.WRAPPED_BYTES:
            raise serializers.ValidationError("This is no wrapped key.", code="wrong_length")
        return sealed


class WrappedKeysForm(serializers.Serializer[Any]):
    """The data key, sealed once for each of the two who may open the upload."""

    builder = SealedKeyField()
    driver = SealedKeyField()


class UploadForm(serializers.Serializer[Any]):
    """What is announced before the bytes come. The id is authenticated with every chunk."""

    id = serializers.UUIDField()
    vehicle_id = serializers.UUIDField()
    envelope_version = serializers.ChoiceField(choices=[envelope.VERSION])
    size_bytes = serializers.IntegerField(min_value=1)
    sha256 = serializers.RegexField(r"^[0-9a-f]{64}$")
    builder_key_id = serializers.CharField(max_length=60)
    wrapped_keys = WrappedKeysForm()

    def validate_id(self, value: UUID) -> UUID:
        """Want a random id: another version would tell the time or the device."""
        if value.version != RANDOM_UUID:
            raise serializers.ValidationError("Draw a random UUID (version 4).", code="not_random")
        return value


class BuilderKeyView(Door):
    """The key to which uploads are sealed; compare its digest with the chain's."""

    permission_classes = [AllowAny]

    def get(self, request: Request) -> Response:
        """Return the builder's public key."""
        key = selectors.builder_key()
        body = {
            "object": "builder_key",
            "id": key.key_id,
            "key_id": key.key_id,
            "public_key": key.public_key.hex(),
            "sha256": key.sha256,
        }
        return tagged(request, body)


class UploadsView(Door):
    """The driver's uploads."""

    form = UploadForm
    permission_classes = [IsDriver]

    def get(self, request: Request) -> Response:
        """Return a page of uploads."""
        rows = selectors.uploads_of(driver_of(request.user))
        return pages_of(request, rows, shown, view=self)

    @once(is_required=False)
    def post(self, request: Request) -> Response:
        """Return the upload that now waits for its bytes; 200 when it was announced before."""
        form = UploadForm(data=request.data)
        form.is_valid(raise_exception=True)
        facts = form.validated_data
        upload, is_new = intake.accept_upload(
            driver=driver_of(request.user),
            upload_id=facts["id"],
            vehicle_id=facts["vehicle_id"],
            size_bytes=facts["size_bytes"],
            sha256=facts["sha256"],
            builder_key_id=facts["builder_key_id"],
            wrapped_keys=facts["wrapped_keys"],
        )
        location = {"Location": reverse("api:upload", args=[upload.id])}
        return Response(shown(upload), status=201 if is_new else 200, headers=location)


class UploadView(Door):
    """One upload."""

    permission_classes = [IsAuthenticated]

    def get(self, request: Request, upload_id: UUID) -> Response:
        """Return the upload."""
        upload = selectors.upload_of(user=request.user, upload_id=upload_id)
        response = tagged(request, shown(upload))
        if upload.state in UNDER_WAY:
            response["Retry-After"] = "2"
        return response

    def delete(self, request: Request, upload_id: UUID) -> Response:
        """Return the upload, erased: its keys are destroyed now, its bytes are dropped soon."""
        upload = selectors.upload_of(user=request.user, upload_id=upload_id)
        erased = erasure.erase_upload(upload=upload, at=timezone.now())
        return Response(shown(erased), status=202, headers={"Retry-After": "2"})


class UploadErasureView(Door):
    """The erasure of one upload."""

    permission_classes = [IsAuthenticated]

    def get(self, request: Request, upload_id: UUID) -> Response:
        """Return how far the erasure is, with its proof once it is finished."""
        upload = selectors.upload_of(user=request.user, upload_id=upload_id)
        if upload.state != Upload.State.ERASED:
            raise NotErased
        proof = erasure.proof_for(upload)
        body = {
            "object": "erasure",
            "id": str(upload.id),
            "state": "finished" if proof else "running",
            "proof": proof,
            "created_at": _stamp(upload.erased_at),
        }
        return tagged(request, body)


class UploadKeyView(Door):
    """The driver's own copy of the data key."""

    permission_classes = [IsAuthenticated]

    def get(self, request: Request, upload_id: UUID) -> Response:
        """Return the wrapped key that the driver's seed opens."""
        upload = selectors.upload_of(user=request.user, upload_id=upload_id)
        copy = selectors.driver_copy(upload)
        return Response(
            {
                "object": "wrapped_key",
                "id": str(copy.id),
                "alg": "crypto_box_seal",
                "sealed": copy.sealed,
                "cid": upload.sealed.cid if upload.sealed else None,
            }
        )


def shown(upload: Upload) -> dict[str, Any]:
    """Return the upload as JSON."""
    return {
        "object": "upload",
        "id": str(upload.id),
        "state": upload.state,
        "vehicle_id": str(upload.vehicle_id),
        "content_url": reverse("api:upload_content", args=[upload.id]),
        "size_bytes": upload.size_bytes,
        "received_bytes": upload.received_bytes,
        "sha256": upload.sha256,
        "cid": upload.sealed.cid if upload.sealed else None,
        "parts": [asdict(part) for part in layout.parts_of(upload.sealed)] if upload.sealed else [],
        "quality": _quality_shown(upload),
        "created_at": _stamp(upload.created_at),
        "pinned_at": _stamp(upload.pinned_at),
        "erasure": _erasure_shown(upload),
    }


def _quality_shown(upload: Upload) -> dict[str, Any] | None:
    if not upload.quality:
        return None
    return {**upload.quality, "report_sealed": upload.report_sealed}


def _erasure_shown(upload: Upload) -> dict[str, Any] | None:
    if upload.state != Upload.State.ERASED:
        return None
    return {
        "is_finished": erasure.is_gone(upload),
        "digest": f"0x{upload.tombstone_digest}",
        "tx_hash": upload.tombstone_tx or None,
        "block_number": upload.tombstone_block,
    }


def _stamp(at: Any) -> str | None:
    """Return RFC 3339 text: this body may be stored for a replay as JSON."""
    return at.isoformat().replace("+00:00", "Z") if at else None
