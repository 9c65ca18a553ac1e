"""API doors: estimates, releases and their files, the privacy ledger."""

import json
from collections.abc import Iterator
from typing import Any, TypeVar
from uuid import UUID

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from anonymize import estimating, planning, selectors
from anonymize.models import Release
from common.api import Door, pages_of, tagged
from payouts import selectors as payouts
from payouts.models import Pool
from protocol import manifest
from registry.permissions import IsAdmin, IsDriver
from registry.selectors import driver_of
from storage import keeping
from work.once import once

R = TypeVar("R", bound=HttpResponseBase)


class EstimateForm(serializers.Serializer[Any]):
    """A spec, and how many drivers to assume."""

    spec = serializers.DictField()
    drivers = serializers.IntegerField(min_value=1, max_value=10_000_000, default=500)


class ReleaseForm(serializers.Serializer[Any]):
    """Which dataset to build, and what a license will cost."""

    dataset_id = serializers.UUIDField()
    price_units = serializers.IntegerField(min_value=1, max_value=2**62)


class EstimatesView(Door):
    """Free, repeatable, and leaves every ledger alone."""

    form = EstimateForm
    permission_classes = [AllowAny]

    def post(self, request: Request) -> Response:
        """Return verdict, promised error and privacy cost of a spec."""
        form = EstimateForm(data=request.data)
        form.is_valid(raise_exception=True)
        return Response(estimating.estimate(**form.validated_data))


class ReleasesView(Door):
    """Published releases; admins start builds here."""

    form = ReleaseForm
    parameters = ("dataset_id", "state")

    def get_permissions(self) -> list[Any]:
        """Reading is for all, building for admins."""
        return [IsAdmin()] if self.request.method == "POST" else [AllowAny()]

    def get(self, request: Request) -> Response:
        """Return published releases, newest first."""
        rows = selectors.published_releases()
        if "dataset_id" in request.query_params:
            rows = rows.filter(dataset_id=_uuid(request.query_params["dataset_id"]))
        return pages_of(request, rows, shown, view=self)

    @once()
    def post(self, request: Request) -> Response:
        """Plan a release and queue its build; 200 with the published one that answers the same."""
        form = ReleaseForm(data=request.data)
        form.is_valid(raise_exception=True)
        release = planning.plan_release(**form.validated_data)
        if release.state == Release.State.PUBLISHED:
            return Response(shown(release), status=200)
        return Response(shown(release), status=202, headers={"Retry-After": "1"})


class ReleaseView(Door):
    """One release; admins also see one that is being built."""

    permission_classes = [AllowAny]

    def get(self, request: Request, release_id: UUID) -> Response:
        """Return the release with its state and progress."""
        if request.user.is_authenticated and request.user.is_staff:
            release = Release.objects.select_related("dataset", "sealed").filter(id=release_id)
            return tagged(request, shown(release.first() or _missing(release_id)))
        return tagged(request, shown(selectors.published_release(release_id)))


class ManifestView(Door):
    """The manifest, in the bytes whose digest is on the chain."""

    permission_classes = [AllowAny]

    def get(self, _request: Request, release_id: UUID) -> HttpResponse:
        """Return canonical JSON."""
        release = selectors.published_release(release_id)
        body = manifest.encode(release.manifest)  # type: ignore[arg-type]  # checked when written
        return _immutable(HttpResponse(body, content_type="application/json"))


class ContributorsView(Door):
    """Who is paid for a release: the complete list, whose Merkle root is on the chain."""

    permission_classes = [AllowAny]

    def get(self, request: Request, release_id: UUID) -> HttpResponseBase:
        """Return every consent address with its share, in the order of the leaves."""
        pool = payouts.pool_of(selectors.published_release(release_id).id)
        tag = {"ETag": f'"{pool.root}"'}
        if request.headers.get("If-None-Match") == tag["ETag"]:
            return _immutable(HttpResponse(status=304, headers=tag))
        body = _contributors(pool)
        return _immutable(StreamingHttpResponse(body, content_type="application/json", headers=tag))


class FileView(Door):
    """The sealed file: open to all, readable with a license's key only."""

    permission_classes = [AllowAny]

    def get(self, _request: Request, release_id: UUID) -> HttpResponse:
        """Return the ciphertext; any IPFS gateway serves the same bytes under the CID."""
        release = selectors.published_release(release_id)
        if release.sealed is None:
            return HttpResponse(status=404)
        body = keeping.fetch(release.sealed)
        response = HttpResponse(body, content_type="application/octet-stream")
        response["ETag"] = f'"sha256:{release.sealed.sha256}"'
        return _immutable(response)


class LedgerView(Door):
    """What was used of the driver's privacy, window by window."""

    permission_classes = [IsDriver]

    def get(self, request: Request) -> Response:
        """Return the ledger of the driver who asks."""
        rows = selectors.privacy_ledger(driver_of(request.user))
        return Response({"object": "privacy_ledger", "results": rows, "next": None})


def shown(release: Release) -> dict[str, Any]:
    """Return a release as the API tells it."""
    facts = release.manifest or {}
    return {
        "object": "release",
        "id": str(release.id),
        "dataset_id": str(release.dataset_id),
        "title": release.dataset.title,
        "state": release.state,
        "failure": release.failure or None,
        "is_simulated": release.is_simulated,
        "progress": _progress(release),
        "price_units": str(release.price_units),
        "cohort_noised": release.cohort_noised,
        "privacy": selectors.privacy_facts(release.rho_micro),
        "windows": release.dataset.spec["windows"],
        "columns": facts.get("columns", []),
        "cid": release.sealed.cid if release.sealed else None,
        "manifest_digest": release.manifest_digest or None,
        "manifest_url": reverse("api:manifest", args=[release.id]),
        "contributors_url": reverse("api:contributors", args=[release.id]),
        "file_url": reverse("api:release-file", args=[release.id]),
        "tx_hash": release.tx_hash or None,
        "created_at": release.created_at,
        "published_at": release.published_at,
    }


def _progress(release: Release) -> dict[str, Any]:
    """How far a build is. Once it is public it says no more: parts follow the number of files."""
    if release.state == Release.State.PUBLISHED:
        return {"done": 1, "of": 1, "unit": "parts"}
    return {"done": release.steps_done, "of": release.steps_of, "unit": "parts"}


def _contributors(pool: Pool) -> Iterator[str]:
    """Yield the list as JSON, one contributor a line; it may be long and is never held whole."""
    head = {
        "object": "contributors",
        "id": str(pool.release_id),
        "dataset_id": str(pool.dataset_id),
        "root": pool.root,
        "total_weight": pool.total_weight,
    }
    yield json.dumps(head)[:-1] + ', "contributors": ['
    for index, (address, start, weight) in enumerate(payouts.contributors_of(pool)):
        row = json.dumps({"address": address, "start": start, "weight": weight})
        yield (",\n" if index else "\n") + row
    yield "\n]}\n"


def _immutable(response: R) -> R:
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def _missing(release_id: UUID) -> Release:
    return selectors.published_release(release_id)  # raises NoSuchRelease


def _uuid(text: str) -> UUID:
    found: UUID = serializers.UUIDField().run_validation(text)
    return found
