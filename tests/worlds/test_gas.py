"""What acts cost on a real node is what the snapshot says, and within what was promised."""

import pytest

from bench import gas

pytestmark = pytest.mark.worlds


@pytest.fixture(scope="module")
def measured(_open_sockets_once):
    return gas.measure()


@pytest.fixture(scope="module")
def _open_sockets_once():
    from pytest_socket import enable_socket  # noqa: PLC0415

    enable_socket()


def test_no_act_has_become_dearer_or_cheaper_than_the_snapshot_says(measured):
    changed = gas.changes(gas.kept(), measured)
    assert not changed, f"if this was meant, `make gas` and say why: {changed}"


@pytest.mark.parametrize("act", sorted(gas.TARGETS))
def test_an_act_costs_no_more_than_was_promised(measured, act):
    assert measured[act] <= gas.TARGETS[act]


def test_every_contract_fits_any_chain(measured):
    sizes = {name: size for name, size in measured.items() if name.endswith("_bytes")}
    assert len(sizes) == 6
    assert all(size <= gas.LARGEST_CODE_BYTES for size in sizes.values())
