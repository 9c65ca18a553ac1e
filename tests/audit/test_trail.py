import io

import pytest
from django.core.management import call_command
from django.db import transaction

from audit import trail
from audit.models import AuditLine
from protocol.errors import ProtocolError

pytestmark = pytest.mark.django_db


def _write(count: int = 3) -> None:
    for number in range(count):
        trail.record(actor="builder", act="upload_opened", subject="upload:1", facts={"n": number})


def _verify() -> tuple[int, str]:
    text = io.StringIO()
    try:
        call_command("verify_audit", stdout=text, stderr=text)
    except SystemExit as stopped:
        return int(stopped.code or 0), text.getvalue()
    return 0, text.getvalue()


def test_an_untouched_trail_verifies() -> None:
    _write()
    assert _verify() == (0, "3 lines, unbroken\n")


def test_an_empty_trail_verifies() -> None:
    assert _verify() == (0, "0 lines, unbroken\n")


def test_a_changed_line_is_found() -> None:
    _write()
    AuditLine.objects.filter(number=2).update(facts={"n": 9})
    assert _verify() == (1, "line 2 was altered or is missing\n")


def test_a_cut_end_is_found() -> None:
    _write()
    AuditLine.objects.filter(number=3).delete()
    assert _verify()[0] == 1


def test_a_line_goes_with_the_transaction_it_belongs_to() -> None:
    with transaction.atomic():
        _write()
        transaction.set_rollback(True)
    assert not AuditLine.objects.exists()
    _write()
    assert _verify()[0] == 0


def test_it_refuses_facts_that_have_no_one_form() -> None:
    with pytest.raises(ProtocolError):
        trail.record(actor="builder", act="drawn", subject="release:1", facts={"noise": 0.5})  # type: ignore[dict-item]
