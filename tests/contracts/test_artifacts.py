"""The committed artifacts are what the sources compile to."""

import pytest
from vyper.cli.vyper_compile import compile_files

from chain.management.commands import build_contracts

MOST_BYTES = 24_576  # EIP-170


@pytest.mark.parametrize(
    "name", ["ConsentRegistry", "ReleaseMarket", "Stewardship", "TestStablecoin"]
)
def test_an_artifact_is_what_its_source_compiles_to(name):
    fresh = build_contracts.as_text(build_contracts.compiled(build_contracts.sources()[name]))
    assert (build_contracts.ARTIFACTS_DIR / f"{name}.json").read_text() == fresh


def test_a_contract_fits_on_a_chain():
    for name in ("ConsentRegistry", "ReleaseMarket"):
        source = str(build_contracts.sources()[name])
        ((code,),) = (
            made.values() for made in compile_files([source], ["bytecode_runtime"]).values()
        )
        assert len(bytes.fromhex(code[2:])) < MOST_BYTES


def test_every_contract_has_an_artifact():
    kept = {path.stem for path in build_contracts.ARTIFACTS_DIR.glob("*.json")}
    assert kept == set(build_contracts.sources())
