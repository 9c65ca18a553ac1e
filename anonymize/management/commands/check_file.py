"""Tell what the builder would read in a file; nothing is uploaded."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext

from anonymize.formats import reading, wording
from anonymize.formats.errors import UnreadableFile
from anonymize.formats.quality import QualityReport

UNREADABLE, NOTHING_USED = 1, 2
"""How the command ends: 0 when any row can be used."""


class Command(BaseCommand):
    """The file stays where it is: no store, no network and no database is touched."""

    help = "Print what can be read of a file, how many rows are used, and why others are not."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file, and whether the report is for a machine."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print the report. Raises CommandError for a file of which nothing can be used."""
        try:
            report = reading.read_file(options["file"]).report
        except OSError as error:
            raise CommandError(gettext("This file cannot be opened.")) from error
        except UnreadableFile as error:
            if options["as_json"]:
                self.stdout.write(_as_json(_told(error)))
            raise CommandError(_told(error)["detail"], returncode=UNREADABLE) from None
        lines = [_as_json(report.to_dict())] if options["as_json"] else _lines(report)
        self.stdout.write("\n".join(lines))
        if not report.rows_used:
            raise CommandError(gettext("No row of this file can be used."), returncode=NOTHING_USED)


def _told(error: UnreadableFile) -> dict[str, str]:
    detail = gettext(error.detail) % error.facts
    return {"code": error.code, "title": gettext(error.title), "detail": detail}


def _as_json(body: Mapping[str, object]) -> str:
    return json.dumps(body, ensure_ascii=False, indent=2)


def _lines(report: QualityReport) -> Iterator[str]:
    yield gettext("Format: %s") % f"{report.format} ({gettext(wording.KINDS[report.kind])})"
    yield gettext("Rows read: %s") % report.rows_read
    yield gettext("Rows used: %s") % report.rows_used
    for reason, count in sorted(report.refused.items()):
        yield f"  - {count}: {gettext(wording.REFUSALS[reason])}"
    yield gettext("Sessions or trips: %s") % report.frame_rows
    if report.span is not None:
        yield gettext("Time span: %s") % " - ".join(day.isoformat() for day in report.span)
    yield gettext("Signals: %s") % (", ".join(report.signals) or "-")
    for quirk in report.quirks:
        yield f"  * {gettext(wording.QUIRKS[quirk])}"
    if report.is_simulated:
        yield gettext("The file says that it is simulated.")
