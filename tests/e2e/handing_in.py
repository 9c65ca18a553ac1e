"""Steps of handing files in, and what a test asks of the browser and of what is stored."""

import base64
import math
import secrets
from pathlib import Path

from playwright.sync_api import expect

from protocol import envelope, vault
from tests.e2e import walking
from tests.e2e.browser import Person

HOME, WORK = (52.52003, 13.40495), (52.49012, 13.35107)
RADIUS_M = 500
HERE_MS = 60_000
MARKER = "73.519"
"""A speed that only rows near home show."""
SLOW = 5e6


def drive(directory: Path, *, name: str = "drives.csv", trips: int = 8) -> Path:
    """Write drives between home and work, as a logger with positions writes them."""
    rows = ["Timestamp,Latitude,Longitude,Altitude,Vehicle.Speed"]
    for trip in range(trips):
        for step in range(60):
            part = step / 59 if trip % 2 == 0 else 1 - step / 59
            place = [a + (b - a) * part for a, b in zip(HOME, WORK, strict=True)]
            speed = MARKER if metres(place, HOME) < RADIUS_M / 3 else f"{40 + step % 9}.5"
            clock = f"2018-07-{1 + trip:02}T{8 + trip % 2 * 9:02}:{step:02}:00"
            rows.append(f"{clock},{place[0]:.6f},{place[1]:.6f},34,{speed}")
    file = directory / name
    file.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return file


def random_file(directory: Path, size: int, *, name: str) -> Path:
    """Write a file that is no table, of so many bytes."""
    file = directory / name
    with file.open("wb") as out:
        out.write(b"PAR1" + secrets.token_bytes(1000))
        out.truncate(size)
    return file


def metres(one, other) -> float:
    """Return about how far two places are apart."""
    across = math.cos(math.radians(one[0])) * (one[1] - other[1])
    return 111_195 * math.hypot(one[0] - other[0], across)


def seat(driver: Person) -> str:
    """Sign up, add a car, and return the passphrase."""
    passphrase = walking.join_as_driver(driver)
    walking.add_car(driver)
    return passphrase


def choose(driver: Person, *files: Path) -> None:
    """Pick files on the page that is open."""
    driver.page.locator("input[type=file]").set_input_files(files)


def row(driver: Person, name: str):
    """Return the row of a file."""
    return driver.page.locator("[data-file]", has_text=name)


def seal(driver: Person) -> None:
    """Press the button that seals and sends."""
    button = driver.page.get_by_role("button", name="Seal and upload")
    expect(button).to_be_enabled(timeout=HERE_MS)  # the files are read first
    button.click()


def opened(driver: Person, passphrase: str) -> dict[str, bytes]:
    """Fetch every upload as it is stored and open it here with the driver's key."""

    def asked(path: str):
        return driver.context.request.get(f"{driver.url}/api/v1/{path}").json()

    kept = asked("vault")
    kept = kept.get("vault", kept)
    seed = vault.open_vault(kept, vault.prove(passphrase, kept["kdf"]).seal_key)
    account = asked("drivers/me")["id"]
    found = {}
    for upload in asked("uploads")["results"]:
        context = envelope.Context(
            kind="upload", account=account, subject=upload["vehicle_id"], object=upload["id"]
        )
        wrapped = base64.b64decode(asked(f"uploads/{upload['id']}/key")["sealed"])
        key = envelope.unwrap_key(wrapped, vault.box_key(seed), context)
        content = driver.context.request.get(f"{driver.url}{upload['content_url']}").body()
        found[upload["id"]] = envelope.open_bytes(content, key, context)
    return found


def own_files(driver: Person) -> list[str]:
    """Return what the browser keeps of sealed files."""
    script = """async () => {
      const found = [];
      const walk = async (folder) => {
        for await (const [name, one] of folder.entries())
          if (one.kind === "file") found.push(name); else await walk(one);
      };
      await walk(await navigator.storage.getDirectory());
      return found;
    }"""
    names: list[str] = driver.page.evaluate(script)
    return names


def at_most(driver: Person, bytes_per_s: float) -> None:
    """Send no faster than this, so that the page is met in the midst of an upload; -1: freely."""
    session = driver.context.new_cdp_session(driver.page)
    session.send("Network.enable")
    speed = {"latency": 0, "downloadThroughput": -1, "uploadThroughput": bytes_per_s}
    session.send("Network.emulateNetworkConditions", {"offline": False, **speed})


def heap(session) -> float:
    """Return the bytes that the page's scripts hold."""
    used: float = session.send("Runtime.getHeapUsage")["usedSize"]
    return used
