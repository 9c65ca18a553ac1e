"""Addresses of the payouts room."""

from django.urls import URLPattern, path

from payouts import api as doors
from payouts import page_urls

api: list[URLPattern] = [
    path("payouts", doors.PayoutsView.as_view(), name="payouts"),
    path("claims", doors.ClaimsView.as_view(), name="claims"),
    path("claims/<uuid:claim_id>", doors.ClaimView.as_view(), name="claim"),
]

pages: list[URLPattern] = page_urls.pages
