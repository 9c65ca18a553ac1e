"""What a marketplace serves, held against the source or a list: every difference is named."""

import base64
import hashlib
import json

import pytest
from requests.adapters import HTTPAdapter

from odometer import cli, script_commands, scripts
from odometer.errors import Untrusted
from odometer.http import Session
from tests.sdk.wire import QUICK, URL, _raw

OWN = b"export const own = 1;"
VENDORED = b"export const vendored = 1;"
TEXTS = {"en": b"texts", "zh-hans": b"other texts"}


def sha(content):
    return hashlib.sha256(content).hexdigest()


class Site(HTTPAdapter):
    """A marketplace that serves these scripts, and lists them."""

    def __init__(self):
        super().__init__()
        self.files = {
            "static/consent/grant.js": OWN,
            "static/vendor/htmx.js": VENDORED,
            "static/admin/js/core.js": b"of django",
        }
        self.lies = {}

    def send(self, request, *_args, **_options):
        path = request.url.removeprefix(f"{URL}/")
        if path == "scripts.json":
            return self.build_response(request, _raw(200, {"scripts": self.listed()}))
        content = (
            TEXTS[request.headers["Accept-Language"]] if path == "texts.js" else self.files[path]
        )
        return self.build_response(request, _raw(200, content))

    def listed(self):
        texts = {f"texts.js?{code}": sha(content) for code, content in TEXTS.items()}
        return {name: sha(content) for name, content in self.files.items()} | texts | self.lies


@pytest.fixture
def site():
    return Site()


@pytest.fixture
def session(site):
    return Session(URL, shared=site, patience=QUICK)


@pytest.fixture
def checkout(tmp_path):
    own = tmp_path / "consent" / "static" / "consent"
    own.mkdir(parents=True)
    (own / "grant.js").write_bytes(OWN)
    (own / "grant.css").write_bytes(b"no script")
    (tmp_path / "node_modules" / "static").mkdir(parents=True)
    (tmp_path / "node_modules" / "static" / "x.js").write_bytes(b"not ours")
    digest = base64.b64encode(hashlib.sha384(VENDORED).digest()).decode()
    (tmp_path / "portal").mkdir()
    (tmp_path / "portal" / "vendored.json").write_text(json.dumps({"htmx.js": f"sha384-{digest}"}))
    return tmp_path


def faults(rows):
    return [row["detail"] for row in rows if not row["ok"] and row["check"] == "script"]


def test_what_is_as_in_the_checkout_passes_and_says_what_was_not_compared(session, checkout):
    rows = scripts.verify(session, scripts.of_checkout(checkout))
    assert all(row["ok"] for row in rows)
    told = {row["check"]: row["detail"] for row in rows}
    assert told["served"] == "5 of 5 scripts as the site's own list says"
    assert told["expected"] == f"2 of 2 scripts as in {checkout}"
    assert told["not compared"].startswith("3 scripts")


def test_a_script_that_was_changed_together_with_the_list_is_found(session, site, checkout):
    site.files["static/consent/grant.js"] = OWN + b"send(seed)"
    rows = scripts.verify(session, scripts.of_checkout(checkout))
    assert faults(rows) == [f"static/consent/grant.js: not as in {checkout}"]


def test_a_vendored_module_that_was_changed_is_found(session, site, checkout):
    site.files["static/vendor/htmx.js"] = b"other"
    rows = scripts.verify(session, scripts.of_checkout(checkout))
    assert faults(rows) == [f"static/vendor/htmx.js: not as in {checkout}"]


def test_scripts_too_many_and_too_few_are_found(session, site, checkout):
    site.files["static/consent/extra.js"] = site.files.pop("static/consent/grant.js")
    rows = scripts.verify(session, scripts.of_checkout(checkout))
    assert faults(rows) == [
        f"static/consent/extra.js: served, but not in {checkout}",
        f"static/consent/grant.js: in {checkout}, but not served",
    ]


def test_a_list_that_hides_a_change_from_its_readers_is_found(session, site, checkout):
    site.files["static/consent/grant.js"] = b"other"
    site.lies = {"static/consent/grant.js": sha(OWN)}
    rows = scripts.verify(session, scripts.of_checkout(checkout))
    assert faults(rows)[0] == "static/consent/grant.js: not what the site's own list says"


def test_a_list_from_elsewhere_covers_the_texts_too(session, site, tmp_path):
    file = tmp_path / "kept.json"
    file.write_text(json.dumps({"scripts": site.listed()}))
    assert all(row["ok"] for row in scripts.verify(session, scripts.of_file(file)))
    file.write_text(json.dumps({"scripts": site.listed() | {"texts.js?zh-hans": sha(b"before")}}))
    rows = scripts.verify(session, scripts.of_file(file))
    assert faults(rows) == [f"texts.js?zh-hans: not as in {file}"]


@pytest.mark.parametrize("name", ["../keys", "http://elsewhere/x.js", "static/../x", "x y.js", ""])
def test_a_list_that_names_other_things_is_refused(session, site, checkout, name):
    site.lies = {name: "00"}
    with pytest.raises(Untrusted):
        scripts.verify(session, scripts.of_checkout(checkout))


def test_what_is_no_checkout_is_said(tmp_path, capsys):
    assert cli.main(["scripts", "verify", "--checkout", str(tmp_path)]) == cli.REFUSED
    assert "no checkout" in capsys.readouterr().err


def test_the_command_ends_with_one_where_something_differs(
    session, site, checkout, monkeypatch, capsys
):
    monkeypatch.setattr(script_commands, "Session", lambda _url: session)
    command = ["scripts", "verify", "--url", URL, "--checkout", str(checkout)]
    assert cli.main(command) == cli.DONE
    site.files["static/consent/grant.js"] = b"other"
    assert cli.main(command) == cli.REFUSED
    assert "FAIL  script" in capsys.readouterr().out
