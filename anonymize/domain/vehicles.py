"""What is known of a vehicle beside its files: its driver, its model and how old it is."""

import polars as pl

from anonymize.domain.contributions import DRIVER


def with_vehicle(rows: pl.DataFrame, *, driver: str, model: str, year: int | None) -> pl.DataFrame:
    """Return a vehicle's rows with its driver, model and age; a model the file names goes first.

    year: the model year as its driver told it; None leaves the age unknown. vehicle_age_y: the year
    of the record less that, not below 0, for new models are sold the year before.
    """
    age = pl.col("window").str.slice(0, 4).cast(pl.Int64) - pl.lit(year, pl.Int64)
    return rows.with_columns(
        pl.lit(driver).alias(DRIVER),
        pl.col("vehicle_model").fill_null(model),
        age.clip(0).alias("vehicle_age_y"),
    )
