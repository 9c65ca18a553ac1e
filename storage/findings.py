"""What the builder may find in a file, in words for its driver; other codes stand as they are."""

import json
from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

FINDINGS = {
    "wrong_columns": _("columns not known"),
    "duplicate": _("rows twice"),
    "missing_start": _("starts missing"),
    "missing_end": _("ends missing"),
    "missing_time": _("times missing"),
    "impossible_date": _("dates that cannot be"),
    "end_before_start": _("ends before starts"),
    "missing_energy": _("energy missing"),
    "unreadable_number": _("numbers not readable"),
    "negative_energy": _("negative energy"),
    "zero_energy": _("sessions without energy"),
    "impossible_energy": _("energy that cannot be"),
    "no_signal": _("rows without a signal we know"),
    "broken_frame": _("damaged frames"),
    "unreadable_file": _("no file that can be read: export it again"),
    "unreadable_empty": _("the file is empty: export it again"),
    "unreadable_too_large": _("more than can be read: split it by year"),
    "unreadable_opens_too_large": _("more than can be read once opened: split it by year"),
    "unreadable_too_many_rows": _("more rows than can be read: split it by year"),
    "unreadable_damaged_archive": _("the compressed file is cut off: copy or export it again"),
    "unreadable_damaged_parquet": _("the Parquet file is cut off: export it again"),
    "unreadable_not_text": _("no table: export it as CSV"),
    "unreadable_unknown_format": _("columns we do not know: hand in the export as it came"),
    "unreadable_broken_table": _("the table is damaged: export it again"),
    "unreadable_spreadsheet": _("a spreadsheet changed it: hand in the export as it came"),
    "unreadable_mixed_dates": _("days and months are mixed up: hand in the export as it came"),
    "unreadable_several_vehicles": _("several cars: hand in a file for each"),
    "unreadable_encrypted": _("encrypted frames: only open ones are read"),
}


def in_words(codes: Iterable[str]) -> list[str]:
    """Return what was found, in the reader's language."""
    return [str(FINDINGS.get(code, code)) for code in codes]


def as_json() -> str:
    """Return code to words, in the reader's language, for the page that uploads."""
    return json.dumps({code: str(words) for code, words in FINDINGS.items()}, ensure_ascii=False)
