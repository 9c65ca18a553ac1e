"""The command that tells what would be read; it stores and sends nothing."""

import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from anonymize.formats import wording
from anonymize.formats.quality import Quirk, Refusal
from tests.anonymize.formats import making


def run(path, *options):
    out = io.StringIO()
    call_command("check_file", str(path), *options, stdout=out)
    return out.getvalue()


@pytest.fixture
def log(tmp_path):
    path = tmp_path / "log.csv"
    path.write_bytes(making.owner_log())
    return path


def test_it_tells_in_words_what_is_used_and_why_rows_are_not(log):
    with translation.override("en"):
        said = run(log)
    assert "Rows read: 3\nRows used: 2\n  - 1: there is no such date or time\n" in said
    assert making.MARKER not in said


def test_it_tells_a_machine_the_report(log):
    report = json.loads(run(log, "--json"))
    assert (report["format"], report["rows_used"]) == ("owner_log", 2)


def test_a_file_that_cannot_be_read_ends_with_one(tmp_path):
    path = tmp_path / "unknown.csv"
    path.write_text(f"{making.MARKER};b\n1;2\n", encoding="utf-8")
    with pytest.raises(CommandError) as caught:
        run(path)
    assert caught.value.returncode == 1
    assert making.MARKER not in str(caught.value)
    with pytest.raises(CommandError, match="cannot be opened"), translation.override("en"):
        run(tmp_path / "absent.csv")


def test_a_refusal_is_told_to_a_machine_too(tmp_path):
    path = tmp_path / "unknown.csv"
    path.write_text("a;b\n1;2\n", encoding="utf-8")
    out = io.StringIO()
    with pytest.raises(CommandError):
        call_command("check_file", str(path), "--json", stdout=out)
    assert json.loads(out.getvalue())["code"] == "unreadable_unknown_format"


def test_a_file_of_which_nothing_is_used_ends_with_two(tmp_path):
    path = tmp_path / "log.csv"
    path.write_bytes(making.csv("fuel_date;trip_distance(km);quantity(kWh)", ["x;1;2"]))
    with pytest.raises(CommandError) as caught:
        run(path)
    assert caught.value.returncode == 2


def test_every_reason_and_quirk_has_words():
    assert set(wording.REFUSALS) == set(Refusal)
    assert set(wording.QUIRKS) == set(Quirk)
