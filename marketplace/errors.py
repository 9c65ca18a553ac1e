"""Refusals of the marketplace."""

from typing import Any

from common.errors import Conflict, DomainError, InvalidInput, NotAllowed, NotFound, noop


class NoSuchRequest(NotFound):
    """There is no such data request, or it is somebody else's."""

    code = "no_such_request"
    title = noop("There is no such data request")
    detail = noop("No data request of yours has this id.")


class NoSuchQuote(NotFound):
    """There is no such quote."""

    code = "no_such_quote"
    title = noop("There is no such quote")
    detail = noop("No quote of yours has this id.")


class NoSuchPurchase(NotFound):
    """There is no such purchase."""

    code = "no_such_purchase"
    title = noop("There is no such purchase")
    detail = noop("No purchase of yours has this id.")


class NoSuchLicense(NotFound):
    """There is no such license."""

    code = "no_such_license"
    title = noop("There is no such license")
    detail = noop("No license of yours has this id.")


class AlreadyDecided(Conflict):
    """A decision stands; a changed mind is a new version of the request."""

    code = "already_decided"
    title = noop("This request was decided already")
    detail = noop("This request is %(state)s. Only a request in review can be decided.")


class QuoteExpired(Conflict):
    """A quote holds its price for some minutes only."""

    code = "quote_expired"
    title = noop("This quote has expired")
    detail = noop("This quote ended at %(expired_at)s. Ask for a new one.")


class PriceAboveMaximum(InvalidInput):
    """The signed order does not reach the price."""

    code = "price_above_maximum"
    title = noop("The order does not reach the price")
    detail = noop("The license costs %(total_units)s units; the order allows %(max_price_units)s.")


class WrongOrderSignature(NotAllowed):
    """The order was not signed by the buyer it names."""

    code = "wrong_signature"
    title = noop("The signature is not the buyer's")
    detail = noop("This order was not signed by %(buyer)s. Sign the typed data of the quote.")


class AccreditationRequired(NotAllowed):
    """Only accredited developers may ask for data and buy it."""

    code = "accreditation_required"
    title = noop("Your company is not accredited yet")
    detail = noop("An admin must accredit your company first. Its standing is: %(standing)s.")


class AnswerUseless(InvalidInput):
    """The promised error of this question is useless."""

    code = "answer_useless"
    title = noop("The answer to this question would be useless")
    detail = noop("With %(drivers)s drivers the answer would be mostly noise.")


class LicenseRequired(DomainError):
    """402: the key of a release is what is sold."""

    code = "license_required"
    status = 402
    title = noop("A license is needed")
    detail = noop("The key of this release is sold. Buy with the quote in this answer.")

    def __init__(self, *, extra: dict[str, Any]) -> None:
        super().__init__()
        self.extra = extra
