"""The cells of a session table, column by column, as values of ours."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from anonymize.formats import moments, values
from anonymize.formats.moments import Form

_NO_TEXT = pl.lit(None, pl.String)


@dataclass(frozen=True)
class Cells:
    """The columns of a table's frames: name, place and kind of each; others are null."""

    columns: tuple[tuple[str, int, pl.DataType], ...]
    decimal_comma: bool

    def told(self, names: Sequence[str]) -> pl.Expr:
        """Return columns joined with a blank, null where any says nothing.

        A single column of moments stays what it is.
        """
        if len(names) == 1 and self._kind(names[0]).is_temporal():
            return self._column(names[0])
        texts = [values.stripped(self._column(name)) for name in names]
        return pl.concat_str(texts, separator=" ") if texts[1:] else texts[0]

    def moment(self, told: pl.Expr, names: Sequence[str], form: Form) -> pl.Expr:
        """Return the local moments of what columns told, of any year."""
        if len(names) == 1 and self._kind(names[0]).is_temporal():
            return moments.of_clocks(told)
        return moments.of_texts(told, form)

    def plain_number(self, name: str | None, told: pl.Expr) -> pl.Expr:
        """Return numbers of what a column told, written plainly; null for no column."""
        if name is None:
            return pl.lit(None, pl.Float64)
        if self._kind(name).is_numeric():
            return values.finite(self._column(name))
        return values.plain_numbers(told, decimal_comma=self.decimal_comma)

    def number(self, name: str | None) -> pl.Expr:
        """Return numbers; null where there is none, and for no column."""
        if name is None:
            return pl.lit(None, pl.Float64)
        if self._kind(name).is_numeric():
            return values.finite(self._column(name))
        return values.text_numbers(self._column(name), decimal_comma=self.decimal_comma)

    def length_s(self, name: str | None) -> pl.Expr:
        """Return seconds of lengths written h:mm:ss; null for no column."""
        if name is None:
            return pl.lit(None, pl.Int64)
        return moments.length_s(values.stripped(self._column(name)))

    def words(self, names: Sequence[str]) -> pl.Expr:
        """Return the words of these columns, joined; null where they say nothing."""
        known = {name for name, _place, _kind in self.columns}
        texts = [values.words(self._column(name)) for name in names if name in known]
        if not texts[1:]:
            return texts[0] if texts else _NO_TEXT
        return values.words(pl.concat_str(texts, separator=" ", ignore_nulls=True))

    def _column(self, name: str) -> pl.Expr:
        places = [place for known, place, _kind in self.columns if known == name]
        return pl.col(str(places[0])) if places else _NO_TEXT

    def _kind(self, name: str) -> pl.DataType:
        kinds = [kind for known, _place, kind in self.columns if known == name]
        return kinds[0] if kinds else pl.String()
