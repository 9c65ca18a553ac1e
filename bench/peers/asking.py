"""Ask a peer, in its own environment; the two shapes in which the question is put to them."""

import json
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from bench import worlds
from bench.peers import environments
from bench.peers.asked import Answer, Question

ASKED = Question(
    models=worlds.MODELS,
    bins=len(worlds.TEMPERATURES) - 1,
    at=[float(at) for at in worlds.AT],
    clamp=(0, 600),
    health=(70, 100),
    l0=6,
    epsilon=1.0,
    delta=1e-6,
    rho=0.024355,
    may_bound=True,
)
"""As the house is asked. rho: the most that zero-concentrated privacy allows for epsilon, delta."""

BEST = replace(ASKED, clamp=(90, 250), may_bound=False)
"""Shaped by hand for the peers: drivers' own means; a tight range by one who knows the fleet."""

SHAPES = {"asked": ASKED, "best": BEST}
PEERS = ("opendp_polars", "pipeline_dp", "py_dp")


@dataclass(frozen=True)
class Told:
    """An answer; the seconds from the file to it, and those of a raw group-by just after."""

    answer: Answer
    seconds: float
    raw_seconds: float


@dataclass(frozen=True)
class Asking:
    """A peer, a shape of the question, and a folder for the papers."""

    peer: str
    shape: str
    folder: Path

    def of(self, tables: Sequence[Path]) -> list[Told]:
        """Return what the peer tells of each table, in one process."""
        question, answers = self.folder / "question.json", self.folder / "answers.json"
        question.write_text(json.dumps(asdict(SHAPES[self.shape])), encoding="utf-8")
        run: list[Path | str] = [
            environments.python_of(self.peer),
            "-m",
            f"bench.peers.{self.peer}",
        ]
        subprocess.run([*run, question, *tables, answers], check=True, cwd=environments.ROOT)  # noqa: S603
        return [
            Told(Answer(one["means"], one["quantiles"]), one["seconds"], one["raw_seconds"])
            for one in json.loads(answers.read_text(encoding="utf-8"))
        ]


def everyone(folder: Path) -> Iterator[Asking]:
    """Yield every peer with every shape."""
    for peer in PEERS:
        for shape in SHAPES:
            yield Asking(peer, shape, folder)
