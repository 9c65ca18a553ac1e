"""Socket: what each room tells a driver who takes everything along."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from registry.models import Driver

Section = Callable[[Driver], Iterable[Mapping[str, Any]]]

_sections: dict[str, Section] = {}


def tells(name: str) -> Callable[[Section], Section]:
    """Plug in section(driver), which yields a driver's facts of one kind as JSON objects.

    It may read row after row as it is asked: an export is never held whole.
    """

    def plug(section: Section) -> Section:
        _sections[name] = section
        return section

    return plug


def of(driver: Driver) -> Iterator[tuple[str, Iterable[Mapping[str, Any]]]]:
    """Yield every section with its name, by name."""
    for name, section in sorted(_sections.items()):
        yield name, section(driver)
