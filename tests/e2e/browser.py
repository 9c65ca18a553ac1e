"""A person at a browser: pages are opened, read and checked; nothing on them may complain."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import (
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    ViewportSize,
    sync_playwright,
)

ROOT = Path(__file__).resolve().parents[2]
SHOTS = ROOT / "var" / "screenshots"
PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1280, "height": 900}
NARROW: ViewportSize = {"width": 320, "height": 640}
LANGUAGES = {"en": "en", "zh": "zh-hans"}
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
]
_EXPECTED = ("status of 401", "status of 404")  # a refusal we asked for is no fault of the page
_SERIOUS = {"serious", "critical"}
_LISTEN = """
document.addEventListener("pointerdown", () => window.countClick());
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`CSP ${event.violatedDirective} ${event.blockedURI}`));
"""


@contextmanager
def chromium() -> Iterator[Any]:
    """Start the browser of this machine, else the one playwright installed."""
    found = (
        os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=_FLAGS)
        yield browser
        browser.close()


@dataclass
class Person:
    """Somebody with a browser window of their own, whose clicks and complaints are counted."""

    context: BrowserContext
    url: str
    complaints: list[str] = field(default_factory=list)
    clicks: int = 0

    def __post_init__(self) -> None:
        """Listen from the first page on."""
        self.context.expose_binding("countClick", lambda _: self._click())
        self.context.add_init_script(_LISTEN)
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(20_000)
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def open(self, path: str) -> Page:
        """Go to a page and wait until its scripts have run: modules hold the load event back."""
        try:
            self.page.goto(f"{self.url}{path}", wait_until="load")
        except Error as error:
            if "ERR_ABORTED" not in error.message:
                raise
            # The page just then loaded itself anew, as those do that wait for somebody.
            self.page.goto(f"{self.url}{path}", wait_until="load")
        return self.page

    def leave(self) -> None:
        """Close every tab. One that is loading itself anew is stopped first: Chromium can hang."""
        for page in self.context.pages:
            with suppress(Error):
                page.goto("about:blank", timeout=5_000)
        self.context.close()

    def speak(self, language: str) -> None:
        """Read in this language from now on."""
        cookie = {"name": "django_language", "value": LANGUAGES[language], "url": self.url}
        self.context.add_cookies([cookie])  # type: ignore[list-item]

    def shoot(self, name: str) -> None:
        """Keep a picture of the page, and refuse what a person with a screen reader could not use.

        The check runs on a window as tall as the page: a bar that stays at the foot of a phone
        hides what can be scrolled to, which the checker takes for covered.
        """
        SHOTS.mkdir(parents=True, exist_ok=True)
        before = self.page.viewport_size or DESK
        height = int(self.page.evaluate("document.documentElement.scrollHeight"))
        self.page.set_viewport_size({"width": before["width"], "height": max(height, 600) + 100})
        self.page.screenshot(path=SHOTS / f"{name}.png", full_page=True)
        findings = self.findings()
        self.page.set_viewport_size(before)
        assert findings == [], f"{name}: {findings}"
        assert self.complaints == [], f"{name}: {self.complaints}"

    def findings(self) -> list[str]:
        """Return what axe calls serious or critical here."""
        session = self.context.new_cdp_session(self.page)
        session.send("Runtime.evaluate", {"expression": _axe()})
        session.detach()
        answer = self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        return [
            f"{found['id']}: {node['target']} {node['failureSummary']}"
            for found in answer["violations"]
            if found["impact"] in _SERIOUS
            for node in found["nodes"]
        ]

    def overflow(self) -> int:
        """Return by how many pixels the page is wider than the window."""
        script = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        return int(self.page.evaluate(script))

    def _click(self) -> None:
        self.clicks += 1

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not any(part in message.text for part in _EXPECTED):
            self.complaints.append(message.text)


@cache
def _axe() -> str:
    return (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
