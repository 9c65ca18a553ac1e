"""Handing files in with a real browser: many at once, cut, interrupted, and gone on with."""

import gzip
import math
import re

import pytest
from playwright.sync_api import expect

from tests.e2e import walking
from tests.e2e.browser import PHONE
from tests.e2e.handing_in import (
    HERE_MS,
    HOME,
    MARKER,
    SLOW,
    WORK,
    at_most,
    choose,
    drive,
    heap,
    metres,
    opened,
    own_files,
    random_file,
    row,
    seal,
    seat,
)

pytestmark = pytest.mark.e2e


def test_several_files_go_at_once_and_a_bad_one_stops_no_other(person, tmp_path):
    driver = person()
    passphrase = seat(driver)
    page = driver.open("/upload")
    expect(page.get_by_role("button", name="Seal and upload")).to_be_disabled()
    one = walking.charging_file(tmp_path)
    other = tmp_path / "more.csv.gz"
    other.write_bytes(gzip.compress(one.read_bytes() + b"41,100,50914,1,,,,,,,,,,,,\n"))
    empty = tmp_path / "empty.csv"
    empty.touch()
    choose(driver, one, empty, other)
    expect(row(driver, "empty.csv")).to_contain_text("This file is empty. Export it again.")
    expect(row(driver, "more.csv.gz").locator("[data-fact=rows]")).to_have_text("41")
    driver.shoot("uploading-01-chosen")
    seal(driver)
    for name in ("charging.csv", "more.csv.gz"):
        expect(row(driver, name).locator("[data-state]")).to_have_text("pinned", timeout=HERE_MS)
        expect(row(driver, name).locator("[data-cid]")).to_contain_text("bafk")
    expect(page.get_by_role("heading", name="Handed in")).to_be_visible()
    expect(page.get_by_text("2 of 2 files are handed in")).to_be_visible()
    expect(page.locator("[data-panel=said]")).to_contain_text("charging.csv: pinned")
    driver.shoot("uploading-02-handed-in")
    assert set(opened(driver, passphrase).values()) == {one.read_bytes(), other.read_bytes()}
    assert own_files(driver) == []


def test_an_upload_goes_on_after_a_reload(person, tmp_path):
    driver = person()
    passphrase = seat(driver)
    page = driver.open("/upload")
    file = random_file(tmp_path, 30_000_000, name="trips.parquet")
    at_most(driver, SLOW)
    choose(driver, file)
    expect(page.get_by_text("Positions cannot be cut from files of this kind")).to_be_visible()
    seal(driver)
    expect(row(driver, file.name)).to_contain_text("being sent", timeout=HERE_MS)
    expect(row(driver, file.name)).to_contain_text(re.compile(r"[2-8]\d%"), timeout=HERE_MS)
    page.reload()
    unfinished = row(driver, file.name)
    expect(unfinished.locator("[data-state]")).to_have_text("unfinished")
    expect(unfinished).to_contain_text(re.compile(r"[2-9]\d% was sent"))
    driver.shoot("uploading-03-unfinished")
    sent_before = int(re.findall(r"(\d+)% was sent", unfinished.inner_text())[0])
    bodies = []
    driver.page.on("request", lambda asked: bodies.append(asked.method == "PATCH"))
    at_most(driver, -1)
    unfinished.get_by_role("button", name="Go on").click()
    expect(unfinished.locator("[data-state]")).to_have_text("pinned", timeout=HERE_MS)
    assert sum(bodies) <= math.ceil(8 * (100 - sent_before) / 100) + 1
    assert list(opened(driver, passphrase).values()) == [file.read_bytes()]
    assert own_files(driver) == []


def test_an_upload_of_another_tab_is_left_to_it_and_the_same_file_is_asked_about(person, tmp_path):
    driver = person()
    seat(driver)
    driver.open("/upload")
    file = random_file(tmp_path, 40_000_000, name="trips.parquet")
    at_most(driver, SLOW)
    choose(driver, file)
    seal(driver)
    expect(row(driver, file.name)).to_contain_text("being sent", timeout=HERE_MS)
    second = driver.context.new_page()
    second.goto(f"{driver.url}/upload")
    there = second.locator("[data-file]", has_text=file.name)
    expect(there.locator("[data-state]")).to_have_text("under way in another tab")
    expect(there.get_by_role("button")).to_have_count(0)
    second.locator("input[type=file]").set_input_files(file)
    again = second.locator("[data-file]").nth(1)
    at_most(driver, -1)
    expect(again).to_contain_text("The same file stands in this list already")
    again.get_by_role("button", name="Remove").click()
    expect(second.locator("[data-file]")).to_have_count(1)
    expect(row(driver, file.name).locator("[data-state]")).to_have_text("pinned", timeout=HERE_MS)
    expect(second.locator("[data-file]")).to_have_count(0)
    second.locator("input[type=file]").set_input_files(file)
    expect(second.locator("[data-file]")).to_contain_text("You handed this file in")
    second.get_by_role("button", name="Hand in anyway").click()
    expect(second.get_by_role("button", name="Seal and upload")).to_be_enabled()
    second.close()


def test_what_lies_near_home_and_every_position_stay_on_the_device(person, tmp_path):
    driver = person()
    passphrase = seat(driver)
    page = driver.open("/upload")
    file = drive(tmp_path)
    choose(driver, file)
    expect(page.get_by_role("heading", name="Positions")).to_be_visible()
    expect(page.get_by_role("radio", name="No position")).to_be_checked()
    driver.shoot("uploading-04-no-position")
    seal(driver)
    expect(row(driver, file.name).locator("[data-state]")).to_have_text("pinned", timeout=HERE_MS)
    (plain,) = opened(driver, passphrase).values()
    lines = plain.decode().splitlines()
    whole = file.read_text(encoding="utf-8").splitlines()
    assert len(lines) == len(whole)
    assert all(line.split(",")[1:4] == ["", "", ""] for line in lines[1:])
    assert [line.split(",")[::4] for line in lines] == [line.split(",")[::4] for line in whole]


def test_home_zones_are_cut_where_positions_stay(person, tmp_path):
    driver = person(PHONE)
    passphrase = seat(driver)
    page = driver.open("/upload")
    file = drive(tmp_path)
    choose(driver, file)
    page.get_by_role("radio", name="As recorded").check()
    expect(page.get_by_role("checkbox", name="Cut what was recorded")).to_be_checked()
    expect(page.locator("[data-part=list] li")).to_have_count(2)
    expect(page.locator("[data-part=within]")).to_contain_text(re.compile(r"About \d+ of 480 rows"))
    driver.shoot("uploading-05-zones-phone")
    page.get_by_role("button", name="Remove zone 2").click()
    expect(page.locator("[data-part=list] li")).to_have_count(1)
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator("[data-part=list] li")).to_have_count(2)
    page.locator("svg.sketch").click(position={"x": 30, "y": 40})
    expect(page.locator("[data-part=list] li")).to_have_count(3)
    page.get_by_label("Radius of every zone").fill("600")
    seal(driver)
    expect(row(driver, file.name).locator("[data-state]")).to_have_text("pinned", timeout=HERE_MS)
    expect(row(driver, file.name)).to_contain_text("rows were cut")
    (plain,) = opened(driver, passphrase).values()
    lines = plain.decode().splitlines()
    whole = file.read_text(encoding="utf-8").splitlines()
    assert MARKER in "".join(whole)
    assert MARKER not in plain.decode()
    assert set(lines) < set(whole)
    assert len(lines) > 100
    places = [tuple(map(float, line.split(",")[1:3])) for line in lines[1:]]
    # a zone's middle is moved by less than half its radius, so this much around home is surely cut
    assert min(metres(place, HOME) for place in places) > 600 / 2
    assert min(metres(place, WORK) for place in places) > 600 / 2
    assert driver.overflow() <= 0


def test_nothing_of_an_upload_is_left_after_signing_out(person, tmp_path):
    driver = person()
    seat(driver)
    driver.open("/upload")
    file = random_file(tmp_path, 30_000_000, name="trips.parquet")
    at_most(driver, SLOW)
    choose(driver, file)
    seal(driver)
    expect(row(driver, file.name)).to_contain_text("being sent", timeout=HERE_MS)
    row(driver, file.name).get_by_role("button", name="Pause").click()
    expect(row(driver, file.name).locator("[data-state]")).to_have_text("paused")
    assert own_files(driver) != []
    driver.page.get_by_role("button", name="Sign out", exact=True).first.click()
    driver.page.wait_for_url(f"{driver.url}/")
    assert own_files(driver) == []
    names = driver.page.evaluate("async () => (await indexedDB.databases()).map((one) => one.name)")
    assert "odometer-uploads" not in names


def test_too_little_room_is_said_with_both_figures_before_anything_is_sealed(person, tmp_path):
    driver = person()
    seat(driver)
    driver.page.add_init_script("navigator.storage.estimate = async () => ({quota: 2e7, usage: 0})")
    driver.open("/upload")
    file = random_file(tmp_path, 30_000_000, name="trips.parquet")
    choose(driver, file)
    seal(driver)
    expect(row(driver, file.name)).to_contain_text("Sealing needs 30 MB of free space")
    expect(row(driver, file.name)).to_contain_text("3.2 MB are free")
    expect(row(driver, file.name).get_by_role("button", name="Try again")).to_be_visible()
    assert own_files(driver) == []


def test_a_browser_without_files_of_its_own_seals_in_memory_up_to_a_limit(person, tmp_path):
    driver = person()
    passphrase = seat(driver)
    driver.page.add_init_script(
        "navigator.storage.getDirectory = () => Promise.reject(new DOMException('SecurityError'))"
    )
    driver.open("/upload")
    large = random_file(tmp_path, 300_000_000, name="large.parquet")
    small = walking.charging_file(tmp_path)
    choose(driver, large, small)
    expect(row(driver, large.name)).to_contain_text("in memory 268.4 MB is the limit")
    seal(driver)
    expect(row(driver, small.name).locator("[data-state]")).to_have_text("pinned", timeout=HERE_MS)
    assert list(opened(driver, passphrase).values()) == [small.read_bytes()]


def test_three_hundred_megabytes_are_sealed_with_a_flatheap(person, tmp_path):
    driver = person()
    seat(driver)
    page = driver.open("/upload")
    at_most(driver, SLOW / 10)
    file = random_file(tmp_path, 300_000_000, name="long.parquet")
    session = driver.context.new_cdp_session(page)
    choose(driver, file)
    expect(row(driver, file.name).locator("[data-state]")).to_have_text("ready", timeout=HERE_MS)
    before = heap(session)
    seal(driver)
    most = 0.0
    while "being sent" not in row(driver, file.name).inner_text():
        most = max(most, heap(session) - before)
        page.wait_for_timeout(200)
    assert most < 30e6
