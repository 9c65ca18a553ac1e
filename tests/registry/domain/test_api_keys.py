from registry.domain import api_keys


def test_a_fresh_key_is_well_formed_and_known_by_its_digest() -> None:
    key = api_keys.make()
    assert api_keys.is_well_formed(key.text)
    assert key.sha256 == api_keys.digest_of(key.text)
    assert key.text.startswith(key.prefix)
    assert len(key.prefix) <= 16


def test_one_changed_character_breaks_the_checksum() -> None:
    text = api_keys.make().text
    other = "A" if text[12] != "A" else "B"
    assert not api_keys.is_well_formed(text[:12] + other + text[13:])


def test_other_text_is_no_key() -> None:
    for text in (
        "",
        "odo_test_",
        "odo_live_" + api_keys.make().text[9:],
        api_keys.make().text[:-1],
    ):
        assert not api_keys.is_well_formed(text)


def test_two_keys_differ() -> None:
    assert api_keys.make().text != api_keys.make().text
