from protocol import hashing


def test_hkdf_gives_the_output_of_rfc_5869_test_case_3():
    output = hashing.hkdf_sha256(b"\x0b" * 22, info=b"", length=42)

    assert output.hex() == (
        "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"
    )


def test_keccak_is_the_hash_of_the_chain_and_not_sha3():
    assert hashing.keccak256(b"").hex() == (
        "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"
    )
