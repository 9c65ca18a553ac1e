from storage.domain.proofs import Tombstone, proof_of

ROWS = [
    Tombstone(digest="bb" * 32, cid="bafkb", tx_hash="0x02", block_number=9),
    Tombstone(digest="aa" * 32, cid="bafka", tx_hash="0x01", block_number=7),
    Tombstone(digest="cc" * 32, cid="", tx_hash="0x01", block_number=7),
]


def test_a_proof_names_each_transaction_with_its_digests() -> None:
    proof = proof_of(ROWS, chain_id=31337, contract="0xc0")
    assert proof["transactions"] == [
        {"tx_hash": "0x01", "block_number": 7, "digests": ["0x" + "aa" * 32, "0x" + "cc" * 32]},
        {"tx_hash": "0x02", "block_number": 9, "digests": ["0x" + "bb" * 32]},
    ]
    assert {name: proof[name] for name in ("tx_hash", "digests")} == {
        "tx_hash": "0x01",
        "digests": ["0x" + "aa" * 32, "0x" + "cc" * 32],
    }
    assert (proof["version"], proof["chain_id"], proof["contract"]) == (1, 31337, "0xc0")
    assert len(proof["uploads"]) == 3


def test_a_driver_who_handed_in_nothing_has_an_empty_proof() -> None:
    proof = proof_of([], chain_id=31337, contract="")
    assert (proof["digests"], proof["tx_hash"], proof["transactions"]) == ([], None, [])
