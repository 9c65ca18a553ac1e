"""Refusals of the room where consent meets data."""

from common.errors import Conflict, NotFound, noop


class NoSuchRelease(NotFound):
    """There is no such release, or it is not published."""

    code = "no_such_release"
    title = noop("There is no such release")
    detail = noop("No published release has this id.")


class NoSuchDataset(NotFound):
    """There is no such dataset."""

    code = "no_such_dataset"
    title = noop("There is no such dataset")
    detail = noop("No dataset has this id.")


class DatasetNotReady(Conflict):
    """The dataset is not on the chain yet."""

    code = "dataset_not_ready"
    title = noop("The dataset is not on the chain yet")
    detail = noop("The dataset is being recorded on the chain. Try again in a moment.")


class DatasetBudgetExhausted(Conflict):
    """A release would pass the dataset's cap; the contract would refuse it too."""

    code = "budget_exhausted"
    title = noop("The privacy limit of this dataset is reached")
    detail = noop("This release needs %(asked_rho_micro)s micro-rho; %(left_rho_micro)s are left.")


class BuildUnderWay(Conflict):
    """One build of a dataset at a time."""

    code = "build_under_way"
    title = noop("A release of this dataset is being built")
    detail = noop("A release of this dataset is being built. Wait until it is published.")


class NoSuchStandardProduct(NotFound):
    """No product that ships with us has this name. Facts: known."""

    code = "no_such_standard_product"
    title = noop("There is no such standard product")
    detail = noop("No standard product has this name. There are: %(known)s.")
