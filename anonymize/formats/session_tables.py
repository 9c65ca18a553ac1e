"""Session tables by declared columns: what a preset says, and how its rows are read."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from anonymize.formats import outcomes, values
from anonymize.formats.moments import Form
from anonymize.formats.outcomes import Outcome
from anonymize.formats.quality import CHARGING, Refusal
from anonymize.formats.session_rows import Rows
from anonymize.formats.sessions import SCHEMA, SIGNALS
from anonymize.formats.tables import HASH, Table

SIMULATED = "SIMULATED"
KWH, WH = 1000, 1

_LARGEST_W = 1_000_000
_LONGEST_S = 366 * 86_400


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
        kept = [pl.DataFrame(schema={**SCHEMA, "refusal": pl.String, HASH: pl.UInt64})]
        wrong = 0
        for stretch in table.stretches(sorted(places.values())):
            rows = Rows(stretch.frame, places, decimal_comma=table.decimal_comma)
            kept.append(self._sessions(rows))
            wrong += stretch.wrong
            outcomes.check_rows(sum(frame.height for frame in kept))
        return self._outcome(pl.concat(kept), wrong, table)

    @property
    def _wanted(self) -> tuple[str, ...]:
        single = (self.energy, self.site, self.start_soc, self.end_soc, self.idle_s, self.charging)
        return (*self.start, *self.end, *self.model, *(name for name in single if name))

    def _outcome(self, found: pl.DataFrame, wrong: int, table: Table) -> Outcome:
        again = ~found[HASH].is_first_distinct()
        found = found.with_columns(
            pl.when(again)
            .then(pl.lit(Refusal.DUPLICATE.value))
            .otherwise("refusal")
            .alias("refusal")
        )
        used = found.filter(pl.col("refusal").is_null()).select(list(SCHEMA))
        refused = Counter({Refusal.WRONG_COLUMNS: wrong} if wrong else {})
        refused.update(Refusal(code) for code in found["refusal"].drop_nulls())
        return Outcome(
            format=self.name,
            kind=CHARGING,
            frame=used,
            rows_read=found.height + wrong,
            rows_used=used.height,
            refused=refused,
            signals=tuple(told for name, told in SIGNALS.items() if used[name].count()),
            quirks=frozenset(table.quirks),
            is_simulated=SIMULATED in table.remarks,
            span=outcomes.span_of(used["started_at"]),
        )

    def _sessions(self, rows: Rows) -> pl.DataFrame:
        start, end = rows.moment(self.start, self.form), rows.moment(self.end, self.form)
        duration = (end - start).dt.total_seconds()
        energy = rows.energy_wh(self.energy, self.wh)
        power = energy * 3600 / self._charged_s(rows, duration)
        return pl.DataFrame(
            {
                "started_at": start,
                "energy_wh": energy.round(0).cast(pl.Int64),
                "vehicle_model": rows.words(self.model),
                "site": rows.words((self.site,) if self.site else ()),
                "plug_in_hour": start.dt.hour().cast(pl.Int64),
                "window": start.dt.strftime("%Y-%m"),
                "duration_s": values.whole(duration, low=0, high=_LONGEST_S, dtype=pl.Int64),
                "power_w": values.whole(power, low=0, high=_LARGEST_W, dtype=pl.Int64),
                "start_soc_permille": rows.soc_permille(self.start_soc, self._least_soc),
                "end_soc_permille": rows.soc_permille(self.end_soc, self._least_soc),
                "refusal": self._refusal(rows, start, end, energy),
                HASH: rows.frame[HASH],
            }
        )

    @property
    def _least_soc(self) -> int:
        return 1 if self.zero_soc_is_unknown else 0

    def _charged_s(self, rows: Rows, duration: pl.Series) -> pl.Series:
        """Return the seconds the energy took, as well as they are told; null for none."""
        charged = duration
        if self.idle_s is not None:
            charged = duration - rows.number(self.idle_s).fill_null(0)
        elif self.charging is not None:
            charged = rows.length_s(self.charging).fill_null(duration)
        return values.kept(charged, charged > 0)

    def _refusal(
        self, rows: Rows, start: pl.Series, end: pl.Series, energy: pl.Series
    ) -> pl.Series:
        """Return why each row cannot be used; null for one that can. The first reason counts."""
        reasons = [
            (rows.is_missing(self.start), Refusal.MISSING_START),
            (rows.is_missing(self.end), Refusal.MISSING_END),
            (start.is_null() | end.is_null(), Refusal.IMPOSSIBLE_DATE),
            (end < start, Refusal.END_BEFORE_START),
            *rows.energy_refusals(self.energy, energy),
        ]
        texts = [pl.when(where).then(pl.lit(reason.value)) for where, reason in reasons]
        return pl.select(pl.coalesce(texts)).to_series()
