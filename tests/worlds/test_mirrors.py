"""A second real node, and a service that speaks the Pinning Service API over HTTP."""

import json
import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from protocol.cid import cid_of
from storage.errors import NodeDown
from storage.ipfs import IpfsNode
from storage.pinning_service import PinningService
from storage.targets import NodeTarget

pytestmark = [
    pytest.mark.worlds,
    pytest.mark.filterwarnings("ignore:The 'strict' parameter:FutureWarning"),
]

TOKEN = "a-token"


class Service(BaseHTTPRequestHandler):
    """Pins what it is asked to pin, at once. https://ipfs.github.io/pinning-services-api-spec/."""

    pins: dict[str, str]

    def do_GET(self) -> None:
        asked = parse_qs(urlsplit(self.path).query)
        is_wanted = "pinned" in asked["status"][0].split(",")
        found = [
            {"requestid": one, "status": "pinned", "pin": {"cid": cid}}
            for one, cid in self.pins.items()
            if cid == asked["cid"][0] and is_wanted
        ]
        self._answer(200, {"count": len(found), "results": found})

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        name = f"request-{len(self.pins)}"
        self.pins[name] = asked["cid"]
        self._answer(202, {"requestid": name, "status": "queued", "pin": asked})

    def do_DELETE(self) -> None:
        gone = self.pins.pop(self.path.rpartition("/")[2], None)
        self._answer(202 if gone else 404, None)

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _answer(self, status: int, body: object) -> None:
        if self.headers["Authorization"] != f"Bearer {TOKEN}":
            status, body = 401, {"error": {"reason": "UNAUTHORIZED"}}
        content = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


@pytest.fixture
def service_url() -> Iterator[str]:
    handler = type("OneService", (Service,), {"pins": {}})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/psa/v1"
    server.shutdown()
    server.server_close()


@pytest.fixture(params=["kubo", "service"])
def target(request):
    if request.param == "service":
        url = request.getfixturevalue("service_url")
        return PinningService(url, TOKEN, timeout_s=5)
    node = IpfsNode(request.getfixturevalue("kubo"), timeout_s=20)
    return NodeTarget("kubo", node)


def test_a_target_keeps_and_lets_go(target):
    content = os.urandom(500)
    cid = cid_of([content])
    assert not target.keeps(cid)
    for _ in range(2):
        target.keep(cid, lambda: [content])
        assert target.keeps(cid)
    for _ in range(2):
        target.let_go(cid)
        assert not target.keeps(cid)


def test_what_one_real_node_keeps_another_is_given(kubo, embedded_store):
    own = IpfsNode(kubo, timeout_s=20)
    mirror = NodeTarget("mirror", IpfsNode(embedded_store, timeout_s=20))
    content = os.urandom(300_000)
    cid = own.add(content)
    mirror.keep(cid, lambda: own.fetch(cid))
    assert b"".join(mirror.fetch(cid) or ()) == content


def test_a_service_is_asked_for_one_pin_only(service_url):
    service = PinningService(service_url, TOKEN, timeout_s=5)
    for _ in range(3):
        service.keep("bafyone", tuple)
    assert len(service._requests("bafyone", "pinned")) == 1


def test_a_service_that_refuses_the_token_is_unavailable(service_url):
    with pytest.raises(NodeDown):
        PinningService(service_url, "another", timeout_s=5).keeps("bafyone")


def test_a_service_that_is_away_is_unavailable():
    with pytest.raises(NodeDown):
        PinningService("http://127.0.0.1:9/psa", TOKEN, timeout_s=2).keeps("bafyone")
