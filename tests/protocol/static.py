"""Lay out the browser modules as browsers see them."""

import shutil
from pathlib import Path

from config.rooms import ROOMS
from stack import vendor_modules

ROOT = Path(__file__).parents[2]


def lay_out(directory: Path) -> Path:
    """Put every room's modules beside the vendored ones, for Node as for a browser."""
    (directory / "package.json").write_text('{"type": "module"}', encoding="utf-8")
    vendor_modules.vendor(ROOT / "node_modules", directory / "vendor")
    for room in ROOMS:
        own = ROOT / room / "static" / room
        if own.is_dir():
            shutil.copytree(own, directory / room, dirs_exist_ok=True)
    return directory
