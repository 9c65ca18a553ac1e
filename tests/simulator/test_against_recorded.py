"""Charging of the fleet beside what was recorded at real chargers: the same order of things."""

import numpy as np
import pytest

from anonymize.formats.reading import read
from simulator.fleet import days_of
from tests.anonymize.making import recorded


@pytest.fixture(scope="module")
def sessions():
    fleet = (days_of(31, number, days=60, keeps_drives=False) for number in range(120))
    return [session for days in fleet for session in days.sessions]


def table_of(*parts):
    (path,) = recorded("charging", *parts).glob("*.csv.gz")
    return read(path.read_bytes(), name=path.name).frame


def wh_at(sessions, site):
    return np.array([session.energy_wh for session in sessions if session.site == site])


def test_energy_at_home_is_like_that_of_norwegian_homes(sessions):
    real = table_of("norway_residential")["energy_wh"]
    home = wh_at(sessions, "home")
    assert 0.6 < np.median(home) / real.median() < 1.7
    assert 0.6 < home.mean() / real.mean() < 1.5


def test_energy_in_public_is_like_that_of_dundee(sessions):
    real = table_of("dundee_uk")["energy_wh"]
    public = wh_at(sessions, "public")
    assert 0.6 < np.median(public) / real.median() < 1.7
    assert 0.6 < np.quantile(public, 0.75) / real.quantile(0.75) < 1.7


def test_cars_stand_plugged_in_at_home_as_long_and_come_as_late(sessions):
    real = table_of("norway_residential")
    home = [session for session in sessions if session.site == "home"]
    plugged_s = np.median([(session.end - session.start).total_seconds() for session in home])
    assert 0.6 < plugged_s / real["duration_s"].median() < 1.6
    evening = np.mean([16 <= session.start.hour <= 21 for session in home])
    assert evening == pytest.approx(real["plug_in_hour"].is_between(16, 21).mean(), abs=0.15)
