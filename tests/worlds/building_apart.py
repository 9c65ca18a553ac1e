"""A builder as a process of its own, for tests that kill it: `python -m ... FOLDER`."""

import os
import sys
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any


def main() -> None:
    """Do every open row of the builder until none is left; noise leaves a line before it is drawn.

    What it is told: a folder that holds the sealed files by their CID, and where lines go.
    """
    folder = Path(sys.argv[1])
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django  # noqa: PLC0415 - first the settings are named

    django.setup()
    _stand_in(folder)
    from work.models import WorkRow  # noqa: PLC0415

    (folder / f"started-{os.getpid()}").touch()
    while rows := list(WorkRow.objects.filter(state="open", queue="builder")):
        for row in rows:
            module, _, name = row.task.rpartition(".")
            getattr(import_module(module), name)(row.reference)


def _stand_in(folder: Path) -> None:
    """Put files where the node would be, and let everybody consent."""
    from anonymize.domain import drawing  # noqa: PLC0415
    from chain import standing  # noqa: PLC0415
    from storage import fencing, ipfs  # noqa: PLC0415
    from tests.anonymize import crowd  # noqa: PLC0415

    fencing.FENCE.is_open = True  # there is no chain to read
    node = SimpleNamespace(fetch=lambda cid, start: iter([(folder / cid).read_bytes()[start:]]))
    draw = drawing.draw

    def noted(*args: Any, **facts: Any) -> Any:
        with (folder / "draws").open("a", encoding="utf-8") as lines:
            lines.write("drawn\n")
        return draw(*args, **facts)

    for module, name, stand_in in (
        (ipfs, "node", lambda: node),
        (standing, "is_halted", lambda: False),
        (drawing, "draw", noted),
    ):
        setattr(module, name, stand_in)
    crowd.all_consent(SimpleNamespace(setattr=_set))


def _set(path: str, value: object) -> None:
    module, _, name = path.rpartition(".")
    setattr(import_module(module), name, value)


if __name__ == "__main__":
    main()
