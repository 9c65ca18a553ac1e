"""The builder's key is changed: all it could open stays open, and nothing else opens."""

import json

import pytest
from django.core.management import call_command

from audit.models import AuditLine
from storage import checks, keeping, keyring, rotating
from storage.errors import NotTheBuilder, Unreadable
from storage.models import Upload, WrappedKey
from tests.factories import keys
from tests.factories.storage import make_pinned_upload, plaintext_of

pytestmark = pytest.mark.django_db
NEW = keys.pair(99)


@pytest.fixture
def upload(driver, vehicle, ipfs_node) -> Upload:
    return make_pinned_upload(driver, vehicle, b"one trip")


@pytest.fixture
def rotation(upload, settings) -> None:
    """A new key is published; the builder holds both."""
    public = {"key_id": "builder-2", "public_key": NEW.public.hex()}
    settings.BUILDER_PUBLIC_FILE.write_text(json.dumps(public))
    settings.BUILDER_PUBLIC_FILE.touch()
    settings.BUILDER_PRIVATE_KEY = NEW.private.hex()
    settings.BUILDER_OLD_PRIVATE_KEYS = [
        keys.OTHER_DRIVER.private.hex(),
        keys.BUILDER.private.hex(),
    ]


def test_while_it_rotates_the_old_key_still_opens(rotation, upload):
    assert plaintext_of(upload) == b"one trip"


def test_after_it_the_new_key_alone_opens_and_the_driver_still_does(rotation, upload, settings):
    assert list(rotating.rotate()) == [True]
    settings.BUILDER_OLD_PRIVATE_KEYS = []
    assert plaintext_of(upload) == b"one trip"
    settings.BUILDER_PRIVATE_KEY = keys.BUILDER.private.hex()
    with pytest.raises(Unreadable):
        plaintext_of(upload)
    assert WrappedKey.objects.filter(recipient_kind="driver").count() == 1


def test_it_may_be_stopped_and_repeated(rotation, driver, vehicle, upload):
    WrappedKey.objects.filter(upload=upload, recipient_kind="builder").update(
        recipient_key="builder-1"
    )
    next(rotating.rotate())
    assert list(rotating.rotate()) == []
    assert plaintext_of(upload) == b"one trip"


def test_what_is_erased_meanwhile_stays_erased(rotation, upload, monkeypatch):
    wrap = keyring.wrap

    def slow(*args, **facts):
        keeping.shred(upload, at=upload.created_at)
        return wrap(*args, **facts)

    monkeypatch.setattr(keyring, "wrap", slow)
    list(rotating.rotate())
    assert not WrappedKey.objects.exists()


def test_a_key_that_nobody_holds_is_counted_and_kept(rotation, settings, upload, capsys):
    settings.BUILDER_OLD_PRIVATE_KEYS = [keys.BUYER.private.hex()]
    with pytest.raises(SystemExit):
        call_command("rotate_builder_key")
    assert "1 that no held key opens" in capsys.readouterr().out
    assert rotating.waiting().count() == 1


def test_an_upload_on_its_way_keeps_the_old_key_in_use(rotation, upload, capsys):
    Upload.objects.update(state="receiving")
    with pytest.raises(SystemExit):
        call_command("rotate_builder_key")
    assert "Keep the old keys" in capsys.readouterr().out


def test_when_nothing_is_left_the_command_says_so_and_it_is_written_down(rotation, capsys):
    call_command("rotate_builder_key")
    assert "destroy them" in capsys.readouterr().out
    assert AuditLine.objects.filter(act="keys_rotated").count() == 1


def test_without_a_key_nothing_can_be_rotated(rotation, settings):
    settings.BUILDER_PRIVATE_KEY = ""
    with pytest.raises(NotTheBuilder):
        list(rotating.rotate())


def test_an_old_key_that_is_none_stops_the_builder(rotation, settings):
    assert checks.builder_key_fits() == []
    settings.BUILDER_OLD_PRIVATE_KEYS = ["not hex"]
    assert [error.id for error in checks.builder_key_fits()] == ["storage.E001"]
