"""Speak as a steward: one transaction by a key from a file, or a halt by the operator's lane."""

import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_utils.exceptions import ValidationError

from chain import contracts, deployed, deploying, node, outbox, reading, standing
from chain.domain import gas, stewards
from chain.domain.calls import ContractCall
from chain.domain.stewards import Setting
from chain.domain.wire import Receipt, Refusal, Wish
from chain.errors import BadStewardValue, CallRefused, NodeDown
from chain.models import OutboundCall

CONTRACT = standing.CONTRACT
PATIENCE_S = 120
POLL_S = 0.2
GWEI = 10**9
_NOBODY = "0x" + "0" * 40


@dataclass(frozen=True)
class Change:
    """A change that was proposed. ready_at: when it may be enacted; None waits for a key."""

    value: str
    proposer: str
    ready_at: datetime | None


@dataclass(frozen=True)
class Line:
    """One setting: what stands, and what is pending."""

    setting: Setting
    value: str
    change: Change | None


@dataclass(frozen=True)
class Standing:
    """All that the contract says, at one moment of the chain."""

    lines: list[Line]
    is_halted: bool
    delay_s: int
    at: datetime


def look() -> Standing:
    """Return all settings with what is pending. Raises NotDeployed, NodeDown."""
    head = reading.head()
    return Standing(
        lines=[_line(setting, head.number) for setting in Setting],
        is_halted=_ask("is_halted", head.number),
        delay_s=int(_ask("DELAY", head.number)),
        at=head.at,
    )


def propose(*, key_file: Path, word: str, text: str) -> Receipt:
    """Propose a value. Raises BadStewardValue, CallRefused, NodeDown, NotDeployed."""
    setting = stewards.setting_of(word)
    return _say(key_file, "propose", setting.value, stewards.value_of(setting, text))


def second(*, key_file: Path, word: str, text: str) -> Receipt:
    """Agree to the other key's proposal of just this value. Raises as `propose`."""
    setting = stewards.setting_of(word)
    return _say(key_file, "second", setting.value, stewards.value_of(setting, text))


def enact(*, key_file: Path, word: str) -> Receipt:
    """Let a change stand that waited out the delay; any key may. Raises as `propose`."""
    return _say(key_file, "enact", stewards.setting_of(word).value)


def withdraw(*, key_file: Path, word: str) -> Receipt:
    """Take a pending change back. Raises as `propose`."""
    return _say(key_file, "withdraw", stewards.setting_of(word).value)


def halt(*, key_file: Path) -> Receipt:
    """Stop new sales, campaigns and releases at once. Raises as `propose`."""
    return _say(key_file, "halt")


def resume(*, key_file: Path) -> Receipt:
    """End the halt. Raises as `propose`."""
    return _say(key_file, "resume")


def drop_builder_key(*, key_file: Path) -> Receipt:
    """Name no builder key, at once. Raises as `propose`."""
    return _say(key_file, "drop_builder_key")


def say_as_operator(function: str) -> OutboundCall:
    """Return the row by which the sender says `halt` or `drop_builder_key` as the operator.

    The operator's transactions have one line of nonces, so this one takes its place in it.
    """
    call = ContractCall(CONTRACT, function)
    return outbox.submit(call=call, reference=f"steward.{function}.{secrets.token_hex(4)}")


def _say(key_file: Path, function: str, *args: Any) -> Receipt:
    """Send one transaction and return its receipt once it has our confirmations."""
    account = _account(key_file)
    rpc = node.connect()
    if settings.CHAIN_ID == deploying.DEV_CHAIN_ID:
        rpc.fund(account.address, deploying.DEV_FUNDS_WEI)
    call = ContractCall(CONTRACT, function, args)
    wish = Wish(deployed.address_of(CONTRACT), contracts.calldata(call))
    signed = account.sign_transaction(_fields(rpc, account, wish))
    (objection,) = rpc.send([bytes(signed.raw_transaction)])
    if objection:
        raise CallRefused(reason=objection)
    receipt = _receipt(rpc, "0x" + signed.hash.hex())
    standing.forget()
    if not receipt.is_success:
        _dry_run(rpc, account, wish)
        raise CallRefused(reason="reverted")
    return receipt


def _account(key_file: Path) -> LocalAccount:
    try:
        key = key_file.read_text(encoding="utf-8").strip()
        account: LocalAccount = Account.from_key(key)
    except OSError as error:
        raise BadStewardValue(problem=f"{key_file} cannot be read") from error
    except (ValueError, ValidationError) as error:  # its own words could hold the key
        raise BadStewardValue(problem=f"{key_file} holds no private key") from error
    if account.address == deployed.read().get("operator"):
        raise BadStewardValue(
            problem="this is the operator's key, whose transactions the sender numbers; "
            "the operator says halt and drop-builder-key with --as-operator"
        )
    return account


def _fields(rpc: node.Node, account: LocalAccount, wish: Wish) -> dict[str, Any]:
    limit = gas.limit_for(_dry_run(rpc, account, wish))
    prices = gas.fees_at(rpc.terms().base_fee_wei, settings.CHAIN_MAX_FEE_GWEI * GWEI)
    return {
        "type": 2,
        "chainId": settings.CHAIN_ID,
        "nonce": rpc.next_nonce(account.address),
        "gas": limit,
        "maxFeePerGas": prices.most_wei,
        "maxPriorityFeePerGas": prices.tip_wei,
        "value": 0,
        "to": wish.to,
        "data": wish.data,
    }


def _dry_run(rpc: node.Node, account: LocalAccount, wish: Wish) -> int:
    (answer,) = rpc.estimates(account.address, [wish])
    if isinstance(answer, Refusal):
        raise CallRefused(reason=answer.reason)
    return answer


def _receipt(rpc: node.Node, tx_hash: str) -> Receipt:
    give_up_at = time.monotonic() + PATIENCE_S
    while time.monotonic() < give_up_at:
        (receipt,) = rpc.receipts([tx_hash])
        if receipt is not None and receipt.block_number <= reading.head().number:
            return receipt
        time.sleep(POLL_S)
    raise NodeDown


def _line(setting: Setting, block: int) -> Line:
    value, proposer, ready_at = _ask("change_of", block, setting.value)
    change = Change(
        value=stewards.text_of(setting, value),
        proposer=proposer,
        ready_at=datetime.fromtimestamp(ready_at, tz=UTC) if ready_at else None,
    )
    return Line(
        setting=setting,
        value=_text(_ask(setting.word, block)),
        change=None if proposer == _NOBODY else change,
    )


def _text(value: bytes | int | str) -> str:
    if isinstance(value, bytes):
        return value.hex() if any(value) else "none"
    return str(value)


def _ask(view: str, block: int, *args: Any) -> Any:
    return reading.view(ContractCall(CONTRACT, view, args), block=block)
