"""Refusals of whole files, in words a driver understands; never with a value of the file."""

from common.errors import InvalidInput, noop


class UnreadableFile(InvalidInput):
    """A file that no importer can read."""

    code = "unreadable_file"
    title = noop("This file cannot be read")
    detail = noop("This file cannot be read.")


class EmptyFile(UnreadableFile):
    """There is nothing in the file."""

    code = "unreadable_empty"
    title = noop("The file is empty")
    detail = noop("The file is empty. Export it again from where it came from.")


class FileTooLarge(UnreadableFile):
    """The file is over the limit. Facts: size_bytes, most_bytes."""

    code = "unreadable_too_large"
    title = noop("The file is too large")
    detail = noop("The file has %(size_bytes)s bytes; at most %(most_bytes)s can be read.")


class OpensTooLarge(UnreadableFile):
    """What the compressed file opens to is over the limit. Facts: most_bytes."""

    code = "unreadable_opens_too_large"
    title = noop("The file is too large once opened")
    detail = noop(
        "Opened, the file has more than %(most_bytes)s bytes. Split it into shorter stretches."
    )


class TooManyRows(UnreadableFile):
    """The file has more rows than one reading may hold. Facts: most_rows."""

    code = "unreadable_too_many_rows"
    title = noop("The file has too many rows")
    detail = noop("The file has more than %(most_rows)s rows. Split it into shorter stretches.")


class DamagedArchive(UnreadableFile):
    """A gzip file that breaks off or is no gzip file after all."""

    code = "unreadable_damaged_archive"
    title = noop("The compressed file is damaged")
    detail = noop("The compressed file is damaged or cut off. Copy or export it again.")


class DamagedParquet(UnreadableFile):
    """A Parquet file that breaks off or contradicts itself."""

    code = "unreadable_damaged_parquet"
    title = noop("The Parquet file is damaged")
    detail = noop("The Parquet file is damaged or cut off. Export it again.")


class NotText(UnreadableFile):
    """The file is not a text table."""

    code = "unreadable_not_text"
    title = noop("The file is not a table")
    detail = noop("The file is not a text table (CSV). Export it as CSV and try again.")


class UnknownFormat(UnreadableFile):
    """The first line names columns that no importer knows."""

    code = "unreadable_unknown_format"
    title = noop("The columns are not known")
    detail = noop(
        "The columns of this file are not known. Leave its first line as it was exported."
    )


class BrokenTable(UnreadableFile):
    """The table falls apart on the way. Facts: line."""

    code = "unreadable_broken_table"
    title = noop("The table is damaged")
    detail = noop("The table is damaged near line %(line)s. Export it again.")


class SpreadsheetDamage(UnreadableFile):
    """A spreadsheet rewrote times, coordinates or units; the time axis is lost."""

    code = "unreadable_spreadsheet"
    title = noop("A spreadsheet has changed this file")
    detail = noop(
        "A spreadsheet program has rewritten the times or numbers of this file, and they cannot "
        "be told any more. Hand in the file as the app exported it, never opened and saved."
    )


class MixedDates(UnreadableFile):
    """Day and month are swapped in some rows and not in others."""

    code = "unreadable_mixed_dates"
    title = noop("Days and months are mixed up")
    detail = noop(
        "In some rows of this file day and month are swapped, in others they are not. "
        "Export it again with dates in one form."
    )


class SeveralVehicles(UnreadableFile):
    """Rows of more than one vehicle stand in one file."""

    code = "unreadable_several_vehicles"
    title = noop("The file holds several vehicles")
    detail = noop("The file holds rows of several vehicles. Hand in one file for each vehicle.")


class EncryptedFrames(UnreadableFile):
    """The frames of a vehicle's monitoring unit are encrypted."""

    code = "unreadable_encrypted"
    title = noop("The file is encrypted")
    detail = noop("The frames in this file are encrypted. Only frames without encryption are read.")
