from registry.domain import proofs


def test_the_kept_proof_fits_and_no_other() -> None:
    kept = proofs.keep(b"p" * 32)
    assert proofs.fits(b"p" * 32, kept)
    assert not proofs.fits(b"q" * 32, kept)


def test_the_same_proof_is_kept_differently_each_time() -> None:
    assert proofs.keep(b"p" * 32) != proofs.keep(b"p" * 32)


def test_the_stand_in_salt_depends_on_handle_and_secret() -> None:
    first = proofs.stand_in_salt("driver", "secret")
    assert first == proofs.stand_in_salt("driver", "secret")
    assert first != proofs.stand_in_salt("other-driver", "secret")
    assert first != proofs.stand_in_salt("driver", "another secret")
