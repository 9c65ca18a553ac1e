"""The cells of a session table, column by column, as values of ours."""

from collections.abc import Iterator, Mapping, Sequence

import polars as pl

from anonymize.formats import moments, values
from anonymize.formats.moments import Form
from anonymize.formats.quality import Refusal

_LARGEST_WH = 1_000_000
_PERMILLE = 10


class Rows:
    """Rows of one stretch of a table. Columns that the table does not have are null."""

    def __init__(
        self, frame: pl.DataFrame, places: Mapping[str, int], *, decimal_comma: bool
    ) -> None:
        self.frame = frame
        self._places = places
        self._decimal_comma = decimal_comma
        self._texts: dict[str, pl.Series] = {}

    def is_missing(self, names: Sequence[str]) -> pl.Series:
        """Tell where any of these columns says nothing."""
        gone = [self._stripped(name).is_null() for name in names]
        return pl.select(pl.any_horizontal(gone)).to_series()

    def moment(self, names: Sequence[str], form: Form) -> pl.Series:
        """Return local moments of columns that are joined with a blank."""
        first = self._column(names[0])
        if len(names) == 1 and first.dtype.is_temporal():
            return moments.moments(first, form)
        texts = [self._stripped(name) for name in names]
        joined = pl.select(pl.concat_str(texts, separator=" ")).to_series()
        return moments.moments(joined, form)

    def energy_wh(self, name: str | None, wh: int) -> pl.Series:
        """Return energies in Wh; null where they cannot be read or are not told at all."""
        if name is None:
            return pl.repeat(None, self.frame.height, dtype=pl.Float64, eager=True)
        read = values.plain_numbers(self._column(name), decimal_comma=self._decimal_comma)
        return read * wh

    def energy_refusals(
        self, name: str | None, energy: pl.Series
    ) -> Iterator[tuple[pl.Series, Refusal]]:
        """Yield where an energy cannot be used, and why; nothing for a table without energies."""
        if name is None:
            return
        yield self._stripped(name).is_null(), Refusal.MISSING_ENERGY
        yield energy.is_null(), Refusal.UNREADABLE_NUMBER
        yield energy.round(0) < 0, Refusal.NEGATIVE_ENERGY
        yield energy > _LARGEST_WH, Refusal.IMPOSSIBLE_ENERGY
        yield energy.round(0) == 0, Refusal.ZERO_ENERGY

    def soc_permille(self, name: str | None, least_percent: int) -> pl.Series:
        """Return states of charge in per mille; null outside least..100 percent."""
        if name is None:
            return pl.repeat(None, self.frame.height, dtype=pl.Int64, eager=True)
        percent = self.number(name)
        known = values.kept(percent, percent.is_between(least_percent, 100))
        return (known * _PERMILLE).round(0).cast(pl.Int64)

    def number(self, name: str) -> pl.Series:
        """Return numbers; null where there is none."""
        return values.numbers(self._column(name), decimal_comma=self._decimal_comma)

    def length_s(self, name: str) -> pl.Series:
        """Return seconds of lengths written h:mm:ss."""
        return moments.length_s(self._stripped(name))

    def words(self, names: Sequence[str]) -> pl.Series:
        """Return the words of these columns, joined; null where they say nothing."""
        texts = [values.words(self._column(name)) for name in names if name in self._places]
        if not texts:
            return pl.repeat(None, self.frame.height, dtype=pl.String, eager=True)
        joined = pl.concat_str(texts, separator=" ", ignore_nulls=True)
        return values.words(pl.select(joined).to_series())

    def _stripped(self, name: str) -> pl.Series:
        if name not in self._texts:
            self._texts[name] = values.stripped(self._column(name))
        return self._texts[name]

    def _column(self, name: str) -> pl.Series:
        if name not in self._places:
            return pl.repeat(None, self.frame.height, dtype=pl.String, eager=True)
        return self.frame[str(self._places[name])]
