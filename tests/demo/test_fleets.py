"""The drivers of the demo: each with own rows, in the file's own columns, under our own label."""

import gzip
import re

import pytest

from anonymize.domain import queries
from anonymize.formats.reading import read
from demo import fleets
from tests.anonymize.formats.test_reading import DUNDEE_HEADER, NORWAY_HEADER, dundee_row
from tests.anonymize.making import recorded


@pytest.fixture
def folder(tmp_path):
    rows = [
        dundee_row().replace("1,7,", "1, 7 ,"),
        dundee_row(event=2, car="Renault ZOE").replace("2,7,", "2,8H,"),
        dundee_row(event=3),
        dundee_row(event=4).replace("4,7,", "4,,"),
    ]
    table = "\r\n".join([DUNDEE_HEADER, *rows, ""])
    tmp_path.joinpath("sessions.csv.gz").write_bytes(gzip.compress(table.encode()))
    return tmp_path


def test_one_published_id_is_one_driver_with_own_rows(folder):
    fleet = fleets.load(str(folder), drivers=None, seed=1)
    assert (fleet.name, fleet.is_simulated, fleet.rows_without_user) == ("dundee", False, 1)
    by_model = {one.vehicle["model"]: one for one in fleet.drivers}
    assert set(by_model) == {"LEAF", "ZOE"}
    assert read(by_model["LEAF"].content).report.rows_used == 2
    assert by_model["ZOE"].content.decode().splitlines()[0] == DUNDEE_HEADER
    assert by_model["ZOE"].vehicle == {
        "brand": "Renault",
        "model": "ZOE",
        "year": None,
        "powertrain": "bev",
    }


def test_no_label_or_representation_holds_a_published_id(folder):
    fleet = fleets.load(str(folder), drivers=None, seed=1)
    assert {one.label for one in fleet.drivers} == {"dundee-001", "dundee-002"}
    assert "8H" not in repr(fleet) + repr(fleet.drivers)


def test_a_smaller_fleet_is_drawn_by_the_seed(folder):
    one = fleets.load(str(folder), drivers=1, seed=5)
    assert len(one.drivers) == 1
    assert one == fleets.load(str(folder), drivers=1, seed=5)


def test_an_unknown_set_is_refused(tmp_path):
    with pytest.raises(fleets.UnknownFleet, match="expected one"):
        fleets.load(str(tmp_path), drivers=None, seed=1)
    tmp_path.joinpath("other.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(fleets.UnknownFleet, match="not known"):
        fleets.load(str(tmp_path), drivers=None, seed=1)


def test_a_residential_set_is_known_by_its_header(tmp_path):
    row = '"ASK";"ASK_x";"ASK_1";2019-11-28 19:08:00;2019-11-29 08:20:00;13,2;19,96'
    tmp_path.joinpath("reports.csv").write_text(f"{NORWAY_HEADER}\n{row}\n", encoding="utf-8")
    fleet = fleets.load(str(tmp_path), drivers=None, seed=1)
    assert fleet.name == "norway"
    assert read(fleet.drivers[0].content).report.rows_used == 1


def test_without_a_path_the_fleet_is_simulated_and_says_so():
    fleet = fleets.load(None, drivers=3, seed=2)
    assert fleet.is_simulated
    assert len(fleet.drivers) == 3
    assert all(read(one.content).report.is_simulated for one in fleet.drivers)


@pytest.mark.parametrize("name", ["dundee", "norway", "simulated"])
def test_every_shipped_question_can_be_asked(name):
    query = queries.plan_of(fleets.spec_of(name))
    assert query.group_by[0].has_other


def test_it_makes_635_drivers_of_the_public_chargers():
    fleet = fleets.load(str(recorded("charging", "dundee_uk")), drivers=None, seed=1)
    assert (len(fleet.drivers), fleet.rows_without_user) == (635, 25)
    rows = [read(one.content).report.rows_read for one in fleet.drivers]
    assert sum(rows) == 14_747 - 25
    assert all(re.fullmatch(r"dundee-\d{3}", one.label) for one in fleet.drivers)


def test_it_makes_175_drivers_of_the_residential_chargers():
    fleet = fleets.load(str(recorded("charging", "norway_residential")), drivers=None, seed=1)
    assert len(fleet.drivers) == 175
