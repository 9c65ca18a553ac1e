"""Doors of being forgotten."""

from typing import Any
from uuid import UUID

from django.contrib.auth import logout
from django.utils import timezone
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import Door, tagged
from registry import erasure, selectors
from registry.models import Erasure
from registry.permissions import IsDriver


class ErasuresView(Door):
    """Ask to be forgotten."""

    permission_classes = [IsDriver]

    def post(self, request: Request) -> Response:
        """Return the running erasure; the driver is signed out for good."""
        row = erasure.ask(driver=selectors.driver_of(request.user), at=timezone.now())
        logout(request._request)
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
        "state": row.state,
        "proof": row.proof or None,
        "created_at": row.created_at,
        "finished_at": row.finished_at,
    }
