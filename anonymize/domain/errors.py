"""Refusals of the privacy core."""

from common.errors import Conflict, InvalidInput, noop


class SpecRefused(InvalidInput):
    """A QuerySpec this house will not answer."""

    code = "spec_refused"
    title = noop("This question cannot be asked")
    detail = noop("This question cannot be asked in this form.")


class SpecMalformed(SpecRefused):
    """The document is not a QuerySpec v1."""

    code = "spec_malformed"
    title = noop("This is not a QuerySpec")
    detail = noop("The document does not follow the QuerySpec form; see the marked field.")


class UnknownSource(SpecRefused):
    """Nothing of this kind is collected. Facts: known."""

    code = "spec_unknown_source"
    title = noop("This source is not known")
    detail = noop("This source is not known. Known sources: %(known)s.")


class UnknownSignal(SpecRefused):
    """The signal is not in the closed list. Facts: known."""

    code = "spec_unknown_signal"
    title = noop("This signal cannot be asked for")
    detail = noop("This signal cannot be asked for. Signals that can: %(known)s.")


class UnknownKey(SpecRefused):
    """The group key is not in the closed list. Facts: known."""

    code = "spec_unknown_key"
    title = noop("This grouping is not known")
    detail = noop("This grouping is not known. Groupings that are: %(known)s.")


class WrongUnit(SpecRefused):
    """The unit is not the signal's. Facts: unit."""

    code = "spec_wrong_unit"
    title = noop("The unit does not fit the signal")
    detail = noop("This signal is measured in %(unit)s.")


class HoursUnclear(SpecRefused):
    """A domain of hours is not a list of distinct spans of the day."""

    code = "spec_hours_unclear"
    title = noop("The hours are not clear")
    detail = noop("Hours are written as 00-03, in spans that do not overlap.")


class NamesCollide(SpecRefused):
    """Two columns of the release would carry one name."""

    code = "spec_names_collide"
    title = noop("Two columns would have one name")
    detail = noop("Two columns of the answer would have one name; rename a statistic.")


class ClampBelowZero(SpecRefused):
    """A record count or a rate has a clamp that reaches below zero."""

    code = "spec_clamp_below_zero"
    title = noop("The clamp reaches below zero")
    detail = noop("Totals of a rate and numbers of records start at zero or above.")


class LevelMissing(SpecRefused):
    """A level is asked for that the release does not have."""

    code = "spec_level_missing"
    title = noop("The release has no such level")
    detail = noop("Rows for the first key alone need two keys, and l0_first to say how many.")


class CohortTooSmall(SpecRefused):
    """The minimum cohort is below the floor. Facts: least."""

    code = "spec_cohort_too_small"
    title = noop("The groups may be too small")
    detail = noop("Groups of fewer than %(least)s drivers are never shown.")


class TooFine(SpecRefused):
    """More groups or cells than one release may have. Facts: asked, most."""

    code = "spec_too_fine"
    title = noop("The question is too fine")
    detail = noop("The question has %(asked)s cells; at most %(most)s can be answered.")


class LossTooGreat(SpecRefused):
    """More privacy loss than one release may cost. Facts: asked, most, in micro-rho."""

    code = "spec_loss_too_great"
    title = noop("The question costs too much privacy")
    detail = noop("The question asks for %(asked)s micro-rho; one release may cost %(most)s.")


class BudgetExhausted(Conflict):
    """A charge that would pass a privacy cap. Facts: asked and left, in micro-rho."""

    code = "budget_exhausted"
    title = noop("The privacy limit is reached")
    detail = noop("This needs %(asked)s micro-rho; %(left)s are left.")
