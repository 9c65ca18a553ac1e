"""Refusals of the consent room."""

from common.errors import Conflict, InvalidInput, NotAllowed, NotFound, noop


class SignalGroupsWrong(InvalidInput):
    """The chosen groups leave out a needed one, or name one that was not offered."""

    code = "signal_groups_wrong"
    title = noop("These signal groups do not fit the offer")
    detail = noop("Needed: %(needed)s. Optional: %(optional)s.")


class AddressMalformed(InvalidInput):
    """The address is not one, or not written with its checksum."""

    code = "address_malformed"
    title = noop("This is not a proper address")
    detail = noop("Write the address with its checksum: 0x and 40 characters.")


class TermsUnfair(InvalidInput):
    """An offer asks for something that no driver should be asked for."""

    code = "terms_unfair"
    title = noop("These terms cannot be offered")
    detail = noop("These terms cannot be offered: %(rule)s.")


class AddressInUse(Conflict):
    """One key signs for one driver and one dataset, so that consents cannot be linked."""

    code = "address_in_use"
    title = noop("This address was used before")
    detail = noop("Every dataset needs a key of its own. This address was used for something else.")


class OfferClosed(Conflict):
    """The offer takes no answers any more."""

    code = "offer_closed"
    title = noop("This offer is closed")
    detail = noop("This offer takes no answers any more.")


class AlreadyGranted(Conflict):
    """There is a consent to this offer that was signed and is not over."""

    code = "already_granted"
    title = noop("You have answered this offer")
    detail = noop("A consent to this offer exists. Revoke it first if you want to change it.")


class NotDraft(Conflict):
    """Something else was signed, or the draft was replaced in the meantime."""

    code = "not_a_draft"
    title = noop("This consent cannot be signed now")
    detail = noop("This consent is not waiting for this signature. Read it again.")


class NotRenewable(Conflict):
    """Only a consent that stands on the chain can be given another end."""

    code = "not_renewable"
    title = noop("This consent cannot be renewed")
    detail = noop("Only an active consent can be renewed. This consent is %(state)s.")


class ConsentEnded(Conflict):
    """The consent ended by itself; the chain renews none that has ended."""

    code = "consent_ended"
    title = noop("This consent has ended")
    detail = noop(
        "This consent ended on %(ended_at)s and cannot be renewed. "
        "Grant anew, if the offer still stands."
    )


class RenewalUnderWay(Conflict):
    """A renewal was signed and waits for the chain; until it stands, the old end counts."""

    code = "renewal_under_way"
    title = noop("A renewal is being recorded")
    detail = noop("A renewal until %(expires_at)s is being recorded. Wait until it stands.")


class RenewalTooEarly(Conflict):
    """The consent lasts as long as one may already."""

    code = "renewal_too_early"
    title = noop("This consent cannot last longer yet")
    detail = noop("It ends on %(expires_at)s. Renewed now, it would end on %(latest)s at most.")


class RenewalEndWrong(InvalidInput):
    """The end that was asked for is before the present one, or too far away."""

    code = "renewal_end_wrong"
    title = noop("A consent cannot be renewed until then")
    detail = noop("Choose an end after %(earliest)s, and at the latest %(latest)s.")


class ChangedMeanwhile(Conflict):
    """The consent was changed between our reading and our writing."""

    code = "changed_meanwhile"
    title = noop("This consent has just changed")
    detail = noop("This consent has just changed. Read it again and decide anew.")


class NotGranted(Conflict):
    """There is nothing to revoke or to receive a receipt for."""

    code = "not_granted"
    title = noop("This consent is not in force")
    detail = noop("This consent is %(state)s.")


class RevocationMissing(Conflict):
    """The consent was granted on the chain without us, so we hold no revocation."""

    code = "revocation_missing"
    title = noop("A signature is needed")
    detail = noop("We hold no signed revocation of this consent. Sign one and send it.")


class WrongSignature(NotAllowed):
    """The signature was not made by the consent key over exactly these words."""

    code = "wrong_signature"
    title = noop("This signature does not fit")
    detail = noop("The signature %(name)s was not made by %(address)s over these terms.")


class ReceiptUnknown(NotFound):
    """No consent of ours goes with this receipt; the chain may know it all the same."""

    code = "receipt_unknown"
    title = noop("We know no consent of this receipt")
    detail = noop(
        "We know no consent of this receipt, or a later one took its place. "
        "Its revocation can still be sent to the contract by anybody."
    )
