"""The licence that cannot change hands: success, then each refusal by its text."""

import boa
import pytest

from tests.contracts.campaigns import change, deploy_stewardship, padded
from tests.contracts.conftest import new_key

NOBODY = "0x" + "00" * 20


@pytest.fixture
def licensor():
    return new_key()


@pytest.fixture
def keys():
    return new_key(), new_key()


@pytest.fixture
def stewardship(compiled, keys, operator, treasury, licensor):
    return deploy_stewardship(compiled, keys, operator, treasury, licensor)


@pytest.fixture
def licence(compiled, stewardship):
    return compiled["DeveloperLicence"].deploy(stewardship.address)


@pytest.fixture
def held(licence, licensor, developer) -> int:
    with boa.env.prank(licensor.address):
        licence.give(developer.address)
    return int(developer.address, 16)


def test_the_licensor_gives_a_licence_that_is_locked(licence, licensor, developer, held):
    transfer, locked = licence.get_logs()
    assert (transfer.sender, transfer.receiver) == (NOBODY, developer.address)
    assert (transfer.token_id, locked.token_id) == (held, held)
    assert licence.ownerOf(held) == developer.address
    assert licence.balanceOf(developer.address) == 1
    assert licence.locked(held)


def test_the_licensor_takes_it_back_and_can_give_it_again(licence, licensor, developer, held):
    with boa.env.prank(licensor.address):
        licence.take_back(held)
    (log,) = licence.get_logs()
    assert (log.sender, log.receiver, log.token_id) == (developer.address, NOBODY, held)
    assert licence.balanceOf(developer.address) == 0
    for view in (licence.ownerOf, licence.locked, licence.tokenURI, licence.getApproved):
        with boa.reverts("licence: none held"):
            view(held)
    with boa.env.prank(licensor.address):
        with boa.reverts("licence: none held"):
            licence.take_back(held)
        licence.give(developer.address)
    assert licence.ownerOf(held) == developer.address


def test_only_the_licensor_gives_and_takes(licence, keys, operator, developer, held):
    for stranger in (developer, operator, *keys):
        with boa.env.prank(stranger.address):
            with boa.reverts("licence: not the licensor"):
                licence.give(stranger.address)
            with boa.reverts("licence: not the licensor"):
                licence.take_back(held)


def test_a_new_licensor_takes_over_what_the_old_one_gave(
    licence, stewardship, keys, licensor, held
):
    newcomer = new_key()
    change(stewardship, keys, "licensor", padded(newcomer.address))
    with boa.env.prank(licensor.address), boa.reverts("licence: not the licensor"):
        licence.take_back(held)
    with boa.env.prank(newcomer.address):
        licence.take_back(held)


def test_one_account_holds_one_licence(licence, licensor, developer, held):
    with boa.env.prank(licensor.address):
        with boa.reverts("licence: held already"):
            licence.give(developer.address)
        with boa.reverts("licence: no holder"):
            licence.give(NOBODY)


def test_it_cannot_change_hands(licence, licensor, developer, driver, held):
    move = (developer.address, driver.address, held)
    for mover in (developer, licensor):
        with boa.env.prank(mover.address):
            for act in (
                lambda: licence.transferFrom(*move),
                lambda: licence.safeTransferFrom(*move),
                lambda: licence.safeTransferFrom(*move, b"\x01"),
                lambda: licence.approve(driver.address, held),
                lambda: licence.setApprovalForAll(driver.address, bool(held)),
            ):
                with boa.reverts("licence: not transferable"):
                    act()
    assert licence.ownerOf(held) == developer.address


def test_it_answers_as_wallets_ask(licence, developer, driver, held):
    assert (licence.name(), licence.symbol()) == ("Odometer Developer Licence", "ODLIC")
    assert licence.tokenURI(held).startswith("data:application/json,")
    assert licence.getApproved(held) == NOBODY
    assert not licence.isApprovedForAll(developer.address, driver.address)
    with boa.reverts("licence: no holder"):
        licence.balanceOf(NOBODY)
    with boa.reverts("licence: none held"):
        licence.ownerOf(held + 2**160)


@pytest.mark.parametrize("interface", ["01ffc9a7", "80ac58cd", "5b5e139f", "b45a3c0e"])
def test_it_names_its_interfaces(licence, interface):
    assert licence.supportsInterface(bytes.fromhex(interface))


@pytest.mark.parametrize("interface", ["ffffffff", "780e9d63", "00000000"])
def test_it_names_no_other_interface(licence, interface):
    assert not licence.supportsInterface(bytes.fromhex(interface))


def test_it_refuses_to_stand_without_a_stewardship(compiled):
    with boa.reverts("licence: no stewardship"):
        compiled["DeveloperLicence"].deploy(new_key().address)
