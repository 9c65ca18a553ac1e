"""The house's own doors: health, unknown routes, request ids."""

import pytest

pytestmark = pytest.mark.django_db


def test_health_counts_the_work(anybody):
    response = anybody.get("/api/v1/health")
    assert response.status_code == 200
    assert response.data["work"] == {}


def test_an_unknown_route_is_a_problem_document(anybody):
    response = anybody.get("/api/v1/no-such-thing")
    assert response.status_code == 404
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == "not_found"


def test_an_unknown_page_is_a_page(anybody):
    response = anybody.get("/no-such-page")
    assert response.status_code == 404
    assert response.headers["Content-Type"].startswith("text/html")


def test_every_answer_carries_the_request_id_its_problem_names(anybody):
    response = anybody.get("/api/v1/no-such-thing")
    assert response.json()["request_id"] == response.headers["Request-Id"]


def test_a_wrong_method_and_a_wrong_body_are_problems_too(anybody):
    wrong_method = anybody.put("/api/v1/estimates", {}, format="json")
    broken = anybody.post("/api/v1/estimates", "{", content_type="application/json")
    wrong_kind = anybody.post("/api/v1/estimates", "a=1", content_type="text/plain")
    assert [r.status_code for r in (wrong_method, broken, wrong_kind)] == [405, 400, 415]
    assert {r.headers["Content-Type"] for r in (wrong_method, broken, wrong_kind)} == {
        "application/problem+json"
    }


def test_a_refusal_speaks_the_reader_s_language(anybody):
    english = anybody.get("/api/v1/no-such-thing").json()
    chinese = anybody.get("/api/v1/no-such-thing", headers={"Accept-Language": "zh-Hans"}).json()
    assert english["code"] == chinese["code"]
    assert english["title"] != chinese["title"]
