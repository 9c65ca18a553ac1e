"""The committed artifacts are what the sources compile to."""

import pytest

from chain.management.commands import build_contracts


@pytest.mark.parametrize("name", ["ConsentRegistry", "ReleaseMarket", "TestStablecoin"])
def test_an_artifact_is_what_its_source_compiles_to(name):
    fresh = build_contracts.as_text(build_contracts.compiled(build_contracts.sources()[name]))
    assert (build_contracts.ARTIFACTS_DIR / f"{name}.json").read_text() == fresh


def test_every_contract_has_an_artifact():
    kept = {path.stem for path in build_contracts.ARTIFACTS_DIR.glob("*.json")}
    assert kept == set(build_contracts.sources())
