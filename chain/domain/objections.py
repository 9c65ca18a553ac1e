"""What a node means when it does not simply take a transaction."""

from enum import Enum

from chain.domain.wire import Why


class Objection(Enum):
    """Nodes word the same thing in many ways; these are the things."""

    NONE = "it took the transaction, or has it already"
    NONCE_USED = "the nonce is used: by these bytes or by others, the receipts tell"
    UNDERPRICED = "the fee is too low, for this node or to replace another transaction"
    NO_FUNDS = "the account cannot pay for it"
    BUSY = "not now: too many questions, or no room in its pool"
    OTHER = "anything else: a person should look"


_WORDS = (
    (Objection.NONE, ("already known", "already imported", "alreadyknown", "known transaction")),
    (Objection.NONCE_USED, ("nonce too low", "oldnonce", "nonce is too low", "nonce has already")),
    (Objection.NO_FUNDS, ("insufficient funds", "insufficientfunds", "exceeds account balance")),
    (
        Objection.UNDERPRICED,
        (
            "underpriced",
            "could not replace",
            "replacementnotallowed",
            "feetoolow",
            "fee too low",
            "less than block base fee",
            "gas price below",
            "gas price too low",
            "gas price is below",
        ),
    ),
    (
        Objection.BUSY,
        ("limit exceeded", "rate limit", "too many requests", "pool is full", "capacity"),
    ),
)


def classify(words: str) -> Objection:
    """Return what the node's words mean; no words mean that it took the transaction."""
    if not words:
        return Objection.NONE
    lower = words.lower()
    for objection, signs in _WORDS:
        if any(sign in lower for sign in signs):
            return objection
    return Objection.OTHER


_TOO_LARGE = ("gas required exceeds", "exceeds block gas limit", "out of gas", "gas limit too high")
_BROKEN = ("invalid opcode", "invalid jump", "stack underflow", "always failing")


def why_no_estimate(words: str) -> Why:
    """Return what it means when a node has no estimate, and does not say that it reverted."""
    lower = words.lower()
    if any(sign in lower for sign in _TOO_LARGE):
        return Why.TOO_LARGE
    return Why.REVERTED if any(sign in lower for sign in _BROKEN) else Why.UNCLEAR


def is_halt(reason: str) -> bool:
    """Return whether a contract refuses only for as long as the stewards have halted it."""
    return reason.endswith(": halted")
