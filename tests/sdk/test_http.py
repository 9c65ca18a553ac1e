"""Speaking to the API: retries, keys, pages and refusals."""

import pytest
import requests

from odometer import errors
from tests.sdk.wire import URL, session


def test_it_sends_again_after_a_lost_connection_with_the_same_idempotency_key():
    caller, wire = session(requests.ConnectionError("gone"), (201, {"id": "1"}))
    assert caller.post("/uploads", {"size_bytes": 1}) == {"id": "1"}
    first, second = (request.headers["Idempotency-Key"] for request in wire.asked)
    assert first == second
    assert first


def test_it_sends_again_when_a_part_of_the_system_is_away():
    caller, wire = session((503, {"code": "node_down"}), (200, {"id": "1"}))
    assert caller.get("/chain") == {"id": "1"}
    assert len(wire.asked) == 2


def test_it_gives_up_after_the_last_try():
    caller, wire = session(*[(503, {"code": "node_down"})] * 3)
    with pytest.raises(errors.Unavailable, match="node_down"):
        caller.get("/chain")
    assert len(wire.asked) == 3


def test_it_waits_as_long_as_the_server_says(monkeypatch):
    slept: list[float] = []
    monkeypatch.setattr("time.sleep", slept.append)
    caller, _ = session((429, {"code": "too_many_requests"}, {"Retry-After": "7"}), (200, {}))
    caller.get("/products")
    assert slept == [7.0]


def test_it_does_not_repeat_a_request_that_was_refused():
    caller, wire = session((422, {"code": "invalid_input"}))
    with pytest.raises(errors.InvalidInput):
        caller.post("/vehicles", {})
    assert len(wire.asked) == 1


@pytest.mark.parametrize(
    ("status", "family"),
    [
        (401, errors.NotAllowed),
        (402, errors.PaymentRequired),
        (403, errors.NotAllowed),
        (404, errors.NotFound),
        (409, errors.Conflict),
        (410, errors.NotFound),
        (412, errors.Conflict),
        (413, errors.InvalidInput),
        (422, errors.InvalidInput),
    ],
)
def test_it_raises_the_family_of_a_refusal(status, family):
    caller, _ = session((status, {"code": "some_code"}))
    with pytest.raises(family):
        caller.get("/anything")


def test_a_refusal_says_the_rule_the_number_and_what_would_pass():
    problem = {
        "code": "budget_exhausted",
        "detail": "9100 are left.",
        "facts": {"left_rho_micro": 9100},
        "suggestion": {"rho_micro": 9100},
        "request_id": "8c2f",
    }
    caller, _ = session((409, problem))
    with pytest.raises(errors.Conflict) as refused:
        caller.post("/releases")
    assert refused.value.facts["left_rho_micro"] == 9100
    assert refused.value.suggestion == {"rho_micro": 9100}
    assert refused.value.request_id == "8c2f"
    assert "9100 are left." in str(refused.value)
    assert "budget_exhausted" in str(refused.value)


def test_a_refusal_without_a_problem_document_is_still_a_refusal():
    caller, _ = session((404, b"<html>"))
    with pytest.raises(errors.NotFound, match="http_404"):
        caller.get("/nowhere")


def test_a_list_walks_its_pages_and_keeps_the_filters():
    caller, wire = session(
        (200, {"results": [{"id": "1"}], "next": f"{URL}/api/v1/offers?state=open&cursor=x"}),
        (200, {"results": [{"id": "2"}], "next": None}),
    )
    assert [row["id"] for row in caller.every("/offers", state="open")] == ["1", "2"]
    assert wire.asked[1].url == f"{URL}/api/v1/offers?state=open&cursor=x"


def test_a_list_never_follows_a_page_to_another_host():
    caller, wire = session(
        (200, {"results": [], "next": "http://elsewhere.test/api/v1/offers?cursor=x"}),
        (200, {"results": [], "next": None}),
        key="odo_test_key",
    )
    list(caller.every("/offers"))
    assert wire.asked[1].url == f"{URL}/api/v1/offers?cursor=x"


def test_it_returns_the_token_of_the_page_when_it_acts_by_cookie():
    caller, wire = session(
        (200, {}, {"Set-Cookie": "csrftoken=abc; Path=/"}),
        (201, {}),
    )
    caller.get("/sessions/current")
    caller.post("/vehicles")
    assert wire.asked[1].headers["X-CSRFToken"] == "abc"
