"""Every module says what it is, and is small enough to be that."""

import ast
from pathlib import Path

from stack import house_map
from tests.architecture.test_floors import FLOOR_OF, ROOT

OUTSIDE = ["sdk", "simulator", "demo", "stack", "bench"]
DRAWERS = {"utils", "util", "helpers", "helper", "services", "managers", "misc", "base", "core"}
MOST_LINES = 300
FACE = ROOT / "sdk" / "odometer" / "__init__.py"
"""The one package with a face: what people who use the client import."""

MODULES = [
    file
    for room in [*FLOOR_OF, *OUTSIDE]
    for file in sorted((ROOT / room).rglob("*.py"))
    if "migrations" not in file.parts and file != FACE
]


def first_line(file: Path) -> str:
    return (ast.get_docstring(ast.parse(file.read_text())) or "").partition("\n")[0]


def names(files: list[Path]) -> list[str]:
    return [str(file.relative_to(ROOT)) for file in files]


def test_a_module_opens_with_a_sentence_that_says_what_it_is():
    modules = [file for file in MODULES if file.name != "__init__.py"]
    assert not names([file for file in modules if not first_line(file).endswith((".", "!", "?"))])


def test_the_face_of_a_package_is_empty():
    faces = [file for file in MODULES if file.name == "__init__.py"]
    assert not names([file for file in faces if file.read_text()])


def test_no_module_is_a_drawer():
    assert not names([file for file in MODULES if DRAWERS & {file.stem, file.parent.name}])


def test_a_module_is_at_most_300_lines_long():
    long = [file for file in MODULES if len(file.read_text().splitlines()) > MOST_LINES]
    assert not names(long)


def test_the_map_is_up_to_date():
    assert house_map.TARGET.read_text() == house_map.text(), "write it again: make map"
