"""A form whose script is not there yet, or never, sends nothing by itself."""

import re

import pytest

from stack.places import ROOT

TEMPLATES = sorted(ROOT.glob("*/templates/**/*.html"))
FORM = re.compile(r"<form\b[^>]*>")


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_every_form_says_how_it_is_sent(template):
    """Without a method a browser puts what was typed into the address: a passphrase too."""
    for form in FORM.findall(template.read_text(encoding="utf-8")):
        assert re.search(r'(?<![-\w])method="(post|get|dialog)"', form), form


def test_no_form_with_a_secret_is_sent_by_get():
    secrets = re.compile(r'name="(passphrase|words|again)"|type="password"')
    for template in TEMPLATES:
        text = template.read_text(encoding="utf-8")
        for form in re.findall(r"<form\b.*?</form>", text, flags=re.DOTALL):
            assert 'method="get"' not in form or not secrets.search(form), template
