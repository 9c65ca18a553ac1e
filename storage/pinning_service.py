"""A remote pinning service, by the IPFS Pinning Service API.

https://ipfs.github.io/pinning-services-api-spec/ (1.0): a service fetches the bytes from the IPFS
network by itself, so our node must be reachable there. Only ciphertext goes that way.
"""

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

import requests

from storage.errors import NodeDown

_WANTED = "queued,pinning,pinned"
_NOT_FOUND = 404


class PinningService:
    """One account at a service. token: sent as a bearer token, never logged."""

    def __init__(self, url: str, token: str, *, timeout_s: float) -> None:
        self.name = urlsplit(url).netloc
        self._pins, self._timeout_s = f"{url.rstrip('/')}/pins", timeout_s
        self._session = requests.Session()
        self._session.headers["Authorization"] = f"Bearer {token}"

    def keep(self, cid: str, _content: Callable[[], Iterable[bytes]]) -> None:
        """Ask the service to fetch and pin; asking twice makes no second pin. Raises NodeDown."""
        if not self._requests(cid, _WANTED):
            self._ask("POST", self._pins, json={"cid": cid})

    def let_go(self, *cids: str) -> None:
        """Delete every request for the objects. Raises NodeDown."""
        for cid in cids:
            for request_id in self._requests(cid, f"{_WANTED},failed"):
                self._ask("DELETE", f"{self._pins}/{request_id}")

    def keeps(self, cid: str) -> bool:
        """Return whether the service says that it has pinned the object. Raises NodeDown."""
        return bool(self._requests(cid, "pinned"))

    def fetch(self, _cid: str, _start: int = 0) -> None:
        """Return nothing: the API gives no bytes back."""

    def _requests(self, cid: str, states: str) -> list[str]:
        answer = self._ask("GET", self._pins, params={"cid": cid, "status": states})
        try:
            return [str(one["requestid"]) for one in answer["results"]]
        except (KeyError, TypeError) as error:
            raise NodeDown from error

    def _ask(self, method: str, url: str, **content: Any) -> Any:
        try:
            answer = self._session.request(method, url, timeout=self._timeout_s, **content)
            if method == "DELETE" and answer.status_code == _NOT_FOUND:
                return None
            answer.raise_for_status()
            return answer.json() if answer.content else None
        except (requests.RequestException, ValueError) as error:
            raise NodeDown from error
