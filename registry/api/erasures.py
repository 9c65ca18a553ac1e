"""Doors of being forgotten."""

from typing import Any
from uuid import UUID

from django.contrib.auth import logout
from django.utils import timezone
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import Door, pages_of, tagged
from registry import erasure, selectors
from registry.models import Erasure
from registry.permissions import IsDriver


class ErasureForm(serializers.Serializer[Any]):
    """What to forget: one vehicle, or everything when none is named."""

    vehicle_id = serializers.UUIDField(required=False, allow_null=True, default=None)


class ErasuresView(Door):
    """Ask to be forgotten, whole or with one car."""

    form = ErasureForm
    permission_classes = [IsDriver]

    def get(self, request: Request) -> Response:
        """Return a page of what the driver had erased, car by car."""
        rows = selectors.erasures_of(selectors.driver_of(request.user))
        return pages_of(request, rows, shown, view=self)

    def post(self, request: Request) -> Response:
        """Return the running erasure; whoever erases everything is signed out for good."""
        form = ErasureForm(data=request.data)
        form.is_valid(raise_exception=True)
        row = _asked(request, form.validated_data["vehicle_id"])
        headers = {"Location": f"{request.path}/{row.id}", "Retry-After": "2"}
        return Response(shown(row), status=202, headers=headers)


class ErasureView(Door):
    """One erasure. Its random id is the only key to it: there is no account any more."""

    permission_classes = [AllowAny]

    def get(self, request: Request, erasure_id: UUID) -> Response:
        """Return the erasure, with the proof once it is finished."""
        return tagged(request, shown(erasure.look_at(erasure_id=erasure_id, at=timezone.now())))


def shown(row: Erasure) -> dict[str, Any]:
    """Return the erasure as JSON."""
    return {
        "object": "erasure",
        "id": str(row.id),
        "vehicle_id": str(row.vehicle_id) if row.vehicle_id else None,
        "state": row.state,
        "proof": row.proof or None,
        "created_at": row.created_at,
        "finished_at": row.finished_at,
    }


def _asked(request: Request, vehicle_id: UUID | None) -> Erasure:
    driver = selectors.driver_of(request.user)
    if vehicle_id is not None:
        vehicle = selectors.vehicle_of(driver=driver, vehicle_id=vehicle_id)
        return erasure.ask_for_vehicle(vehicle=vehicle, at=timezone.now())
    row = erasure.ask(driver=driver, at=timezone.now())
    logout(request._request)
    return row
