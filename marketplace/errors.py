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


class BountyBelowPrice(InvalidInput):
    """The bounty would not pay for the license it is meant for."""

    code = "bounty_below_price"
    title = noop("The bounty does not reach the price")
    detail = noop("A license costs %(price_units)s units; the bounty is %(bounty_units)s.")


class DeadlineTooSoon(InvalidInput):
    """Nobody can answer in so short a time."""

    code = "deadline_too_soon"
    title = noop("The deadline is too soon")
    detail = noop("A campaign runs for an hour at least; this one would end at %(deadline)s.")


class NoCampaign(NotFound):
    """This request is a plain one: nothing is asked for in advance."""

    code = "no_campaign"
    title = noop("This request has no campaign")
    detail = noop("Only a request filed with a bounty is a campaign.")


class CampaignNotOpen(Conflict):
    """Not approved yet, decided otherwise, or over."""

    code = "campaign_not_open"
    title = noop("This campaign takes no money now")
    detail = noop("This campaign is %(state)s. It is funded after approval and before its end.")


class CampaignNotFunded(Conflict):
    """There is no bounty that could be given back."""

    code = "campaign_not_funded"
    title = noop("There is nothing to give back")
    detail = noop("This campaign is %(state)s: no bounty waits in escrow that could be returned.")


class FundingExpired(Conflict):
    """What was signed is good for some minutes only."""

    code = "funding_expired"
    title = noop("This signature has expired")
    detail = noop("What was signed was good until %(valid_until)s. Ask for it again and sign anew.")


class WrongFundingSignature(NotAllowed):
    """Funding or permit was not signed by the account they name."""

    code = "wrong_signature"
    title = noop("The signature is not the funder's")
    detail = noop("The %(part)s was not signed by %(funder)s. Sign what this request gives you.")


class BalanceTooLow(Conflict):
    """The account does not hold the bounty."""

    code = "balance_too_low"
    title = noop("This account does not hold the bounty")
    detail = noop("%(funder)s holds %(held_units)s units; the bounty is %(bounty_units)s.")


class LicenseRequired(DomainError):
    """402: the key of a release is what is sold."""

    code = "license_required"
    status = 402
    title = noop("A license is needed")
    detail = noop("The key of this release is sold. Buy with the quote in this answer.")

    def __init__(self, *, extra: dict[str, Any]) -> None:
        super().__init__()
        self.extra = extra
