"""Let a POST be repeated safely by its Idempotency-Key."""

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from work import repeating
from work.errors import IdempotencyKeyMissing

View = Callable[..., Response]


def once(*, is_required: bool = True) -> Callable[[View], View]:
    """Decorate a view method; its answer is stored under the caller's key and replayed."""

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(self: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
            key = request.headers.get("Idempotency-Key", "")[:255]
            if not key and is_required:
                raise IdempotencyKeyMissing
            if not key:
                return view(self, request, *args, **kwargs)
            return _answer(request, key, lambda: view(self, request, *args, **kwargs))

        return answer

    return decorate


def _answer(request: Request, key: str, act: Callable[[], Response]) -> Response:
    first: list[Response] = []

    def answer() -> tuple[int, Any]:
        first.append(act())
        return first[0].status_code, first[0].data

    (status, body), is_replay = repeating.answer_once(
        caller=str(request.user.pk or "-"),
        path=request.path,
        key=key,
        body_sha256=hashlib.sha256(request.body).hexdigest(),
        act=answer,
    )
    if is_replay:
        return Response(body, status=status, headers={"Idempotent-Replayed": "true"})
    return first[0]
