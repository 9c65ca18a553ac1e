"""Estimates are free, releases are public, builds are for admins, ledgers for their driver."""

from uuid import uuid4

import pytest
from django.utils import timezone

from anonymize.models import Contribution, PrivacyBudget, Release
from tests.factories import anonymize as factory

pytestmark = pytest.mark.django_db


@pytest.fixture
def published():
    return factory.make_release(
        factory.make_dataset(),
        state=Release.State.PUBLISHED,
        published_at=timezone.now(),
        manifest_digest="0x" + "ab" * 32,
        cohort_noised=412,
    )


def estimate(client, spec, **more):
    return client.post("/api/v1/estimates", {"spec": spec, **more}, format="json")


def test_an_estimate_needs_no_account_and_leaves_every_ledger_alone(anybody):
    response = estimate(anybody, factory.spec(rho_micro=100_000), drivers=600)
    assert response.status_code == 200
    assert response.data["verdict"] in {"useful", "coarse"}
    assert response.data["privacy"]["guess_in_100"] > 50
    columns = [column["column"] for column in response.data["promise"]["columns"]]
    assert "energy_mean" in columns
    assert not PrivacyBudget.objects.exists()


def test_the_same_question_gets_the_same_estimate(anybody):
    first, again = (estimate(anybody, factory.spec(), drivers=600).data for _ in range(2))
    assert first == again


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"min_cohort": 1}, "spec_cohort_too_small"),
        ({"rho_micro": 5_000_000}, "spec_loss_too_great"),
        ({"source": "locations"}, "spec_unknown_source"),
        ({"windows": ["2018-13"]}, "spec_malformed"),
        ({"group_by": [{"key": "licence_plate", "domain": ["A"]}]}, "spec_unknown_key"),
    ],
)
def test_a_question_that_cannot_be_asked_says_which_rule(anybody, change, code):
    response = estimate(anybody, factory.spec(**change))
    assert (response.status_code, response.data["code"]) == (422, code)
    assert response.data["fields"]


def test_a_spec_that_is_no_object_is_refused_by_its_field(anybody):
    response = estimate(anybody, "every row, please")
    assert response.status_code == 422
    assert response.data["fields"][0]["pointer"] == "#/spec"


def test_published_releases_are_for_everybody(anybody, published):
    listed = anybody.get("/api/v1/releases").data["results"]
    assert [row["id"] for row in listed] == [str(published.id)]
    assert anybody.get(f"/api/v1/releases/{published.id}").data["cohort_noised"] == 412


def test_a_published_release_does_not_tell_how_many_parts_its_build_had(anybody, published):
    type(published).objects.update(steps_done=17, steps_of=17)
    told = anybody.get(f"/api/v1/releases/{published.id}").data
    assert told["progress"] == {"done": 1, "of": 1, "unit": "parts"}


def test_a_release_that_is_being_built_is_for_admins(anybody, as_admin):
    release = factory.make_release(factory.make_dataset())
    path = f"/api/v1/releases/{release.id}"
    assert anybody.get(path).status_code == 404
    assert as_admin.get(path).data["state"] == "planned"


def test_a_release_nobody_knows_is_not_found_by_admins_either(as_admin, anybody):
    for client in (as_admin, anybody):
        response = client.get(f"/api/v1/releases/{uuid4()}")
        assert (response.status_code, response.data["code"]) == (404, "no_such_release")


def test_a_reader_who_has_it_already_gets_304(anybody, published):
    first = anybody.get(f"/api/v1/releases/{published.id}")
    again = anybody.get(
        f"/api/v1/releases/{published.id}", headers={"If-None-Match": first.headers["ETag"]}
    )
    assert again.status_code == 304


def test_only_admins_start_builds(as_developer, as_driver, anybody, as_admin):
    body = {"dataset_id": str(factory.make_dataset().id), "price_units": 5}
    statuses = [
        client.post(
            "/api/v1/releases", body, format="json", headers={"Idempotency-Key": str(uuid4())}
        ).status_code
        for client in (anybody, as_driver, as_developer, as_admin)
    ]
    assert statuses == [401, 403, 403, 202]


def test_a_build_wants_an_idempotency_key(as_admin):
    body = {"dataset_id": str(factory.make_dataset().id), "price_units": 5}
    response = as_admin.post("/api/v1/releases", body, format="json")
    assert (response.status_code, response.data["code"]) == (422, "idempotency_key_missing")
    assert not Release.objects.exists()


def test_a_driver_sees_own_ledger_only(as_driver, as_other_driver, driver, published):
    PrivacyBudget.objects.create(
        driver=driver, window="2018-06", spent_rho_micro=100_000, cap_rho_micro=1_000_000
    )
    Release.objects.update(charged_at=timezone.now())
    Contribution.objects.create(release=published, driver=driver, consent_address=factory.address())
    mine = as_driver.get("/api/v1/privacy-ledger").data["results"]
    assert mine[0]["used_rho_micro"] == 100_000
    assert mine[0]["charges"][0]["release_id"] == str(published.id)
    assert as_other_driver.get("/api/v1/privacy-ledger").data["results"] == []
