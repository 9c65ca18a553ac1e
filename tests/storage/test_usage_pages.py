"""Admins see how much is stored and how every place is; nobody else does."""

import pytest

from storage import pin_audit
from tests.factories.storage import make_pinned_upload

pytestmark = pytest.mark.django_db


def page(client, language="en"):
    return client.get("/storage", headers={"accept-language": language})


def test_an_empty_house_says_what_will_stand_here(as_admin, ipfs_node):
    told = page(as_admin).content.decode()
    assert "Nothing is stored yet" in told
    assert "No place was asked yet" in told


def test_an_admin_sees_counts_and_the_last_look_at_every_place(
    as_admin, driver, vehicle, ipfs_node
):
    make_pinned_upload(driver, vehicle)
    pin_audit.audit_now()
    told = page(as_admin).content.decode()
    assert "own node" in told
    assert "whole" in told
    assert str(driver.id) not in told


def test_lost_bytes_and_silent_places_are_told(as_admin, driver, vehicle, ipfs_node):
    make_pinned_upload(driver, vehicle)
    ipfs_node.pins.clear()
    ipfs_node.blocks.clear()
    pin_audit.audit_now()
    assert "bytes are missing" in page(as_admin).content.decode()
    ipfs_node.is_down = True
    pin_audit.audit_now()
    assert "does not answer" in page(as_admin).content.decode()


def test_nobody_else_sees_it(as_driver, as_developer, client):
    for reader in (as_driver, as_developer):
        assert page(reader).status_code in {302, 403}
    assert page(client).status_code == 302
