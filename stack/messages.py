"""Collect every text for people from templates, Python and JavaScript into the catalogues."""

from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

from stack.places import ROOT
from stack.translations import compile_all

LANGUAGES = ("en", "zh_Hans")
OUTSIDE = {".venv", "node_modules", "var", "tests", "migrations", "stack", "demo", "bench"}
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
}
Message = tuple[str, str | tuple[str, ...], str | None]


def main() -> None:
    """Bring the catalogues up to date, compile them, and tell what has no words yet."""
    if not settings.configured:
        settings.configure(USE_I18N=True)
    for domain, found in collect(ROOT).items():
        for language in LANGUAGES:
            file = file_of(ROOT, language, domain)
            catalogue = merged(file, language, found)
            _write(file, catalogue)
            if language != "en":
                print(f"{language} {domain}: {len(catalogue)} texts, {len(bare(catalogue))} bare")
    compile_all(ROOT)


def file_of(root: Path, language: str, domain: str) -> Path:
    """Return where a catalogue stands."""
    return root / "locale" / language / "LC_MESSAGES" / f"{domain}.po"


def collect(root: Path) -> dict[str, list[Message]]:
    """Return the texts of pages and Python (`django`) and of scripts (`djangojs`)."""
    return {
        "django": sorted({*_of_python(root), *_of_templates(root)}, key=str),
        "djangojs": sorted(set(_of_scripts(root)), key=str),
    }


def merged(file: Path, language: str, found: list[Message]) -> Catalog:
    """Return the catalogue with exactly these texts, keeping the words it has."""
    catalogue = _read(file, language) if file.exists() else _new(language)
    template = Catalog()
    for _, text, context in found:
        template.add(text, context=context)
    catalogue.update(template, no_fuzzy_matching=True, update_creation_date=False)
    catalogue.obsolete.clear()
    return catalogue


def bare(catalogue: Catalog) -> list[str]:
    """Return the texts that are fuzzy or have no words."""
    return [
        str(message.id)
        for message in catalogue
        if message.id and (message.fuzzy or not all(_words(message.string)))
    ]


def _words(string: str | Sequence[str] | None) -> list[str]:
    return [string or ""] if isinstance(string, str | None) else list(string)


def _of_python(root: Path) -> Iterator[Message]:
    for file in _files(root, "*.py"):
        yield from _extracted("python", file.read_bytes())


def _of_templates(root: Path) -> Iterator[Message]:
    for file in _files(root, "*.html"):
        source = templatize(file.read_text(encoding="utf-8"), origin=str(file))
        # What is left of the page is X's; only its indentation could upset a Python reader.
        lines = "\n".join(line.strip() for line in source.splitlines())
        yield from _extracted("python", lines.encode())


def _of_scripts(root: Path) -> Iterator[Message]:
    for file in _files(root, "*.js"):
        yield from _extracted("javascript", file.read_bytes())


def _files(root: Path, pattern: str) -> Iterator[Path]:
    for file in sorted(root.rglob(pattern)):
        if not OUTSIDE & set(file.relative_to(root).parts):
            yield file


def _extracted(method: str, source: bytes) -> Iterator[Message]:
    options = {"encoding": "utf-8"}
    for _, text, _, context in extract(method, BytesIO(source), KEYWORDS, (), options):
        yield ("", text, context)


def _read(file: Path, language: str) -> Catalog:
    with file.open("rb") as stream:
        return read_po(stream, locale=language)


def _new(language: str) -> Catalog:
    return Catalog(
        locale=language,
        project="Odometer",
        copyright_holder="Odometer",
        fuzzy=False,
        charset="utf-8",
    )


def _write(file: Path, catalogue: Catalog) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as stream:
        write_po(stream, catalogue, no_location=True, sort_output=True, omit_header=False, width=98)


if __name__ == "__main__":
    main()
