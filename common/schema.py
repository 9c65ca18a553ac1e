"""Describe our doors to OpenAPI: their form and their parameters; bodies stay open."""

import re
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter

BODIES = {"POST", "PUT", "PATCH"}


class DoorSchema(AutoSchema):
    """What a `Door` says about itself is what the description says."""

    def get_request_serializer(self) -> Any:
        """Return the door's form for methods that carry a body."""
        return getattr(self.view, "form", None) if self.method in BODIES else None

    def get_response_serializers(self) -> Any:
        """Return an open object: clients must ignore what they do not know."""
        return OpenApiTypes.OBJECT

    def get_override_parameters(self) -> list[Any]:
        """Return the closed list of query parameters that the door knows."""
        names = getattr(self.view, "parameters", ()) if self.method == "GET" else ()
        return [OpenApiParameter(name, OpenApiTypes.STR, required=False) for name in names]

    def get_operation_id(self) -> str:
        """Return method and path, which no two doors share."""
        words = re.findall(r"[a-z0-9]+", self.path.removeprefix("/api/v1").lower())
        return "_".join([self.method.lower(), *words])


class ApiKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """A developer's key."""

    target_class = "registry.authentication.ApiKeyAuthentication"
    name = "api_key"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:  # noqa: ARG002
        """Return how the key is sent."""
        return {"type": "http", "scheme": "bearer", "bearerFormat": "odo_test_..."}


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """The session of a page or of the driver client."""

    target_class = "registry.authentication.SignedInAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:  # noqa: ARG002
        """Return which cookie carries the session; acts need the CSRF token beside it."""
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}
