"""What one driver handed in twice counts once: sessions, and trips that overlap in time."""

import polars as pl

from anonymize.formats.quality import CHARGING

_SAME_SESSION = ("started_at", "duration_s", "energy_wh", "site", "vehicle_model")


def distinct(frame: pl.DataFrame, kind: str) -> pl.DataFrame:
    """Return the rows of one vehicle's files of one kind without what was told before.

    Of trips that overlap, the one that began first stays. Trips without a date can only be told
    apart by all they say.
    """
    if kind == CHARGING:
        return frame.unique(_SAME_SESSION, keep="first", maintain_order=True)
    frame = frame.unique(maintain_order=True)
    dated = frame.filter(pl.col("started_at").is_not_null()).sort("started_at", maintain_order=True)
    ends = pl.col("started_at") + pl.duration(seconds=pl.col("duration_s").fill_null(0))
    covered = pl.col("started_at") < ends.cum_max().shift()
    again = (pl.col("started_at") == pl.col("started_at").shift()).fill_null(value=False)
    has_clock = pl.col("start_hour").is_not_null()
    dated = dated.filter(~(has_clock & (covered.fill_null(value=False) | again)))
    return pl.concat([dated, frame.filter(pl.col("started_at").is_null())])
