"""Gather the samples of a drive from any format, settle their time and sign, part the trips."""

from collections import Counter

import polars as pl

from anonymize.formats import outcomes, signs, timeline, trips
from anonymize.formats.clocks import Clock
from anonymize.formats.outcomes import Outcome
from anonymize.formats.quality import DRIVING, Refusal
from anonymize.formats.tables import Source
from anonymize.formats.timeline import TIME, TRIP
from anonymize.formats.units import SIGNALS

SIMULATED = "SIMULATED"


class Driving:
    """Samples as they are read. clock, sign: as the format tells them (see WideTable)."""

    def __init__(self, name: str, source: Source, *, clock: Clock, sign: int) -> None:
        self._name, self._source = name, source
        self._clock, self._sign = clock, sign
        self._samples: list[pl.DataFrame] = []
        self._refused: Counter[Refusal] = Counter()
        self._used = 0

    def add(
        self, *, time: pl.Series, is_missing: pl.Series, signals: pl.DataFrame, wrong: int = 0
    ) -> None:
        """Take one stretch: milliseconds, where none was told, and the signals beside them.

        Raises TooManyRows.
        """
        told = signals.select(pl.exclude(TRIP))
        has_signal = (
            told.select(pl.any_horizontal(pl.all().is_not_null())).to_series()
            if told.width
            else time.is_null() & time.is_not_null()
        )
        usable = time.is_not_null() & has_signal
        refused = {
            Refusal.WRONG_COLUMNS: wrong,
            Refusal.MISSING_TIME: is_missing.sum(),
            Refusal.IMPOSSIBLE_DATE: (time.is_null() & ~is_missing).sum(),
            Refusal.NO_SIGNAL: (time.is_not_null() & ~has_signal).sum(),
        }
        self._refused.update({reason: int(count) for reason, count in refused.items() if count})
        samples = pl.DataFrame([*signals, time.alias(TIME)])  # signals may have no column at all
        self._samples.append(samples.filter(usable))
        self._used += self._samples[-1].height
        outcomes.check_rows(self._used)

    def refuse(self, reason: Refusal, count: int = 1) -> None:
        """Count rows that could not be read at all."""
        if count:
            self._refused[reason] += count

    def outcome(self) -> Outcome:
        """Settle everything and part the trips."""
        quirks = set(self._source.quirks)
        settled = timeline.settled(self._whole(), self._source.file_name, of_day=self._clock.of_day)
        samples = signs.righted(settled.samples, self._sign, quirks)
        if settled.repeated:
            self._refused[Refusal.DUPLICATE] += settled.repeated
        if settled.misdated:
            self._refused[Refusal.IMPOSSIBLE_DATE] += settled.misdated
        used = self._used - settled.repeated - settled.misdated
        return Outcome(
            format=self._name,
            kind=DRIVING,
            frame=trips.per_trip(samples, settled.started_at),
            rows_read=used + self._refused.total(),
            rows_used=used,
            refused=self._refused,
            signals=tuple(
                signal.word
                for signal in SIGNALS
                if signal.column in samples.columns and samples[signal.column].count()
            ),
            quirks=frozenset(quirks | settled.quirks),
            is_simulated=SIMULATED in self._source.remarks,
            samples=timeline.with_window(samples, settled.started_at),
            span=timeline.span(samples, settled.started_at),
        )

    def _whole(self) -> pl.DataFrame:
        if not self._samples:
            return pl.DataFrame(schema={TIME: pl.Int64})
        return pl.concat(self._samples, how="diagonal")
