"""Tell whether a consent address signed a message: a key, or a contract account by the chain."""

from consent.errors import WrongSignature
from protocol import typed_data
from registry import wallets


def require(name: str, address: str, message: typed_data.TypedData, signature: str) -> None:
    """Raise WrongSignature unless the address made this signature over exactly this message.

    Call it outside transactions: a contract account is asked on the chain. Raises NodeDown.
    """
    digest = typed_data.digest(message)
    if not wallets.is_signed_by(address=address, digest=digest, signature=signature):
        raise WrongSignature(name=name, address=address)
