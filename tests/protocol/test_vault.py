import secrets

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol import ids, typed_data, vault
from protocol.errors import ProtocolError
from tests.protocol import vectors

VECTORS = vectors.read("vault")
SEED = bytes.fromhex(VECTORS["seed"])
seeds = st.binary(min_size=32, max_size=32)


@pytest.mark.parametrize("spelling", ["passphrase", "same_passphrase"])
def test_the_vault_of_the_vectors_opens(spelling):
    opened = vault.prove(VECTORS[spelling], VECTORS["vault"]["kdf"])

    assert opened.seal_key.hex() == VECTORS["seal_key"]
    assert opened.sign_in_proof.hex() == VECTORS["sign_in_proof"]
    assert vault.open_vault(VECTORS["vault"], opened.seal_key) == SEED


def test_the_keys_follow_from_the_seed_as_in_the_vectors():
    keys = VECTORS["keys"]
    consent_key = vault.consent_key(SEED, ids.to_bytes32(keys["dataset_id"]))

    assert vault.box_key(SEED).hex() == keys["box"]
    assert vault.box_public_key(SEED).hex() == keys["box_public"]
    assert consent_key.hex() == keys["consent"]
    assert typed_data.address_of(consent_key) == keys["consent_address"]
    assert vault.payout_key(SEED).hex() == keys["payout"]


@settings(max_examples=3, deadline=None)
@given(st.text(max_size=30), st.none() | seeds)
def test_a_vault_opens_with_its_passphrase(passphrase, seed):
    new = vault.create(passphrase, seed)
    opened = vault.prove(passphrase, new.vault["kdf"])

    assert vault.open_vault(new.vault, opened.seal_key) == new.seed
    assert seed in {None, new.seed}
    assert opened.sign_in_proof == new.sign_in_proof != opened.seal_key


def test_another_passphrase_does_not_open_it():
    opened = vault.prove("correct horse six tfill", VECTORS["vault"]["kdf"])

    with pytest.raises(ProtocolError) as refusal:
        vault.open_vault(VECTORS["vault"], opened.seal_key)

    assert refusal.value.code == "wrong_key"
    assert opened.sign_in_proof.hex() != VECTORS["sign_in_proof"]


@pytest.mark.parametrize("change", VECTORS["weak"], ids=str)
def test_it_refuses_costs_below_the_floors(change):
    kdf = {**VECTORS["vault"]["kdf"], **change}

    for act in (vault.check_kdf, lambda kdf: vault.prove("any", kdf)):
        with pytest.raises(ProtocolError) as refusal:
            act(kdf)
        assert refusal.value.code == "weak_kdf"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"version": 2}, "unsupported_version"),
        ({"sealed_seed": "AAAA"}, "bad_vault"),
        ({"sealed_seed": "no base64!"}, "bad_vault"),
        ({"sealed_seed": 7}, "bad_vault"),
        ({"kdf": {}}, "bad_vault"),
        ({"kdf": None}, "bad_vault"),
        ({"more": 1}, "bad_vault"),
        ({"kdf": {**VECTORS["vault"]["kdf"], "salt": "zz" * 16}}, "bad_vault"),
        ({"kdf": {**VECTORS["vault"]["kdf"], "salt": "00"}}, "bad_vault"),
        ({"kdf": {**VECTORS["vault"]["kdf"], "ops": 1000}}, "bad_vault"),
        ({"kdf": {**VECTORS["vault"]["kdf"], "ops": True}}, "bad_vault"),
        ({"kdf": {**VECTORS["vault"]["kdf"], "mem_bytes": "64"}}, "bad_vault"),
    ],
    ids=str,
)
def test_it_refuses_a_vault_out_of_shape(change, code):
    with pytest.raises(ProtocolError) as refusal:
        vault.check({**VECTORS["vault"], **change})

    assert refusal.value.code == code


def test_the_recovery_sheet_has_the_words_of_the_vectors():
    assert vault.words_of(SEED) == VECTORS["words"]
    assert vault.seed_of(VECTORS["words"]) == SEED


@given(seeds)
def test_four_letters_of_each_word_are_enough(seed):
    typed = "  ".join(word[:4].upper() for word in vault.words_of(seed))

    assert vault.seed_of(typed) == seed


@pytest.mark.parametrize(
    "words", ["", "zoo", "abandon " * 24, "abandon " * 12 + "about", "qqqq " * 24], ids=str
)
def test_it_refuses_words_of_no_sheet(words):
    with pytest.raises(ProtocolError) as refusal:
        vault.seed_of(words)

    assert refusal.value.code == "bad_words"


def test_it_refuses_a_sheet_of_twelve_words():
    words = "abandon " * 11 + "about"

    with pytest.raises(ProtocolError, match="24 words"):
        vault.seed_of(words)


@given(seeds, seeds, seeds)
def test_each_dataset_has_its_own_consent_key(seed, dataset, other_dataset):
    one, other = vault.consent_key(seed, dataset), vault.consent_key(seed, other_dataset)

    assert (one == other) == (dataset == other_dataset)
    assert len({one, vault.payout_key(seed), vault.box_key(seed)}) == 3


def test_a_seed_or_dataset_of_another_length_is_refused():
    with pytest.raises(ProtocolError, match="32 bytes"):
        vault.create("any", secrets.token_bytes(16))
    with pytest.raises(ProtocolError, match="32 bytes"):
        vault.consent_key(SEED, bytes(16))


def test_a_vault_is_outdated_when_new_ones_cost_more(monkeypatch):
    kdf = VECTORS["vault"]["kdf"]
    assert not vault.is_outdated(kdf)
    assert not vault.is_outdated({**kdf, "ops": vault.NOW_OPS + 1})
    monkeypatch.setattr(vault, "NOW_OPS", vault.NOW_OPS + 1)
    assert vault.is_outdated(kdf)
    assert not vault.is_outdated({**kdf, "mem_bytes": 2 * vault.NOW_MEM})


def test_new_vaults_never_cost_less_than_the_floors():
    assert (vault.NOW_OPS, vault.NOW_MEM) >= (vault.MIN_OPS, vault.MIN_MEM)
    vault.check_kdf(vault.create("any").vault["kdf"])


def test_words_that_are_on_no_list_are_named_by_their_number():
    words = VECTORS["words"]
    assert vault.unknown_words([word[:4].upper() for word in words]) == []
    assert vault.unknown_words(["motorway", *words[1:23], "zz"]) == [1, 24]
