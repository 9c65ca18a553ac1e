"""Dates and clocks as they stand in columns: local moments, or null where they are impossible."""

from collections.abc import Mapping
from enum import StrEnum

import polars as pl

from anonymize.formats.values import Column, kept

_FIRST_YEAR, _LAST_YEAR = 2000, 2099
_CLOCK = r"([0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,9})?)?)"
_WITHOUT_SECONDS = r"^([^:]*:[^:]*)$"
_OFFSET = r"\s*(?:Z|UTC|[+-][0-9]{2}:?(?:[0-9]{2})?)?"
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


class Form(StrEnum):
    """How a date and a clock are written. Offsets are left aside: the local clock is meant."""

    YEAR_FIRST = rf"^([0-9]{{4}})[-/.]([0-9]{{1,2}})[-/.]([0-9]{{1,2}})[ T]{_CLOCK}{_OFFSET}$"
    CENTURY_LOST = rf"^00([0-9]{{2}})-([0-9]{{2}})-([0-9]{{2}})[ T]{_CLOCK}$"
    DAY_FIRST = rf"^([0-9]{{1,2}})[/.]([0-9]{{1,2}})[/.]([0-9]{{4}}) {_CLOCK}$"
    MONTH_FIRST = rf"^([0-9]{{1,2}})/([0-9]{{1,2}})/([0-9]{{4}})[ ]{_CLOCK}$"
    MONTH_IN_WORDS = (
        rf"^[A-Z][a-z]{{2}} ([A-Z][a-z]{{2}}) ([0-9]{{2}}) ([0-9]{{4}}) {_CLOCK}"
        r"(?: GMT[+-][0-9]{4}(?: \([A-Z]+\))?)?$"
    )


_ORDER: Mapping[Form, str] = {
    Form.YEAR_FIRST: "$1-$2-$3 $4",
    Form.CENTURY_LOST: "20$1-$2-$3 $4",
    Form.DAY_FIRST: "$3-$2-$1 $4",
    Form.MONTH_FIRST: "$3-$1-$2 $4",
    Form.MONTH_IN_WORDS: "$3-$1-$2 $4",
}


def moments(column: pl.Series, form: Form) -> pl.Series:
    """Return local moments of the years 2000 to 2099."""
    is_known = column.dtype.is_temporal()
    return likely(of_clocks(column) if is_known else of_texts(column, form))


def of_clocks(column: Column) -> Column:
    """Return the moments of a column that holds dates or clocks."""
    return column.cast(pl.Datetime("us"), strict=False)


def of_texts(texts: Column, form: Form) -> Column:
    """Return the moments of texts that are written in this form."""
    texts = kept(texts, texts.str.contains(form.value)).str.replace(form.value, _ORDER[form])
    if form is Form.MONTH_IN_WORDS:
        texts = texts.str.replace_many(_MONTHS, [f"{n:02}" for n in range(1, 13)])
    return _parsed(texts)


def likely(found: Column) -> Column:
    """Return the moments of the years 2000 to 2099; null elsewhere."""
    return kept(found, found.dt.year().is_between(_FIRST_YEAR, _LAST_YEAR))


def clock_ms(texts: pl.Series) -> pl.Series:
    """Return milliseconds since midnight of `h:mm`, `h:mm:ss` or `h:mm:ss.fff`."""
    texts = kept(texts, texts.str.contains(f"^{_CLOCK}$"))
    days = _parsed("1970-01-01 " + texts)
    return days.dt.epoch("ms")


def length_s(texts: Column) -> Column:
    """Return the seconds of a length `h:mm:ss`, the hours as many as they are."""
    parts = texts.str.extract_groups(r"^([0-9]{1,4}):([0-5][0-9]):([0-5][0-9])$").struct
    hours, minutes, seconds = (parts.field(n).cast(pl.Int64, strict=False) for n in "123")
    return hours * 3600 + minutes * 60 + seconds


def _parsed(texts: Column) -> Column:
    """Return the moments of `Y-m-d H:M[:S[.f]]`."""
    texts = texts.str.replace(",", ".", literal=True).str.replace(_WITHOUT_SECONDS, "$1:00")
    return texts.str.to_datetime("%Y-%m-%d %H:%M:%S%.f", time_unit="us", strict=False)
