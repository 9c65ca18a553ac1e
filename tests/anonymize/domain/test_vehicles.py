"""What a driver told of a vehicle stands beside every row; what is not known is left empty."""

import polars as pl

from anonymize.domain.vehicles import with_vehicle

ROWS = pl.DataFrame(
    {"window": ["2026-01", "2026-12", None], "vehicle_model": [None, "Nissan LEAF", None]}
)


def registered(year):
    return with_vehicle(ROWS, driver="d", model="BYD Seagull", year=year)


def test_the_age_is_the_year_of_the_record_less_the_model_year():
    assert registered(2023)["vehicle_age_y"].to_list() == [3, 3, None]


def test_a_model_of_next_year_is_new():
    assert registered(2027)["vehicle_age_y"].to_list() == [0, 0, None]


def test_without_a_year_the_age_is_not_known():
    assert registered(None)["vehicle_age_y"].to_list() == [None, None, None]


def test_a_model_that_the_file_names_goes_before_the_one_that_was_told():
    assert registered(None)["vehicle_model"].to_list() == [
        "BYD Seagull",
        "Nissan LEAF",
        "BYD Seagull",
    ]
