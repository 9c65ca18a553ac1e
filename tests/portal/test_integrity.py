"""Vendored modules are pinned: in what is installed, in every page, and in its policy."""

import json
import re
import shutil
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from portal import integrity
from stack import vendor_modules

ROOT = Path(vendor_modules.ROOT)


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the installed packages that are vendored."""
    copy = tmp_path_factory.mktemp("packages") / "node_modules"
    names = {*vendor_modules.LICENSES, "libsodium-wrappers-sumo"}
    for name in names:
        shutil.copytree(ROOT / "node_modules" / name, copy / name)
    return copy


def test_what_is_installed_is_what_was_pinned(packages: Path, tmp_path: Path) -> None:
    vendor_modules.vendor(packages, tmp_path / "vendor")
    pinned = json.loads(integrity.PINNED.read_text(encoding="utf-8"))
    assert vendor_modules.digests_of(tmp_path / "vendor") == pinned
    assert len(pinned) > 20


def test_a_package_that_changed_is_not_vendored(packages: Path, tmp_path: Path) -> None:
    changed = packages / "@noble" / "hashes" / "hmac.js"
    text = changed.read_text(encoding="utf-8")
    changed.write_text(f"{text}//\n", encoding="utf-8")
    with pytest.raises(vendor_modules.OtherModules, match=r"@noble/hashes/hmac\.js"):
        vendor_modules.vendor(packages, tmp_path / "vendor")
    assert not (tmp_path / "vendor").exists()
    changed.write_text(text, encoding="utf-8")


@pytest.mark.django_db
def test_every_page_names_the_digests_before_its_first_module(client: Client) -> None:
    answer = client.get(reverse("sign_in"))
    page = answer.content.decode()
    found = re.search(r'<script type="importmap">(.+?)</script>', page)
    assert found is not None
    assert found.start() < page.index('type="module"')
    named = json.loads(found[1])["integrity"]
    assert named[f"{settings.STATIC_URL}vendor/libsodium.js"].startswith("sha384-")
    assert integrity.source_of(found[1]) in answer["Content-Security-Policy"]


@pytest.mark.django_db
def test_no_page_holds_any_other_inline_script(client: Client) -> None:
    for name in ("landing", "sign_in", "recover", "sign_up"):
        page = client.get(reverse(name)).content.decode()
        inline = re.findall(r"<script(?![^>]*\bsrc=)[^>]*>", page)
        assert inline == ['<script type="importmap">'], name
        assert not re.search(r"<[^>]+\son\w+=", page), name
        assert "'unsafe-inline'" not in client.get(reverse(name))["Content-Security-Policy"]
