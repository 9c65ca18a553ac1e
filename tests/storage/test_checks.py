from pathlib import Path
from typing import Any

from storage import checks
from tests.factories import keys


def test_a_process_without_the_key_is_in_order() -> None:
    assert checks.builder_key_fits() == []


def test_the_builder_with_its_own_key_is_in_order(builder_process: None) -> None:
    assert checks.builder_key_fits() == []


def test_a_key_that_fits_nothing_stops_the_builder(settings: Any) -> None:
    for wrong in (keys.BUYER.private.hex(), "not hex", "ab"):
        settings.BUILDER_PRIVATE_KEY = wrong
        assert [error.id for error in checks.builder_key_fits()] == ["storage.E001"]


def test_a_builder_nobody_can_seal_to_stops(
    settings: Any, builder_process: None, tmp_path: Path
) -> None:
    settings.BUILDER_PUBLIC_FILE = tmp_path / "nowhere.json"
    assert [error.id for error in checks.builder_key_fits()] == ["storage.E001"]
