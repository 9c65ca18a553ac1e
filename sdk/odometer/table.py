"""A release in hand: rows, columns with their units, and the manifest."""

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from odometer import picture
from odometer.errors import OdometerError
from protocol import manifest as manifests
from protocol.manifest import Manifest

if TYPE_CHECKING:
    import polars as pl


class PolarsMissing(OdometerError):
    """Reading Parquet needs `pip install odometer[polars]`; the bytes are there without it."""


@dataclass(frozen=True)
class Table:
    """A release that was checked and opened. parquet: the file as it was published."""

    manifest: Manifest
    parquet: bytes

    def __repr__(self) -> str:
        names = ", ".join(column["name"] for column in self.manifest["columns"])
        return f"<Table {self.manifest['spec']['title']!r}: {names}>"

    def to_polars(self) -> "pl.DataFrame":
        """Return the rows as a Polars frame. Raises PolarsMissing."""
        try:
            import polars as pl  # noqa: PLC0415 - optional
        except ImportError as error:
            raise PolarsMissing("install polars to read the rows") from error
        return pl.read_parquet(BytesIO(self.parquet))

    def to_csv(self) -> bytes:
        """Return the rows as CSV in UTF-8."""
        return self.to_polars().write_csv().encode()

    def to_svg(self, column: str) -> str:
        """Return a chart of one column by group, each bar with its 95% interval.

        Raises KeyError for a column without an interval.
        """
        spec = self.manifest["spec"]
        rows = self.to_polars().to_dicts()
        bars = picture.bars_of(rows, column, [key["key"] for key in spec["group_by"]])
        unit = next(c["unit"] for c in self.manifest["columns"] if c["name"] == column)
        kind = "Simulated fleet" if self.manifest["is_simulated"] else "Recorded data"
        note = (
            f"{kind} · {self.manifest['window'][0]} to {self.manifest['window'][-1]} · about "
            f"{self.manifest['cohort_noised']} drivers · epsilon {self.manifest['epsilon']} at "
            f"delta {self.manifest['delta']}"
        )
        title = column.replace("_", " ").capitalize()
        return picture.draw(bars, title=title, unit=unit, notes=[str(spec["title"]), note])

    def _repr_svg_(self) -> str:
        """Draw the first figure in a notebook."""
        return self.to_svg(self.manifest["spec"]["statistics"][0]["name"])

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Hand the rows to Polars, pandas or DuckDB without a copy."""
        return self.to_polars().__arrow_c_stream__(requested_schema)

    def describe(self) -> list[dict[str, Any]]:
        """Return name, unit and description of each column."""
        return [dict(column) for column in self.manifest["columns"]]

    def save(self, folder: str | Path) -> list[Path]:
        """Write Parquet, CSV and manifest into a folder, and return the three paths."""
        place = Path(folder)
        place.mkdir(parents=True, exist_ok=True)
        files = {
            "release.parquet": self.parquet,
            "release.csv": self.to_csv(),
            "manifest.json": manifests.encode(self.manifest),
        }
        for name, content in files.items():
            (place / name).write_bytes(content)
        return [place / name for name in files]
