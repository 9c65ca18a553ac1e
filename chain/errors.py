"""What the chain room refuses, and what it cannot do now."""

from common.errors import Conflict, InvalidInput, Unavailable, noop


class NodeDown(Unavailable):
    """The node did not answer, or answered with something that is no answer."""

    is_away = True
    code = "chain_node_down"
    title = noop("The chain is not answering")
    detail = noop("The chain node did not answer. Try again in a moment.")


class RangeTooWide(NodeDown):
    """The node will not answer for so many blocks at once; it does for fewer."""


class ChainReplaced(Unavailable):
    """The node speaks for another chain than the one our contracts stand on; nothing is sent."""

    code = "chain_replaced"
    title = noop("The chain is not the one we know")
    detail = noop(
        "The chain node speaks for another chain than the one our contracts stand on. "
        "Nothing is sent until it is back on the right one."
    )


class NotDeployed(Unavailable):
    """The contract is not known to stand on this chain."""

    code = "contract_not_deployed"
    title = noop("The contracts are not deployed")
    detail = noop("The contract %(contract)s is not deployed on this chain yet.")


class BadCall(InvalidInput):
    """The arguments do not fit the function."""

    code = "bad_contract_call"
    title = noop("This call does not fit the contract")
    detail = noop("The call %(contract)s.%(function)s does not take these arguments.")


class CallRefused(Conflict):
    """The contract refused; `reason` is its text."""

    code = "contract_refused"
    title = noop("The contract refused")
    detail = noop("The contract refused: %(reason)s")


class TurnTaken(Conflict):
    """Somebody else sends or indexes now, or took over from us."""

    code = "turn_taken"
    title = noop("This is being done already")
    detail = noop("Another process is doing this already.")


class NoStewards(Conflict):
    """Two keys of two people must be named before the contract that obeys them is made."""

    code = "no_stewards"
    title = noop("No stewards are named")
    detail = noop("CHAIN_STEWARDS must name two addresses, apart from the operator's: %(problem)s.")


class BadStewardValue(InvalidInput):
    """A setting or its value cannot be what was typed."""

    code = "bad_steward_value"
    title = noop("This value does not fit the setting")
    detail = noop("This was not sent: %(problem)s.")


class MarketHalted(Conflict):
    """The stewards have stopped new sales and builds; no exit asks whether they have."""

    code = "market_halted"
    is_patient = True
    title = noop("New sales and releases are halted")
    detail = noop(
        "New sales and releases are halted for now. Nothing was signed or charged. "
        "Withdrawing a consent, claiming earnings and erasing data work as always."
    )


class FeeDiffers(Conflict):
    """A dataset that promises another fee than the chain's would be refused there."""

    code = "fee_differs"
    title = noop("The fee is not the one on the chain")
    detail = noop(
        "This house would promise drivers a fee of %(here_bps)s basis points; the chain says "
        "%(there_bps)s. Nothing was opened."
    )
