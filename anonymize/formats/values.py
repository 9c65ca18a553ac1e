"""Numbers and words as they stand in columns; null where they cannot be read."""

import polars as pl

_DECIMAL_COMMA = r"^([+-]?[0-9]+),([0-9]+)$"
# In a comma separated file three digits after a comma may be thousands: such a value is not read.
_CLEAR_DECIMAL_COMMA = r"^([+-]?[0-9]+),([0-9]{1,2}|[0-9]{4,})$"
_PLAIN = r"^[+-]?[0-9]{1,12}(\.[0-9]{0,12})?$"
_MISSING = ("", "NA", "N/A", "NaN", "nan", "null", "NULL", "None", "-")
_LARGEST = 1e15


def kept(values: pl.Series, where: pl.Series) -> pl.Series:
    """Return the values where this holds, null elsewhere."""
    if where.all(ignore_nulls=False):
        return values
    return pl.select(pl.when(where).then(values).alias(values.name)).to_series()


def stripped(column: pl.Series) -> pl.Series:
    """Return the texts without blanks around them; null where nothing is told."""
    texts = column.cast(pl.String).str.strip_chars()
    return kept(texts, ~texts.is_in(_MISSING))


def numbers(column: pl.Series, *, decimal_comma: bool) -> pl.Series:
    """Return finite numbers; null for anything that is no number."""
    if column.dtype.is_numeric():
        values = column.cast(pl.Float64, strict=False)
    else:
        texts = column.str.strip_chars()
        values = _with_points(texts, decimal_comma=decimal_comma).cast(pl.Float64, strict=False)
    return kept(values, values.abs() < _LARGEST)


def plain_numbers(column: pl.Series, *, decimal_comma: bool) -> pl.Series:
    """Return numbers written plainly: no exponent, at most twelve digits before the point."""
    if column.dtype.is_numeric():
        return numbers(column, decimal_comma=decimal_comma)
    texts = _with_points(column.str.strip_chars(), decimal_comma=decimal_comma)
    return kept(texts, texts.str.contains(_PLAIN)).cast(pl.Float64, strict=False)


def whole(values: pl.Series, *, low: float, high: float, dtype: type[pl.DataType]) -> pl.Series:
    """Return the values rounded to whole numbers; null outside low..high."""
    return kept(values, values.is_between(low, high)).round(0).cast(dtype, strict=False)


def words(column: pl.Series) -> pl.Series:
    """Return texts with single blanks; null where nothing is told."""
    texts = column.cast(pl.String).str.replace_all(r"\s+", " ").str.strip_chars()
    return kept(texts, texts != "")


def _with_points(texts: pl.Series, *, decimal_comma: bool) -> pl.Series:
    if not texts.str.contains(",", literal=True).any():
        return texts
    pattern = _DECIMAL_COMMA if decimal_comma else _CLEAR_DECIMAL_COMMA
    return texts.str.replace(pattern, "$1.$2")
