"""Manners of every API door: lists, entity tags, unknown parameters."""

import hashlib
import json
from collections.abc import Callable, Iterable
from typing import Any, ClassVar, TypeVar

from django.db.models import Model, QuerySet
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from common.errors import Conflict, InvalidInput, noop
from common.pagination import Pages

M = TypeVar("M", bound=Model)


class UnknownParameter(InvalidInput):
    """A query parameter that means nothing here; a typo must not return everything."""

    code = "unknown_parameter"
    title = noop("A parameter is not known")
    detail = noop("The parameter %(parameter)s is not known here. Known: %(known)s.")


class PreconditionMissing(Conflict):
    """A change that could overwrite another one wants If-Match."""

    code = "precondition_missing"
    status = 428
    title = noop("Say which version you are changing")
    detail = noop("Send If-Match with the ETag you read.")


class PreconditionFailed(Conflict):
    """The thing was changed since it was read."""

    code = "precondition_failed"
    status = 412
    title = noop("This was changed since you read it")
    detail = noop("This was changed since you read it. Read it again and decide anew.")


class Door(APIView):
    """A view whose query parameters are a closed list.

    parameters: names that this door knows beside `limit` and `cursor`. form: what its act takes.
    """

    parameters: ClassVar[Iterable[str]] = ()
    form: ClassVar[type[Serializer[Any]] | None] = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse what is not known before anything happens."""
        super().initial(request, *args, **kwargs)
        known = sorted({*self.parameters, "limit", "cursor"})
        for name in request.query_params:
            if name not in known:
                raise UnknownParameter(parameter=name[:40], known=", ".join(known))


def pages_of(
    request: Request,
    rows: QuerySet[M],
    show: Callable[[M], dict[str, Any]],
    *,
    order: tuple[str, ...] = ("-created_at", "id"),
    view: APIView,
) -> Response:
    """Return one page of the rows, each as `show` makes it."""
    pages = Pages()
    pages.ordering = order
    page = pages.paginate_queryset(rows, request, view=view) or []
    return pages.get_paginated_response([show(row) for row in page])


def etag_of(body: Any) -> str:
    """Return the strong entity tag of a JSON body."""
    text = json.dumps(body, sort_keys=True, default=str).encode()
    return f'"{hashlib.sha256(text).hexdigest()[:32]}"'


def tagged(request: Request, body: dict[str, Any], *, status: int = 200) -> Response:
    """Return the body with its ETag, or 304 when the reader has it already."""
    tag = etag_of(body)
    if request.method == "GET" and request.headers.get("If-None-Match") == tag:
        return Response(status=304, headers={"ETag": tag})
    return Response(body, status=status, headers={"ETag": tag})


def require_match(request: Request, body: dict[str, Any]) -> None:
    """Refuse a change of something that is no longer as the caller read it."""
    sent = request.headers.get("If-Match")
    if sent is None:
        raise PreconditionMissing
    if sent != etag_of(body):
        raise PreconditionFailed
