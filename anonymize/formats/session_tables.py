"""Session tables by declared columns: what a preset says, and how its rows are read."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import polars as pl

from anonymize.formats import moments, outcomes, values
from anonymize.formats.moments import Form
from anonymize.formats.outcomes import Outcome
from anonymize.formats.quality import CHARGING, Refusal
from anonymize.formats.session_rows import Cells
from anonymize.formats.sessions import SCHEMA, SIGNALS
from anonymize.formats.tables import HASH, Table

SIMULATED = "SIMULATED"
KWH, WH = 1000, 1

_PERMILLE = 10
_LARGEST_WH = 1_000_000
_LARGEST_W = 1_000_000
_LONGEST_S = 366 * 86_400
_AS_WRITTEN = pl.QueryOptFlags.none()
_NONE = pl.DataFrame(schema={**SCHEMA, "refusal": pl.String, HASH: pl.UInt64})


@dataclass(frozen=True)
class SessionTable:
    """Where a session table keeps what. A column without a name is `#` and its place from 0.

    start, end: columns that are joined with a blank to one moment. wh: watt-hours in one unit of
    the energy column. idle_s: seconds connected without charging. charging: time charged as
    h:mm:ss. marks: columns that, with start, end and energy, tell the table from others.
    """

    name: str
    start: tuple[str, ...]
    end: tuple[str, ...]
    form: Form
    energy: str | None
    wh: int = KWH
    model: tuple[str, ...] = ()
    site: str | None = None
    start_soc: str | None = None
    end_soc: str | None = None
    zero_soc_is_unknown: bool = False
    idle_s: str | None = None
    charging: str | None = None
    marks: tuple[str, ...] = ()

    def knows(self, names: Sequence[str]) -> bool:
        """Tell whether the columns it needs are all there."""
        energy = () if self.energy is None else (self.energy,)
        return {*self.start, *self.end, *energy, *self.marks} <= set(names)

    def read(self, table: Table) -> Outcome:
        """Read every row; a row equal to an earlier one is refused."""
        places = {name: table.names.index(name) for name in self._wanted if name in table.names}
        kept: list[pl.DataFrame] = []
        wrong = 0
        for stretch in table.stretches(sorted(places.values())):
            kinds = stretch.frame.schema
            columns = tuple((name, at, kinds[str(at)]) for name, at in places.items())
            cells = Cells(columns, table.decimal_comma)
            kept.append(_sessions(stretch.frame, self, cells))
            wrong += stretch.wrong
            outcomes.check_rows(sum(frame.height for frame in kept))
        found = pl.concat(kept) if kept[1:] else next(iter(kept), _NONE)
        return self._outcome(found, wrong, table)

    @property
    def _wanted(self) -> tuple[str, ...]:
        single = (self.energy, self.site, self.start_soc, self.end_soc, self.idle_s, self.charging)
        return (*self.start, *self.end, *self.model, *(name for name in single if name))

    def _outcome(self, found: pl.DataFrame, wrong: int, table: Table) -> Outcome:
        again = ~pl.col(HASH).is_first_distinct()
        reason = pl.when(again).then(pl.lit(Refusal.DUPLICATE.value)).otherwise("refusal")
        found = found.with_columns(reason.alias("refusal"))
        used = found.filter(pl.col("refusal").is_null()).select(list(SCHEMA))
        refused = Counter({Refusal.WRONG_COLUMNS: wrong} if wrong else {})
        refused.update(Refusal(code) for code in found["refusal"].drop_nulls())
        told = used.select(pl.col(list(SIGNALS)).count()).row(0)
        return Outcome(
            format=self.name,
            kind=CHARGING,
            frame=used,
            rows_read=found.height + wrong,
            rows_used=used.height,
            refused=refused,
            signals=tuple(one for one, count in zip(SIGNALS.values(), told, strict=True) if count),
            quirks=frozenset(table.quirks),
            is_simulated=SIMULATED in table.remarks,
            span=outcomes.span_of(used["started_at"]),
        )


def _sessions(frame: pl.DataFrame, table: SessionTable, cells: Cells) -> pl.DataFrame:
    """Return the sessions of a stretch in one go: many small steps would cost more."""
    steps = frame.lazy()
    for step in _steps(table, cells):
        steps = steps.with_columns(step)
    return steps.select(*_NONE.columns).collect(optimizations=_AS_WRITTEN)


@lru_cache(maxsize=64)
def _steps(table: SessionTable, cells: Cells) -> tuple[tuple[pl.Expr, ...], ...]:
    """Return what is worked out, step after step, from what the steps before gave.

    Made once for all files of a kind: for a small one it costs as much as the rows. What is needed
    more than once is a step of its own, for nothing else keeps it from being worked out again.
    """
    duration = (pl.col("ended_at") - pl.col("started_at")).dt.total_seconds()
    steps = (
        _told(table, cells),
        _read(table, cells),
        {name: moments.likely(pl.col(name)) for name in ("started_at", "ended_at")},
        {"duration": duration},
        {"charged": _charged_s(table)},
        {"power": pl.col("wh") * 3600 / values.kept(pl.col("charged"), pl.col("charged") > 0)},
        _known(table),
    )
    return tuple(tuple(one.alias(name) for name, one in step.items()) for step in steps)


def _told(table: SessionTable, cells: Cells) -> dict[str, pl.Expr]:
    """What the file says, without blanks; null where it says nothing."""
    return {
        "start": cells.told(table.start),
        "end": cells.told(table.end),
        "energy": cells.told((table.energy,)) if table.energy else pl.lit(None, pl.String),
        "vehicle_model": cells.words(table.model),
        "site": cells.words((table.site,) if table.site else ()),
    }


def _read(table: SessionTable, cells: Cells) -> dict[str, pl.Expr]:
    """That as moments and numbers; null where it cannot be read."""
    return {
        "started_at": cells.moment(pl.col("start"), table.start, table.form),
        "ended_at": cells.moment(pl.col("end"), table.end, table.form),
        "wh": cells.plain_number(table.energy, pl.col("energy")) * table.wh,
        "idle_s": cells.number(table.idle_s),
        "charging_s": cells.length_s(table.charging),
        "start_soc": cells.number(table.start_soc),
        "end_soc": cells.number(table.end_soc),
    }


def _known(table: SessionTable) -> dict[str, pl.Expr]:
    """The columns of a session; null where a value is impossible."""
    return {
        "energy_wh": pl.col("wh").round(0).cast(pl.Int64),
        "plug_in_hour": pl.col("started_at").dt.hour().cast(pl.Int64),
        "window": pl.col("started_at").dt.strftime("%Y-%m"),
        "duration_s": _whole(pl.col("duration"), _LONGEST_S),
        "power_w": _whole(pl.col("power"), _LARGEST_W),
        "start_soc_permille": _permille(table, table.start_soc, "start_soc"),
        "end_soc_permille": _permille(table, table.end_soc, "end_soc"),
        "refusal": _refusal(has_energy=table.energy is not None),
    }


def _charged_s(table: SessionTable) -> pl.Expr:
    """Return the seconds the energy took, as well as they are told."""
    if table.idle_s is not None:
        return pl.col("duration") - pl.col("idle_s").fill_null(0)
    if table.charging is not None:
        return pl.col("charging_s").fill_null(pl.col("duration"))
    return pl.col("duration")


def _whole(number: pl.Expr, most: int) -> pl.Expr:
    return values.whole(number, low=0, high=most, dtype=pl.Int64)


def _permille(table: SessionTable, name: str | None, read: str) -> pl.Expr:
    """Return states of charge in per mille; null outside 0..100 percent, or 1..100."""
    if name is None:
        return pl.lit(None, pl.Int64)
    least = 1 if table.zero_soc_is_unknown else 0
    known = values.kept(pl.col(read), pl.col(read).is_between(least, 100))
    return (known * _PERMILLE).round(0).cast(pl.Int64)


def _refusal(*, has_energy: bool) -> pl.Expr:
    """Return why each row cannot be used; null for one that can. The first reason counts."""
    start, end, energy = pl.col("started_at"), pl.col("ended_at"), pl.col("wh")
    reasons = [
        (pl.col("start").is_null(), Refusal.MISSING_START),
        (pl.col("end").is_null(), Refusal.MISSING_END),
        (start.is_null() | end.is_null(), Refusal.IMPOSSIBLE_DATE),
        (end < start, Refusal.END_BEFORE_START),
    ]
    if has_energy:
        reasons += [
            (pl.col("energy").is_null(), Refusal.MISSING_ENERGY),
            (energy.is_null(), Refusal.UNREADABLE_NUMBER),
            (energy.round(0) < 0, Refusal.NEGATIVE_ENERGY),
            (energy > _LARGEST_WH, Refusal.IMPOSSIBLE_ENERGY),
            (energy.round(0) == 0, Refusal.ZERO_ENERGY),
        ]
    texts = [pl.when(where).then(pl.lit(reason.value)) for where, reason in reasons]
    return pl.coalesce(texts)
