"""A marketplace made of prepared answers, plugged in where a network would be."""

import json
from email.message import Message
from io import BytesIO
from types import SimpleNamespace
from typing import Any, cast

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse

from odometer.http import Patience, Session

URL = "http://market.test"
QUICK = Patience(tries=3, pause_s=0)

Answer = tuple[int, Any] | tuple[int, Any, dict[str, str]] | Exception


class Wire(HTTPAdapter):
    """Gives one prepared answer a request, and remembers what was asked."""

    def __init__(self, *answers: Answer) -> None:
        super().__init__()
        self.answers = list(answers)
        self.asked: list[requests.PreparedRequest] = []

    def send(self, request: requests.PreparedRequest, *_args: Any, **_options: Any) -> Any:
        self.asked.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        status, body, *headers = answer
        return self.build_response(request, _raw(status, body, *headers))

    def content(self, place: int) -> bytes:
        """The bytes that were sent in one request."""
        body = self.asked[place].body
        return body if isinstance(body, bytes) else (body or "").encode()

    @property
    def bodies(self) -> list[Any]:
        """What was sent as JSON, in order."""
        kinds = [request.headers.get("Content-Type") for request in self.asked]
        pairs = zip(kinds, self.asked, strict=True)
        return [json.loads(one.body or b"") for kind, one in pairs if kind == "application/json"]


def session(*answers: Answer, **options: Any) -> tuple[Session, Wire]:
    wire = Wire(*answers)
    return Session(URL, shared=wire, patience=QUICK, **options), wire


def _raw(status: int, body: Any, headers: dict[str, str] | None = None) -> HTTPResponse:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    told = Message()
    for name, value in (headers or {}).items():
        told[name] = value
    return HTTPResponse(
        body=BytesIO(content),
        status=status,
        headers=headers or {},
        preload_content=False,
        original_response=cast(
            "Any", SimpleNamespace(msg=told, isclosed=lambda: True, close=lambda: None)
        ),
    )
