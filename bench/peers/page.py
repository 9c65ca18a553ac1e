"""`python -m bench.peers.page`: lay the kept figures into the tables of docs/bench/peers.md."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence

from bench.peers.environments import ROOT

PAGE = ROOT / "docs" / "bench" / "peers.md"
NAMES = {
    "ours.asked": "ours",
    "opendp_polars.asked": "OpenDP Polars, as asked",
    "opendp_polars.best": "OpenDP Polars, best shape",
    "pipeline_dp.asked": "PipelineDP, as asked",
    "pipeline_dp.best": "PipelineDP, best shape",
    "py_dp.asked": "PyDP, as asked",
    "py_dp.best": "PyDP, best shape",
}
SIZES = {"300": "300", "1k": "1,000", "10k": "10,000"}
WORLDS = ("kind", "unkind")

_TIMES = ("seconds", "over_raw")
_BEGIN, _END = "<!-- figures -->", "<!-- end of figures -->"

Figures = Mapping[str, float]


def tables(figures: Figures) -> str:
    """Return all tables as Markdown."""
    errors = [part for world in WORLDS for part in _errors(figures, world)]
    return "\n\n".join([*errors, "**Seconds**", _seconds(figures)])


def _errors(figures: Figures, world: str) -> Iterator[str]:
    head = ["", *(f"{size} drivers" for size in SIZES.values())]
    for what, cell in (("Mean consumption", _mean), ("Battery health", _health)):
        yield f"**{what}, {world} fleet**"
        yield _table(
            head,
            [
                [name, *(cell(figures, f"{key}.{world}.{size}.") for size in SIZES)]
                for key, name in NAMES.items()
            ],
        )


def _mean(figures: Figures, begin: str) -> str:
    """Middle and tail, and in brackets the middle over those groups that the house tells too."""
    return _cell(figures, begin, "mean", lambda gap: f"{_short(100 * gap)}%")


def _health(figures: Figures, begin: str) -> str:
    return _cell(figures, begin, "soh", _short)


def _cell(figures: Figures, begin: str, what: str, text: Callable[[float], str]) -> str:
    told = figures[f"{begin}{what}_told"]
    if not told:
        return "none told"
    cell = f"{text(figures[f'{begin}{what}_median'])} \\| {text(figures[f'{begin}{what}_p90'])}"
    same = figures.get(f"{begin}where_ours.{what}_median")
    if same is not None and text(same) != text(figures[f"{begin}{what}_median"]):
        cell += f" ({text(same)})"
    return cell if told == 1 else f"{cell}; {100 * told:.3g}% told"


def _short(figure: float) -> str:
    return f"{float(f'{figure:.2g}'):g}"


def _seconds(figures: Figures) -> str:
    rows = [
        [name, f"{figures[f'{key}.rows']:,}", *(_short(figures[f"{key}.{one}"]) for one in _TIMES)]
        for key, name in NAMES.items()
        if f"{key}.rows" in figures
    ]
    return _table(["", "rows", "seconds", "over a raw group-by"], rows)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def main() -> None:
    """Lay the tables into the page, between its two marks."""
    figures = json.loads(PAGE.with_suffix(".json").read_text(encoding="utf-8"))
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(_BEGIN)
    _, _, after = rest.partition(_END)
    text = f"{before}{_BEGIN}\n{tables(figures)}\n{_END}{after}"
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
