"""What a running stack serves is what this checkout holds, and what pages run is on the list."""

from urllib.parse import urlsplit

import pytest

from odometer import scripts
from odometer.http import Session
from tests.e2e import walking
from tests.e2e.browser import ROOT
from tests.e2e.test_pages import OF_DRIVERS, PUBLIC

pytestmark = pytest.mark.e2e


def test_every_script_is_served_as_the_list_and_the_checkout_say(portal):
    rows = scripts.verify(Session(portal[0]), scripts.of_checkout(ROOT))
    assert [row for row in rows if not row["ok"]] == []


def test_pages_and_their_workers_run_nothing_that_is_not_listed(person, portal):
    listed = Session(portal[0]).send("GET", f"{portal[0]}/scripts.json").json()["scripts"]
    named = {name.partition("?")[0] for name in listed}
    run = set()
    driver = person()
    driver.context.on("request", lambda request: run.add(urlsplit(request.url).path.strip("/")))
    walking.join_as_driver(driver)
    for path in (*PUBLIC, *OF_DRIVERS):
        driver.open(path)
    loaded = {path for path in run if path.endswith(scripts.KINDS)}
    assert {"texts.js", "static/registry/vault_worker.js"} <= loaded
    assert loaded <= named
