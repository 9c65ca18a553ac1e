"""Each page opens for its role, empty as it is on the first day, in both languages."""

import pytest
from django.urls import reverse

from registry.models import Erasure
from tests.factories.registry import make_vehicle

pytestmark = pytest.mark.django_db

PUBLIC = ("landing", "sign_up", "sign_in", "developer_sign_up", "catalogue", "privacy", "texts")
OF_DRIVERS = (
    *("dashboard", "vehicles", "upload", "uploads", "offers", "consents", "earnings"),
    *("ledger", "my_data"),
)
OF_DEVELOPERS = ("dashboard", "requests", "new_request", "licenses", "api_keys")
OF_ADMINS = ("dashboard", "review_queue", "accreditations")


def check(client, names):
    for language in ("en", "zh-hans"):
        client.cookies["django_language"] = language
        for name in names:
            answer = client.get(reverse(name))
            assert answer.status_code == 200, (name, language)


def test_public_pages_open_for_everybody(client):
    check(client, PUBLIC)


def test_pages_of_drivers_open_before_anything_happened(client, driver):
    client.force_login(driver.user)
    check(client, OF_DRIVERS)


def test_pages_of_drivers_open_with_a_car(client, driver, vehicle):
    client.force_login(driver.user)
    check(client, OF_DRIVERS)
    assert b"Nissan LEAF" in client.get(reverse("vehicles")).content


def test_pages_of_developers_open_before_anything_happened(client, developer):
    client.force_login(developer.user)
    check(client, OF_DEVELOPERS)


def test_pages_of_admins_open_before_anything_happened(client, admin, developer):
    client.force_login(admin)
    check(client, OF_ADMINS)


def test_a_car_of_the_simulator_is_labelled(client, driver, vehicle):
    type(vehicle).objects.update(is_simulated=True)
    client.force_login(driver.user)
    assert b"Simulated" in client.get(reverse("vehicles")).content


def test_an_erased_car_is_gone_from_the_list_and_has_a_proof(client, driver, vehicle):
    erasure = Erasure.objects.create(driver=driver, vehicle=vehicle)
    client.force_login(driver.user)
    assert str(erasure.id).encode() in client.get(reverse("my_data")).content
    type(vehicle).objects.update(state="retired", erased_at=erasure.created_at)
    assert b"Nissan LEAF" not in client.get(reverse("vehicles")).content


def test_the_last_car_is_told_of_the_consents_that_go_with_it(client, driver, vehicle):
    client.force_login(driver.user)
    assert b"all your consents are revoked" in client.get(reverse("vehicles")).content
    make_vehicle(driver)
    assert b"They go on for your other cars" in client.get(reverse("vehicles")).content


def test_someone_else_s_consent_is_not_found(client, driver):
    client.force_login(driver.user)
    missing = "00000000-0000-4000-8000-000000000000"
    assert client.get(reverse("consent", args=[missing])).status_code == 404
