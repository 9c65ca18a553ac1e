"""No exit asks whether the market is halted, and a machine keeps it so."""

from configparser import ConfigParser

from tests.architecture.test_floors import ROOT
from tests.conftest import EXITS


def test_no_room_with_an_exit_may_look_at_the_stop_switch():
    contracts = ConfigParser()
    contracts.read(ROOT / ".importlinter")
    switch = contracts["importlinter:contract:stop-switch"]
    assert switch["protected_modules"].split() == ["chain.standing"]
    rooms = {module.split(".")[0] for module in switch["allowed_importers"].split()}
    assert not rooms & set(EXITS)
