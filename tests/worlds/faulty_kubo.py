"""A door in front of a real Kubo that can be away, slow, or lie."""

import http.client
import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

OTHER_CID = "bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy"
_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "host", "trailer"}


class FaultyKubo(ThreadingHTTPServer):
    """What it is asked it asks the node behind, and answers as its faults say. None at first."""

    daemon_threads = True

    def __init__(self, behind: int) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.behind = behind
        self.asked: Counter[str] = Counter()
        self.heal()

    @property
    def address(self) -> str:
        """The multiaddress of the door."""
        return f"/ip4/127.0.0.1/tcp/{self.server_port}/http"

    def heal(self) -> None:
        """Be as honest and as quick as the node behind."""
        self.is_down = False
        self.stall_s = 0.0
        self.flips_from: int | None = None
        """From this byte of an object on, other bytes are given."""
        self.cuts = False
        self.misnames = False
        self.claims_pins = False
        self.adds_left: int | None = None
        """After so many objects it is away."""

    def handle_error(self, *_: object) -> None:
        """Say nothing: a client that was made to wait too long has gone away."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: FaultyKubo

    def do_POST(self) -> None:
        act = urlsplit(self.path).path.removeprefix("/api/v0/")
        body = self._body()
        self.server.asked[act] += 1
        self._stall()
        if self._is_away(act):
            self.close_connection = True
            return
        if self.server.claims_pins and act == "pin/ls":
            cid = parse_qs(urlsplit(self.path).query)["arg"][0]
            self._answer(200, json.dumps({"Keys": {cid: {"Type": "recursive"}}}).encode(), {})
            return
        status, headers, content = self._ask(body)
        self._answer(status, self._twisted(act, content), headers, cuts=self._cuts(act))

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _is_away(self, act: str) -> bool:
        left = self.server.adds_left
        if left is not None and act == "add":
            self.server.adds_left = max(left - 1, 0)
        return self.server.is_down or left == 0

    def _stall(self) -> None:
        until = time.monotonic() + self.server.stall_s
        while time.monotonic() < until and self.server.stall_s:  # healed: go on at once
            time.sleep(0.05)

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = b""
        while size := int(self.rfile.readline().split(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def _ask(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
        behind = http.client.HTTPConnection("127.0.0.1", self.server.behind, timeout=60)
        headers = {name: text for name, text in self.headers.items() if name.lower() not in _HOP}
        try:
            behind.request("POST", self.path, body, headers)
            answer = behind.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            behind.close()

    def _twisted(self, act: str, content: bytes) -> bytes:
        if act == "add" and self.server.misnames:
            return json.dumps({"Name": "", "Hash": OTHER_CID, "Size": "1"}).encode() + b"\n"
        place = self.server.flips_from
        if act != "cat" or place is None:
            return content
        start = int(parse_qs(urlsplit(self.path).query).get("offset", ["0"])[0])
        place = max(place - start, 0)
        return content[:place] + bytes(byte ^ 1 for byte in content[place:])

    def _cuts(self, act: str) -> bool:
        return act == "cat" and self.server.cuts

    def _answer(
        self, status: int, content: bytes, headers: dict[str, str], *, cuts: bool = False
    ) -> None:
        self.send_response(status)
        for name, text in headers.items():
            if name.lower() not in _HOP | {"date", "server"}:
                self.send_header(name, text)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content[: len(content) // 2] if cuts else content)
        if cuts:
            self.close_connection = True


@contextmanager
def faulty_kubo(behind: int) -> Iterator[FaultyKubo]:
    """Stand in front of the node until the block ends."""
    door = FaultyKubo(behind)
    thread = threading.Thread(target=door.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield door
    finally:
        door.heal()
        door.shutdown()
        door.server_close()
        thread.join()
