"""Speak to the API: retries, idempotency keys, cookies, and problems turned into exceptions."""

import secrets
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast
from urllib.parse import urlsplit
from uuid import uuid4

import requests
from requests.adapters import HTTPAdapter

from odometer.errors import Refusal, Unavailable, refusal_of, unreachable

API: Final = "/api/v1"
_LOSSES = (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError)
_TRY_AGAIN = frozenset({429, 502, 503, 504})
_LONGEST_PAUSE_S = 5.0
_REFUSED_FROM = 400


@dataclass(frozen=True)
class Patience:
    """How often a request is sent again after 503, 429 or a lost connection, and how slowly.

    pause_s: seconds before the second try; doubles up to five seconds, with jitter.
    """

    tries: int = 4
    pause_s: float = 0.3

    def wait(self, attempt: int, retry_after: str | None = None) -> None:
        """Sleep before the next try; the server's Retry-After wins when it is longer."""
        pause = min(self.pause_s * 2.0**attempt, _LONGEST_PAUSE_S)
        jitter = secrets.randbelow(1000) / 1000
        time.sleep(max(pause * (0.5 + jitter / 2), _seconds(retry_after)))


def transport(connections: int = 8) -> HTTPAdapter:
    """Return a pool of connections that many sessions may share."""
    return HTTPAdapter(pool_connections=2, pool_maxsize=connections)


class Session:
    """One caller of one marketplace: an API key, or the cookies of somebody signed in."""

    def __init__(
        self,
        url: str,
        *,
        key: str | None = None,
        language: str = "en",
        patience: Patience | None = None,
        timeout_s: float = 30,
        shared: HTTPAdapter | None = None,
    ) -> None:
        self.url = url.rstrip("/")
        self.patience = patience or Patience()
        self._timeout_s = timeout_s
        self._http = requests.Session()
        self._http.trust_env = not is_loopback(url)
        self._http.headers.update({"Accept": "application/json", "Accept-Language": language})
        if key:
            self._http.headers["Authorization"] = f"Bearer {key}"
        if shared is not None:
            self._http.mount(self.url, shared)

    def get(self, path: str, **parameters: Any) -> dict[str, Any]:
        """Return the JSON at a path of the API."""
        return _json(self.send("GET", path, params=_present(parameters)))

    def post(
        self, path: str, body: object = None, *, once: str = "", match: str = ""
    ) -> dict[str, Any]:
        """Post JSON and return the answer.

        once: idempotency key, drawn when not given; match: ETag of what is being changed.
        """
        headers = {"Idempotency-Key": once or str(uuid4())}
        if match:
            headers["If-Match"] = match
        return _json(self.send("POST", path, json=body or {}, headers=headers))

    def put(self, path: str, body: object, *, match: str) -> dict[str, Any]:
        """Replace what is at a path, if it is still the version `match` (its ETag)."""
        return _json(self.send("PUT", path, json=body, headers={"If-Match": match}))

    def delete(self, path: str) -> None:
        """Delete what is at a path."""
        self.send("DELETE", path)

    def content(self, path: str) -> bytes:
        """Return the bytes at a path."""
        return self.send("GET", path, headers={"Accept": "*/*"}).content

    def every(self, path: str, **parameters: Any) -> Iterator[dict[str, Any]]:
        """Yield all members of a list; pages are fetched as they are needed."""
        page = self.get(path, **parameters)
        yield from page["results"]
        while page.get("next"):
            page = _json(self.send("GET", self._own(page["next"])))
            yield from page["results"]

    def send(self, method: str, path: str, **request: Any) -> requests.Response:
        """Send one request, again where that may help, and return an answer below 400.

        Raises Refusal of the right family; Unavailable(unreachable) without any answer.
        """
        attempt = 0
        while True:
            try:
                return self._send_once(method, path, **request)
            except Unavailable as refusal:
                attempt += 1
                if attempt >= self.patience.tries or not _may_help(refusal):
                    raise
                self.patience.wait(attempt, refusal.problem.get("retry_after"))

    def _send_once(self, method: str, path: str, **request: Any) -> requests.Response:
        address = path if "://" in path else f"{self.url}{API}{path}"
        headers = {**self._forgery_guard(method), **request.get("headers", {})}
        try:
            response = self._http.request(
                method, address, timeout=self._timeout_s, **{**request, "headers": headers}
            )
        except _LOSSES as loss:
            raise unreachable(self.url, loss) from loss
        if response.status_code >= _REFUSED_FROM:
            raise _refusal(response)
        return response

    def _forgery_guard(self, method: str) -> dict[str, str]:
        if method in {"GET", "HEAD"}:
            return {}
        token = self._http.cookies.get("csrftoken")
        return {"X-CSRFToken": token, "Referer": self.url + "/"} if token else {}

    def _own(self, address: str) -> str:
        """Return a page address at the host this session speaks to; keys never go elsewhere."""
        parts = urlsplit(address)
        return f"{self.url}{parts.path}?{parts.query}"


def is_loopback(url: str) -> bool:
    """Tell whether the address is on this machine."""
    return urlsplit(url).hostname in {"127.0.0.1", "localhost", "::1"}


def _may_help(refusal: Refusal) -> bool:
    return refusal.status == 0 or refusal.status in _TRY_AGAIN


def _refusal(response: requests.Response) -> Refusal:
    try:
        problem = response.json()
    except requests.exceptions.JSONDecodeError:
        problem = None
    if not isinstance(problem, Mapping):
        problem = {"code": f"http_{response.status_code}", "detail": response.reason}
    after = response.headers.get("Retry-After")
    return refusal_of(response.status_code, {**problem, "retry_after": after})


def _json(response: requests.Response) -> dict[str, Any]:
    return cast("dict[str, Any]", response.json()) if response.content else {}


def _present(parameters: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in parameters.items() if value is not None}


def _seconds(text: str | None) -> float:
    return min(float(text), 60.0) if text and text.isdecimal() else 0.0
