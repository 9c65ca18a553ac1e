"""Refusals of the payouts room."""

from common.errors import Conflict, InvalidInput, NotAllowed, NotFound, noop


class AddressMalformed(InvalidInput):
    """The address is not one, or its checksum is wrong."""

    code = "address_malformed"
    title = noop("This is not a proper address")
    detail = noop("Write the address with its checksum: 0x and 40 characters.")


class DeadlineTooClose(InvalidInput):
    """The claim could run out before it reaches the chain, or would be open for too long."""

    code = "deadline_unfit"
    title = noop("The deadline does not fit")
    detail = noop("The deadline must lie between %(least_s)s and %(most_s)s seconds from now.")


class ShareNotFound(NotFound):
    """The key has no share in one of these releases, or the key is not this driver's."""

    code = "share_not_found"
    title = noop("There is no such share")
    detail = noop("This address has no share of yours in the release %(release_id)s.")


class WrongSignature(NotAllowed):
    """The claim was not signed by the consent key it is for."""

    code = "wrong_signature"
    title = noop("This signature does not fit")
    detail = noop("The claim was not signed by %(address)s.")


class NothingDue(Conflict):
    """Everything these releases earned has been claimed."""

    code = "nothing_due"
    title = noop("There is nothing to claim")
    detail = noop("Everything that these releases have earned so far has been claimed.")


class ClaimUnderWay(Conflict):
    """An earlier claim of the same shares is still on its way."""

    code = "claim_under_way"
    title = noop("A claim is on its way")
    detail = noop("An earlier claim for one of these releases is still on its way to the chain.")


class PoolDiffers(Conflict):
    """A release's pool was opened with other contributors; a published root never changes."""

    code = "pool_differs"
    title = noop("This pool is fixed")
    detail = noop("The pool of the release %(release_id)s was opened with other contributors.")
