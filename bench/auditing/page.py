"""Write docs/audit.md: what is claimed, what was measured, and what that does not show."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from anonymize.domain.accounting import MICRO
from bench.auditing import bounds, canary, planted
from bench.auditing.claims import DELTA, MECHANISM, TABLE, WHOLE_WAY, Record
from bench.auditing.playing import Played

_BAR = 20
_TEMPLATE = Path(__file__).with_name("page.md")


@dataclass(frozen=True)
class Effort:
    """What the audit took. load: how busy the machine was with other work, in words."""

    cpu_s: float
    wall_s: float
    cores: int
    load: str


def least_ratio(played: Played) -> float:
    """Return the least measured epsilon over the claimed one, of claims that must be reached."""
    return min(one.epsilon / claim.epsilon for claim, one in played.claims if claim.kind != TABLE)


def faults(played: Played, least: float = 0.8) -> list[str]:
    """Return what this audit found wrong, in words; nothing on right code."""
    found = [
        f"{claim.told}: {one.epsilon:.3f} measured, {claim.epsilon:.3f} claimed"
        for claim, one in played.claims
        if one.epsilon > claim.epsilon
        or (claim.kind != TABLE and one.epsilon < least * claim.epsilon)
    ]
    for name, record in played.bugs.items():
        is_seen = record is None or record.mu > planted.CHARGED_MU
        if not is_seen or planted.BUGS[name]().over <= 1:
            found.append(f"{name}: not caught")
    return found


def text(played: Played, effort: Effort) -> str:
    """Return the page."""
    claim, first = played.claims[0]
    return _TEMPLATE.read_text(encoding="utf-8").format(
        doubt=f"{bounds.DOUBT:g}",
        delta=DELTA,
        mechanism="".join(_table(played, MECHANISM)),
        whole_way="".join(_table(played, WHOLE_WAY, TABLE)),
        others=canary.OTHERS,
        bugs="".join(_bug_row(*pair) for pair in played.bugs.items()),
        right=planted.right().over,
        rho=planted.RHO_MICRO / MICRO,
        claimed=claim.epsilon,
        plain=bounds.plain_epsilon_at_least(first.right, first.games, DELTA),
        games=sum(one.games for _, one in played.claims),
        effort=effort,
        ratio=least_ratio(played),
    )


def _table(played: Played, *kinds: str) -> Iterator[str]:
    yield "| released | games | right in 100 | claimed | measured | ratio | |\n"
    yield "|---|---|---|---|---|---|---|\n"
    for claim, one in played.claims:
        if claim.kind in kinds:
            ratio = one.epsilon / claim.epsilon
            yield (
                f"| {claim.told} | {one.games:,} | {100 * one.right / one.games:.1f} "
                f"| {claim.epsilon:.3f} | {one.epsilon:.3f} | {ratio:.2f} | {_bar(ratio)} |\n"
            )


def _bug_row(name: str, record: Record | None) -> str:
    bug = planted.BUGS[name]()
    measured, games = "", ""
    if record is not None:
        measured, games = f"{record.mu / planted.CHARGED_MU:.2f}", f"{record.games:,}"
    return f"| {bug.told} | {bug.over:.3f} | {measured} | {games} |\n"


def _bar(ratio: float) -> str:
    full = min(round(_BAR * ratio), _BAR)
    return "█" * full + "░" * (_BAR - full)
