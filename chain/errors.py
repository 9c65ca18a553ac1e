"""What the chain room refuses, and what it cannot do now."""

from common.errors import Conflict, InvalidInput, Unavailable, noop


class NodeDown(Unavailable):
    """The node did not answer, or answered with something that is no answer."""

    code = "chain_node_down"
    title = noop("The chain is not answering")
    detail = noop("The chain node did not answer. Try again in a moment.")


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
