"""The standard products are for everybody, and their promise is that of the estimate."""

import pytest

from anonymize.domain import products
from protocol import query_spec

pytestmark = pytest.mark.django_db

LIST = "/api/v1/standard-products"


def test_anybody_reads_the_list_with_every_card(anybody):
    body = anybody.get(LIST).data
    assert [one["id"] for one in body["results"]] == [
        product.name for product in products.standard_products()
    ]
    assert body["next"] is None
    for one in body["results"]:
        assert one["object"] == "standard_product"
        assert all(one["card"].values())
        assert "windows" not in one["template"]


def test_a_template_with_the_suggested_months_is_a_question_that_can_be_estimated(anybody):
    for one in anybody.get(LIST).data["results"]:
        spec = {**one["template"], "windows": one["suggested_windows"]}
        answer = anybody.post("/api/v1/estimates", {"spec": spec, "drivers": 1_000}, format="json")
        assert answer.data["verdict"] == "useful"


def test_one_product_tells_the_promise_for_so_many_drivers(anybody):
    found = anybody.get(f"{LIST}/battery_ageing?drivers=10000&windows=2026-08&windows=2026-09")
    estimate = found.data["estimate"]
    assert estimate["drivers_assumed"] == 10_000
    assert estimate["spec"]["windows"] == ["2026-08", "2026-09"]
    assert estimate["promise"] == products.promise_of("battery_ageing", 10_000).to_dict()
    spec = products.spec_of("battery_ageing", ["2026-08", "2026-09"])
    assert estimate["spec_sha256"] == query_spec.spec_sha256(spec).hex()


def test_few_drivers_are_told_that_the_answer_would_be_coarse(anybody):
    least = anybody.get(f"{LIST}/battery_ageing").data["least_drivers"]
    few = anybody.get(f"{LIST}/battery_ageing?drivers={least * 98 // 100}").data["estimate"]
    assert few["verdict"] != "useful"


def test_the_privacy_cost_is_told_as_everywhere(anybody):
    found = anybody.get(f"{LIST}/energy_use").data
    assert found["privacy"] == found["estimate"]["privacy"]
    assert found["privacy"]["guess_in_100"] > 50


def test_a_reader_who_has_it_gets_nothing_anew(anybody):
    first = anybody.get(f"{LIST}/energy_use")
    again = anybody.get(f"{LIST}/energy_use", HTTP_IF_NONE_MATCH=first["ETag"])
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/number_plates", 404, "no_such_standard_product"),
        ("/energy_use?drivers=0", 422, "invalid_input"),
        ("/energy_use?windows=last", 422, "spec_malformed"),
        ("/energy_use?windows=2026-10&windows=2026-09", 422, "spec_malformed"),
        ("/energy_use?driver=500", 422, "unknown_parameter"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_the_rule(anybody, path, status, code):
    refused = anybody.get(LIST + path)
    assert (refused.status_code, refused.data["code"]) == (status, code)
