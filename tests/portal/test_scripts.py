"""The public list of scripts: everything that is served, as it is in the source."""

import hashlib
import json
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client

from odometer import scripts as held
from portal import scripts
from stack import vendor_modules

ROOT = Path(vendor_modules.ROOT)


@pytest.fixture(scope="module")
def listed():
    return scripts.listed()


def test_it_names_workers_pages_modules_and_the_texts_in_every_language(listed):
    named = listed["scripts"]
    assert {"static/registry/vault_worker.js", "static/consent/grant.js"} <= set(named)
    assert {"texts.js?en", "texts.js?zh-hans"} <= set(named)
    assert named["texts.js?en"] != named["texts.js?zh-hans"]
    file = ROOT / "consent" / "static" / "consent" / "grant.js"
    assert named["static/consent/grant.js"] == hashlib.sha256(file.read_bytes()).hexdigest()


def test_every_module_of_a_checkout_is_on_it_and_none_besides(listed):
    own = held.of_checkout(ROOT)
    of_rooms = {name for name in own.digests if not name.startswith("static/vendor/")}
    ours = {
        name for name in listed["scripts"] if not name.startswith((*held.FOREIGN, "static/vendor/"))
    }
    assert ours == of_rooms
    assert all(listed["scripts"][name] == own.digests[name] for name in of_rooms)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_texts_are_as_they_are_served(listed, language):
    answer = Client().get("/texts.js", headers={"Accept-Language": language})
    assert hashlib.sha256(answer.content).hexdigest() == listed["scripts"][f"texts.js?{language}"]


def test_anybody_reads_the_list_that_set_up_wrote(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    call_command("list_scripts", collected=True)
    written = json.loads((tmp_path / "scripts.json").read_text(encoding="utf-8"))
    answer = Client().get("/scripts.json")
    assert answer.json() == written == scripts.listed()
    assert answer["Access-Control-Allow-Origin"] == "*"


def test_without_set_up_it_is_made_when_it_is_asked_for(settings, tmp_path, capsys):
    settings.STATIC_ROOT = tmp_path
    assert Client().get("/scripts.json").json()["object"] == "script_list"
    call_command("list_scripts")
    assert json.loads(capsys.readouterr().out) == scripts.listed()
