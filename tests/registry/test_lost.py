"""Whoever lost passphrase and sheet finds the page that says what is left, from every door."""

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["sign_in", "recover", "revoke"])
def test_every_closed_door_leads_there(client, name):
    assert f'href="{reverse("lost")}"' in client.get(reverse(name)).content.decode()


def test_so_does_the_dialog_that_asks_for_the_words(client, driver):
    client.force_login(driver.user)
    assert f'href="{reverse("lost")}"' in client.get(reverse("settings")).content.decode()


def test_it_tells_both_halves_to_whoever_comes(client):
    page = client.get(reverse("lost")).content.decode()
    assert "What still works" in page
    assert "What is gone" in page
    for name in ("revoke", "recover", "sign_in", "settings"):
        assert f'href="{reverse(name)}"' in page, name
