"""Both languages say everything, and lose no placeholder on the way."""

import re

import pytest
from babel.messages.pofile import read_po

from stack import messages
from stack.places import ROOT

LATIN = {"English", "HTTP"}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")
DOMAINS = ("django", "djangojs")


@pytest.fixture(scope="module")
def found():
    return messages.collect(ROOT)


def catalogue(language, domain):
    with messages.file_of(ROOT, language, domain).open("rb") as stream:
        return read_po(stream, locale=language)


def ids(catalogue):
    return {str(message.id) for message in catalogue if message.id}


@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_a_catalogue_holds_exactly_the_texts_of_the_house(found, language, domain):
    texts = {str(text) for _, text, _ in found[domain]}
    assert ids(catalogue(language, domain)) == texts, "run `make messages`, then translate"


@pytest.mark.parametrize("domain", DOMAINS)
def test_no_text_is_without_chinese_words(domain):
    assert messages.bare(catalogue("zh_Hans", domain)) == []


@pytest.mark.parametrize("domain", DOMAINS)
def test_no_placeholder_is_lost_or_made_up(domain):
    for message in catalogue("zh_Hans", domain):
        if not message.id:
            continue
        sources = [message.id] if isinstance(message.id, str) else list(message.id)
        strings = [message.string] if isinstance(message.string, str) else list(message.string)
        asked = {name for text in sources for name in PLACEHOLDER.findall(text)}
        for string in strings:
            assert set(PLACEHOLDER.findall(string)) == asked, message.id


@pytest.mark.parametrize("domain", DOMAINS)
def test_chinese_words_are_chinese(domain):
    for message in catalogue("zh_Hans", domain):
        text = str(message.string)
        if message.id and str(message.id) not in LATIN:
            assert re.search(r"[\u4e00-\u9fff]", PLACEHOLDER.sub("", text)), message.id


def test_words_that_mislead_are_not_used():
    for domain in DOMAINS:
        for message in catalogue("zh_Hans", domain):
            for word in ("匿名", "重置密码", "用户"):
                assert word not in str(message.string), message.id
