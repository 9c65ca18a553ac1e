import pytest
from django.urls import reverse

from common.errors import DomainError
from portal import nav
from portal.nav import NavItem, Role
from portal.views import _kinds

pytestmark = pytest.mark.django_db


def test_a_menu_item_is_plugged_in_once_however_often_it_is_added():
    item = NavItem("Twice", "landing", frozenset({Role.DRIVER}), 999)
    nav.add(item, item)
    nav.add(item)
    assert nav.items_for(Role.DRIVER).count(item) == 1
    nav._items.pop("landing")


def test_the_theme_is_kept_in_a_cookie_and_drawn_by_the_server(client):
    answer = client.post(reverse("theme"), {"theme": "dark", "next": "/sign-in"})
    assert (answer.status_code, answer.url) == (302, "/sign-in")
    assert b'data-theme="dark"' in client.get("/sign-in").content


def test_an_unknown_theme_is_the_system_s(client):
    client.post(reverse("theme"), {"theme": "dark"})
    client.post(reverse("theme"), {"theme": "<script>"})
    assert b"data-theme" not in client.get("/sign-in").content


def test_the_theme_switch_never_leads_elsewhere(client):
    assert client.post(reverse("theme"), {"next": "https://example.org/"}).url == "/"


@pytest.mark.parametrize("prefix", ["zh", "zh-cn", "zh-hans"])
def test_an_address_that_names_chinese_leads_to_chinese(client, prefix):
    client.get(f"/{prefix}/")
    assert b'<html lang="zh-Hans"' in client.get("/sign-in").content


def test_a_visitor_who_wants_a_driver_s_page_is_asked_to_sign_in_and_comes_back(client):
    answer = client.get(reverse("vehicles"))
    assert answer.url == "/sign-in?next=%2Fvehicles&as=driver"


def test_a_developer_is_not_let_into_the_pages_of_drivers(client, developer):
    client.force_login(developer.user)
    assert client.get(reverse("vehicles")).status_code == 302


def test_a_page_of_one_person_is_kept_by_no_cache(client, driver):
    client.force_login(driver.user)
    assert client.get(reverse("vehicles"))["Cache-Control"] == "private, no-store"


def test_sign_in_never_leads_to_another_site(client):
    page = client.get(reverse("sign_in"), {"next": "https://example.org/"}).content.decode()
    assert "example.org/" not in page.split("</nav>")[-1]


def test_every_error_code_has_a_page(client):
    for kind in _kinds(DomainError):
        answer = client.get(reverse("error", args=[kind.code]))
        assert answer.status_code == 200, kind.code


def test_an_unknown_error_code_has_none(client):
    assert client.get(reverse("error", args=["no-such-code"])).status_code == 404


def test_pages_carry_no_script_or_style_of_their_own(client):
    for path in ("/", "/join", "/sign-in", "/how-privacy-works"):
        page = client.get(path).content.decode()
        assert "<style" not in page
        assert " style=" not in page
        assert "onclick=" not in page
        assert "<script>" not in page
