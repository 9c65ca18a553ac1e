"""The page on privacy tells the odds that the ledgers count."""

import re

from django.urls import reverse

from anonymize.domain import accounting


def test_its_table_of_odds_is_the_one_that_is_counted(client):
    page = client.get(reverse("privacy")).content.decode()
    rows = re.findall(r"<tr><td>([0-9.]+)</td><td class=\"right\">([0-9]+)</td></tr>", page)
    assert len(rows) > 3
    for rho, guesses in rows:
        assert accounting.guess_in_100(round(float(rho) * 1e6)) == int(guesses), rho
    assert accounting.guess_in_100(100_000) == 68
    assert "at most <strong>68 in 100</strong>" in page
