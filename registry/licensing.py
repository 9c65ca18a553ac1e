"""Give an accredited developer's wallet its licence token, and take it back."""

from uuid import UUID

from chain import outbox
from chain.domain.calls import ContractCall
from registry.errors import WalletTaken
from registry.models import Developer, LicenceToken

CONTRACT = "DeveloperLicence"

_LIVING = [LicenceToken.State.GIVING, LicenceToken.State.HELD]
_ON_CHAIN = [*_LIVING, LicenceToken.State.TAKING]


def give(*, developer: Developer, wallet: str) -> LicenceToken:
    """Return the token on its way to the wallet; a token at another wallet is taken back.

    wallet: checksum address. Raises WalletTaken when another token lives there.
    """
    same = LicenceToken.objects.filter(wallet=wallet, state__in=_ON_CHAIN).first()
    if same is not None and (
        same.developer_id != developer.id or same.state == LicenceToken.State.TAKING
    ):
        raise WalletTaken(wallet=wallet)
    if same is not None:
        return same
    take_back(developer=developer)
    row = LicenceToken.objects.create(developer=developer, wallet=wallet)
    outbox.submit(call=ContractCall(CONTRACT, "give", (wallet,)), reference=_name(row, "give"))
    return row


def take_back(*, developer: Developer) -> None:
    """Send for the developer's token, if there is one."""
    for row in developer.licence_tokens.filter(state__in=_LIVING):
        row.state, row.failure = LicenceToken.State.TAKING, ""
        row.save(update_fields=["state", "failure"])
        call = ContractCall(CONTRACT, "take_back", (row.token_id,))
        outbox.submit(call=call, reference=_name(row, "take"))


def record_given(*, wallet: str, tx_hash: str) -> None:
    """The wallet holds its token. Safe to run twice."""
    LicenceToken.objects.filter(wallet=wallet, state=LicenceToken.State.GIVING).update(
        state=LicenceToken.State.HELD, tx_hash=tx_hash
    )


def record_taken(*, wallet: str, tx_hash: str) -> None:
    """The wallet holds no token any more. Safe to run twice."""
    LicenceToken.objects.filter(wallet=wallet, state=LicenceToken.State.TAKING).update(
        state=LicenceToken.State.TAKEN, tx_hash=tx_hash
    )


def undo_given(*, wallet: str, tx_hash: str) -> None:
    """The block in which the token was given left the chain: its call is on its way again."""
    LicenceToken.objects.filter(wallet=wallet, tx_hash=tx_hash).update(
        state=LicenceToken.State.GIVING, tx_hash=""
    )


def undo_taken(*, wallet: str, tx_hash: str) -> None:
    """The block in which the token was taken back left the chain: its call is on its way again."""
    LicenceToken.objects.filter(wallet=wallet, tx_hash=tx_hash).update(
        state=LicenceToken.State.TAKING, tx_hash=""
    )


def record_refusal(*, token_row_id: UUID, reason: str) -> None:
    """The contract refused; the developer's standing does not hang on the token."""
    LicenceToken.objects.filter(id=token_row_id).exclude(state=LicenceToken.State.TAKEN).update(
        state=LicenceToken.State.REFUSED, failure=reason[:120]
    )


def _name(row: LicenceToken, act: str) -> str:
    return f"registry.licence:{row.id}.{act}"
