"""What a quality report says, in words: why rows were refused, and what was put right."""

from collections.abc import Mapping

from anonymize.formats.quality import CHARGING, DRIVING, Quirk, Refusal
from common.errors import noop

KINDS: Mapping[str, str] = {
    CHARGING: noop("charging sessions"),
    DRIVING: noop("driving"),
}

REFUSALS: Mapping[Refusal, str] = {
    Refusal.WRONG_COLUMNS: noop("the row has not as many columns as the first line"),
    Refusal.DUPLICATE: noop("the row stands in the file already"),
    Refusal.MISSING_START: noop("the start is missing"),
    Refusal.MISSING_END: noop("the end is missing"),
    Refusal.MISSING_TIME: noop("the time is missing"),
    Refusal.IMPOSSIBLE_DATE: noop("there is no such date or time"),
    Refusal.END_BEFORE_START: noop("it ends before it starts"),
    Refusal.MISSING_ENERGY: noop("the energy is missing"),
    Refusal.UNREADABLE_NUMBER: noop("the energy is not a number"),
    Refusal.NEGATIVE_ENERGY: noop("the energy is below zero"),
    Refusal.ZERO_ENERGY: noop("nothing was charged"),
    Refusal.IMPOSSIBLE_ENERGY: noop("the energy is too great for a car"),
    Refusal.NO_SIGNAL: noop("the row tells nothing that is used"),
    Refusal.BROKEN_FRAME: noop("the frame is damaged"),
}

QUIRKS: Mapping[Quirk, str] = {
    Quirk.GZIP: noop("the file was compressed"),
    Quirk.UTF_16: noop("the text is UTF-16"),
    Quirk.OLD_ENCODING: noop("the text is in an old encoding"),
    Quirk.DOUBLE_ENCODED: noop("the names of the columns were encoded twice"),
    Quirk.TRAILING_COLUMNS: noop("an empty column at the end was left out"),
    Quirk.MIDNIGHT: noop("the clock passes midnight"),
    Quirk.OUT_OF_ORDER: noop("rows were put in the order of time"),
    Quirk.REPEATED_STRETCH: noop("a stretch that is there twice was used once"),
    Quirk.ROW_IS_SECOND: noop("no time is told; each row was taken as one second"),
    Quirk.NO_DATE: noop("no date is told; the file cannot count for any month"),
    Quirk.SIGN_SWAPPED: noop("the sign of current or power was turned: into the battery is plus"),
    Quirk.IMPLAUSIBLE_VALUES: noop("values that no road vehicle shows were left out"),
}
