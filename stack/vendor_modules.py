"""Copy what browsers need from node_modules to var/vendor, as ES modules without bare names."""

import base64
import hashlib
import json
import os
import posixpath
import re
import shutil
import sys
import tempfile
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parent.parent

# ES modules, by the path inside node_modules they keep; what they import comes along.
ENTRIES = (
    "@noble/curves/secp256k1.js",
    "@noble/hashes/hkdf.js",
    "@noble/hashes/sha2.js",
    "@noble/hashes/sha3.js",
    "@scure/bip39/index.js",
    "@scure/bip39/wordlists/english.js",
)
# Single files under a name of their own.
FILES = {
    "libsodium.js": "libsodium-wrappers-sumo/dist/modules-sumo-esm/libsodium-wrappers.mjs",
    "libsodium-sumo.js": "libsodium-sumo/dist/modules-sumo-esm/libsodium-sumo.mjs",
    "htmx.js": "htmx.org/dist/htmx.min.js",
    "zip.js": "client-zip/index.js",
}
# Bundles for `require`, wrapped so that they can be imported: file and names to export.
WRAPPED = {"tus.js": ("tus-js-client/dist/tus.min.js", ("Upload", "isSupported", "DetailedError"))}
# Bundles for `require` that need one another: the last one is what importers get.
CHAINED = {
    "libsodium-slow.js": (
        ("libsodium-sumo", "libsodium-sumo/dist/modules-sumo/libsodium-sumo.js"),
        (
            "libsodium-wrappers-sumo",
            "libsodium-wrappers-sumo/dist/modules-sumo/libsodium-wrappers.js",
        ),
    )
}
LICENSES = (
    "@noble/curves",
    "@noble/hashes",
    "@scure/bip39",
    "client-zip",
    "htmx.org",
    "libsodium-sumo",
    "tus-js-client",
)

IMPORT = re.compile(r"""(\bfrom\s*|\bimport\s*)(["'])([^"']+)\2""")
_BLOCK_COMMENT = re.compile(r"/\*\*.*?\*/", re.DOTALL)  # they hold example imports
_SOURCE_MAP = re.compile(r"^//# sourceMappingURL=.*$", re.MULTILINE)


PINNED = ROOT / "portal" / "vendored.json"
"""Digests of every module, by path, as they were when somebody looked at them."""


class OtherModules(Exception):
    """What is installed is not what was pinned."""


def vendor(node_modules: Path, target: Path, *, accept: bool = False) -> int:
    """Fill `target` anew and return how many files it holds. An interrupted run leaves the old one.

    accept: pin what is found. Raises OtherModules when something else is pinned, FileNotFoundError
    or StopIteration when a package is not installed.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix="vendor-", dir=target.parent))
    fresh.chmod(0o755)
    _copy_graph(node_modules, fresh)
    for name, source in FILES.items():
        _write(fresh / name, _rewritten((node_modules / source).read_text(encoding="utf-8"), name))
    for name, (source, exports) in WRAPPED.items():
        _write(fresh / name, _wrapped((node_modules / source).read_text(encoding="utf-8"), exports))
    for name, parts in CHAINED.items():
        _write(fresh / name, _chained(node_modules, parts))
    for package in LICENSES:
        license_file = next((node_modules / package).glob("LICENSE*"))
        _write(fresh / package / "LICENSE", license_file.read_text(encoding="utf-8"))
    _pin(digests_of(fresh), accept=accept)
    shutil.rmtree(target, ignore_errors=True)
    fresh.rename(target)
    return sum(len(files) for _, _, files in os.walk(target))


def digests_of(directory: Path) -> dict[str, str]:
    """Return the digest of every module, by path, as subresource integrity writes it."""
    return {
        path.relative_to(directory).as_posix(): "sha384-"
        + base64.b64encode(hashlib.sha384(path.read_bytes()).digest()).decode()
        for path in sorted(directory.rglob("*.js"))
    }


def _pin(found: dict[str, str], *, accept: bool) -> None:
    if accept:
        PINNED.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    pinned = json.loads(PINNED.read_text(encoding="utf-8"))
    other = sorted(name for name in {*found, *pinned} if found.get(name) != pinned.get(name))
    if other:
        raise OtherModules(f"not as pinned in {PINNED.name}: {', '.join(other)}")


def _copy_graph(node_modules: Path, target: Path) -> None:
    waiting, seen = list(ENTRIES), set[str]()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        text = _BLOCK_COMMENT.sub("", (node_modules / name).read_text(encoding="utf-8"))
        _write(target / name, _rewritten(text, name))
        waiting += [_path_of(found[3], name) for found in IMPORT.finditer(text)]


def _rewritten(text: str, importer: str) -> str:
    """Return the module with each bare name made a path relative to the importing file."""

    def relative(found: re.Match[str]) -> str:
        path = posixpath.relpath(_path_of(found[3], importer), str(PurePosixPath(importer).parent))
        return f'{found[1]}"{path if path.startswith(".") else "./" + path}"'

    return IMPORT.sub(relative, _SOURCE_MAP.sub("", text))


def _path_of(specifier: str, importer: str) -> str:
    """Return where a specifier points, as a path inside the vendor directory."""
    if specifier.startswith("."):
        return posixpath.normpath(posixpath.join(PurePosixPath(importer).parent, specifier))
    return f"{specifier}.js" if f"{specifier}.js" in FILES else specifier


def _wrapped(text: str, exports: tuple[str, ...]) -> str:
    names = ", ".join(exports)
    head = "const module = { exports: {} };\nconst exports = module.exports;\n"
    return f"{head}{_SOURCE_MAP.sub('', text)}\nexport const {{ {names} }} = module.exports;\n"


def _chained(node_modules: Path, parts: tuple[tuple[str, str], ...]) -> str:
    """Return one module in which each bundle finds those before it by `require`."""
    head = "const made = {};\nconst require = (name) => made[name];\n"
    bodies = [
        f'made["{name}"] = {{}};\n(function (exports) {{\n'
        f"{_SOURCE_MAP.sub('', (node_modules / path).read_text(encoding='utf-8'))}\n"
        f'}}).call({{}}, made["{name}"]);\n'
        for name, path in parts
    ]
    return f'{head}{"".join(bodies)}export default made["{parts[-1][0]}"];\n'


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    count = vendor(ROOT / "node_modules", ROOT / "var" / "vendor", accept="--accept" in sys.argv)
    sys.stdout.write(f"{count} browser modules in var/vendor\n")
