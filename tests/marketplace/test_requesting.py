"""A developer asks, an admin decides with evidence and a reason, drivers get an offer."""

import pytest

from anonymize.models import Dataset
from audit.models import AuditLine
from chain import standing
from chain.models import OutboundCall
from consent.models import Offer
from marketplace.models import DataRequest
from registry.models import Developer

pytestmark = pytest.mark.django_db

REASON = {
    "decision": "approve",
    "reason_code": "useful_and_safe",
    "reason": "Useful for planning, and no group is smaller than ten drivers.",
}


@pytest.fixture
def decide(as_admin, post):
    def send(row, **changes):
        tag = as_admin.get(f"/api/v1/data-requests/{row.id}").headers["ETag"]
        path = f"data-requests/{row.id}/decision"
        return post(as_admin, path, {**REASON, **changes}, **{"If-Match": tag})

    return send


def test_a_request_goes_into_review(accredited, as_developer, post, body):
    response = post(as_developer, "data-requests", body)
    assert response.status_code == 201
    assert response.data["state"] == "in_review"
    assert DataRequest.objects.get().developer == accredited


def test_only_an_accredited_company_may_ask(developer, as_developer, post, body):
    developer.standing = Developer.Standing.UNVERIFIED
    developer.save()
    response = post(as_developer, "data-requests", body)
    assert (response.status_code, response.data["code"]) == (403, "accreditation_required")
    assert response.data["facts"] == {"standing": "unverified"}


def test_the_same_request_sent_twice_is_one_request(accredited, as_developer, post, body):
    first = post(as_developer, "data-requests", body, key="one")
    again = post(as_developer, "data-requests", body, key="one")
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.data["id"] == first.data["id"]
    assert DataRequest.objects.count() == 1


def test_a_question_whose_answer_would_be_noise_is_refused(accredited, as_developer, post, body):
    body["spec"]["rho_micro"] = 10
    response = post(as_developer, "data-requests", body)
    assert (response.status_code, response.data["code"]) == (422, "answer_useless")
    assert not DataRequest.objects.exists()


def test_a_spec_with_a_free_expression_is_refused_by_its_place(
    accredited, as_developer, post, body
):
    body["spec"]["statistics"][0]["expression"] = "energy * 2"
    response = post(as_developer, "data-requests", body)
    assert (response.status_code, response.data["code"]) == (422, "spec_malformed")
    assert not DataRequest.objects.exists()


def test_the_admin_sees_signals_cohort_cost_and_error(request_row, as_admin):
    response = as_admin.get(f"/api/v1/data-requests/{request_row.id}/evidence")
    assert response.status_code == 200
    assert response.data["signals"]["source"] == "charging_sessions"
    assert response.data["cohort_available"] == 0
    assert response.data["privacy"]["rho_micro"] == 100_000
    checks = {check["name"]: check["state"] for check in response.data["checks"]}
    assert checks["accreditation_valid"] == "passed"
    assert checks["cohort_over_minimum"] == "needs_eyes"
    assert response.data["expected_error"]["at_drivers_needed"]["columns"]


def test_evidence_is_for_admins(request_row, as_developer, as_driver):
    for client in (as_developer, as_driver):
        path = f"/api/v1/data-requests/{request_row.id}/evidence"
        assert client.get(path).status_code == 403


def test_an_approval_opens_a_dataset_and_an_offer(request_row, decide):
    response = decide(request_row)
    assert (response.status_code, response.data["state"]) == (200, "approved")
    dataset = Dataset.objects.get()
    assert dataset.spec == request_row.spec
    assert Offer.objects.get().dataset_id == dataset.id
    assert OutboundCall.objects.get().function == "create_dataset"
    assert AuditLine.objects.filter(act="data_request.approve").exists()


def test_a_rejection_opens_nothing_and_tells_why(request_row, decide, as_developer):
    decide(request_row, decision="reject", reason_code="too_narrow")
    shown = as_developer.get(f"/api/v1/data-requests/{request_row.id}").data
    assert (shown["state"], shown["reason_code"]) == ("rejected", "too_narrow")
    assert not Offer.objects.exists()


def test_a_decision_without_a_reason_is_no_decision(request_row, decide):
    response = decide(request_row, reason="ok")
    assert response.status_code == 422
    assert response.data["fields"][0]["pointer"] == "#/reason"
    request_row.refresh_from_db()
    assert request_row.state == "in_review"


def test_a_decision_needs_the_version_that_was_read(request_row, as_admin, post):
    path = f"data-requests/{request_row.id}/decision"
    missing = post(as_admin, path, REASON)
    stale = post(as_admin, path, REASON, **{"If-Match": '"old"'})
    assert (missing.status_code, stale.status_code) == (428, 412)


def test_a_decided_request_is_not_decided_again(request_row, decide):
    decide(request_row)
    response = decide(request_row, decision="reject")
    assert (response.status_code, response.data["code"]) == (409, "already_decided")
    assert Offer.objects.count() == 1


def test_nothing_is_opened_while_the_chain_has_another_fee(request_row, decide, monkeypatch):
    monkeypatch.setattr(standing, "fee_bps", lambda: 900)
    response = decide(request_row)
    assert (response.status_code, response.data["code"]) == (409, "fee_differs")
    request_row.refresh_from_db()
    assert (request_row.state, Offer.objects.count()) == ("in_review", 0)


def test_a_developer_sees_own_requests_only(request_row, as_driver, as_developer, anybody):
    assert len(as_developer.get("/api/v1/data-requests").data["results"]) == 1
    assert as_driver.get("/api/v1/data-requests").status_code == 403
    assert anybody.get("/api/v1/data-requests").status_code == 401


def test_an_unknown_parameter_is_refused_not_ignored(as_admin):
    response = as_admin.get("/api/v1/data-requests?sate=approved")
    assert (response.status_code, response.data["code"]) == (422, "unknown_parameter")
