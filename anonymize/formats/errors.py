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
