"""Numbers and words as they stand in columns; null where they cannot be read."""

from typing import TypeVar

import polars as pl

Column = TypeVar("Column", pl.Series, pl.Expr)
"""A column that is there, or one of a frame that is worked out with others in one go."""

_DECIMAL_COMMA = r"^([+-]?[0-9]+),([0-9]+)$"
# In a comma separated file three digits after a comma may be thousands: such a value is not read.
_CLEAR_DECIMAL_COMMA = r"^([+-]?[0-9]+),([0-9]{1,2}|[0-9]{4,})$"
_PLAIN = r"^[+-]?[0-9]{1,12}(\.[0-9]{0,12})?$"
_MISSING = ("", "NA", "N/A", "NaN", "nan", "null", "NULL", "None", "-")
_LARGEST = 1e15


def kept(values: Column, where: Column) -> Column:
    """Return the values where this holds, null elsewhere."""
    if isinstance(values, pl.Expr):
        return pl.when(where).then(values)
    if where.all(ignore_nulls=False):
        return values
    return pl.select(pl.when(where).then(values).alias(values.name)).to_series()


def stripped(column: Column) -> Column:
    """Return the texts without blanks around them; null where nothing is told."""
    texts = column.cast(pl.String).str.strip_chars()
    return kept(texts, ~texts.is_in(_MISSING))


def numbers(column: pl.Series, *, decimal_comma: bool) -> pl.Series:
    """Return finite numbers; null for anything that is no number."""
    if column.dtype.is_numeric():
        return finite(column)
    return text_numbers(column, decimal_comma=decimal_comma)


def text_numbers(texts: Column, *, decimal_comma: bool) -> Column:
    """Return finite numbers that are written as texts."""
    return finite(_with_points(texts.str.strip_chars(), decimal_comma=decimal_comma))


def plain_numbers(texts: Column, *, decimal_comma: bool) -> Column:
    """Return numbers written plainly: no exponent, at most twelve digits before the point."""
    texts = _with_points(texts.str.strip_chars(), decimal_comma=decimal_comma)
    return kept(texts, texts.str.contains(_PLAIN)).cast(pl.Float64, strict=False)


def finite(column: Column) -> Column:
    """Return numbers that are no larger than any quantity."""
    values = column.cast(pl.Float64, strict=False)
    return kept(values, values.abs() < _LARGEST)


def whole(values: Column, *, low: float, high: float, dtype: type[pl.DataType]) -> Column:
    """Return the values rounded to whole numbers; null outside low..high."""
    return kept(values, values.is_between(low, high)).round(0).cast(dtype, strict=False)


def words(column: Column) -> Column:
    """Return texts with single blanks; null where nothing is told."""
    texts = column.cast(pl.String).str.replace_all(r"\s+", " ").str.strip_chars()
    return kept(texts, texts != "")


def _with_points(texts: Column, *, decimal_comma: bool) -> Column:
    if isinstance(texts, pl.Series) and not texts.str.contains(",", literal=True).any():
        return texts
    pattern = _DECIMAL_COMMA if decimal_comma else _CLEAR_DECIMAL_COMMA
    return texts.str.replace(pattern, "$1.$2")
