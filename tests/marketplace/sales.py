"""A sale, as the chain tells of it."""

from datetime import datetime

from chain.domain.calls import EventRecord
from protocol.ids import to_bytes32


def bought(release, wallet, *, at: datetime) -> EventRecord:
    return EventRecord(
        contract="ReleaseMarket",
        name="Bought",
        args={
            "release": to_bytes32(release.id),
            "buyer": wallet.address,
            "recipient": wallet.address,
            "price": 12_500_001,
            "fee": 1_500_000,
        },
        block_number=9,
        block_hash="0x" + "22" * 32,
        block_at=at,
        tx_hash="0x" + "33" * 32,
        log_index=0,
    )
