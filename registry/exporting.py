"""Write down everything that is known about a driver, fact by fact, as one JSON document."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from django.core.serializers.json import DjangoJSONEncoder

from registry import sections
from registry.models import Driver

VERSION: Final = 1


def lines(*, driver: Driver, at: datetime) -> Iterator[str]:
    """Yield the document piece by piece, as it is read; it is never held whole.

    The last key is `is_complete`: a document that broke off is no JSON and cannot be taken for one.
    """
    head = {"object": "export", "id": str(driver.id), "version": VERSION, "made_at": at}
    yield _text(head)[:-1]
    for name, facts in sections.of(driver):
        yield f",\n{json.dumps(name)}: ["
        yield from _rows(facts)
        yield "\n]"
    yield ',\n"is_complete": true}\n'


def _rows(facts: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for index, fact in enumerate(facts):
        yield (",\n" if index else "\n") + _text(fact)


def _text(fact: Mapping[str, Any]) -> str:
    return json.dumps(fact, cls=DjangoJSONEncoder, ensure_ascii=False)
