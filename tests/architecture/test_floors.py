"""The floors hold: imports, foreign keys and routes go down only."""

import ast
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps
from django.db.models import ForeignKey, Model
from importlinter import cli

ROOT = Path(__file__).resolve().parents[2]
FLOORS = [
    ["common", "protocol"],
    ["work"],
    ["chain", "audit", "portal"],
    ["registry"],
    ["consent", "storage", "payouts"],
    ["anonymize"],
    ["marketplace"],
    ["config"],
]
FLOOR_OF = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}
RELATIONS = {"ForeignKey", "OneToOneField", "ManyToManyField"}


def sources() -> Iterator[Path]:
    for room in FLOOR_OF:
        for file in sorted((ROOT / room).rglob("*.py")):
            if "migrations" not in file.parts:
                yield file


def calls(file: Path, *names: str) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Call) and _name(node.func) in names:
            yield node


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def own_models() -> list[type[Model]]:
    return [model for model in apps.get_models() if model.__module__.split(".")[0] in FLOOR_OF]


def test_imports_keep_to_the_floors(capsys):
    result = cli.lint_imports(str(ROOT / ".importlinter"), no_cache=True, no_logo=True)
    assert result == 0, capsys.readouterr().out


def climbs(model: type[Model]) -> Iterator[str]:
    room = model.__module__.split(".")[0]
    for field in model._meta.get_fields():
        if isinstance(field, ForeignKey):
            other = field.related_model.__module__.split(".")[0]
            if other != room and FLOOR_OF.get(other, -1) >= FLOOR_OF[room]:
                yield f"{model.__name__}.{field.name} climbs to {other}"


def test_foreign_keys_point_down_or_stay_in_their_room():
    assert not [climb for model in own_models() for climb in climbs(model)]


def test_foreign_keys_name_a_class_and_never_a_string():
    for file in sources():
        for call in calls(file, *RELATIONS):
            target = call.args[0] if call.args else None
            is_text = isinstance(target, ast.Constant) and target.value != "self"
            assert not is_text, f"{file.relative_to(ROOT)}:{call.lineno}"


def test_no_route_names_a_room_by_a_string():
    for file in sources():
        for call in calls(file, "include"):
            target = call.args[0]
            named = target.value if isinstance(target, ast.Constant) else ""
            assert str(named).split(".")[0] not in FLOOR_OF, f"{file.relative_to(ROOT)}"


def test_the_environment_is_read_in_one_place():
    # Celery and the web server must name the settings before anything can be read.
    allowed = {"config/env.py", "config/celery.py", "config/wsgi.py"}
    for file in sources():
        name = str(file.relative_to(ROOT))
        reads = "os.environ" in file.read_text() or "getenv" in file.read_text()
        assert not reads or name in allowed, name
