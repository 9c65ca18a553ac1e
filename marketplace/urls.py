"""Addresses of the marketplace."""

from django.urls import URLPattern, path

from marketplace import api as doors
from marketplace import campaign_api as campaigns
from marketplace import page_urls

api: list[URLPattern] = [
    path("data-requests", doors.RequestsView.as_view(), name="data-requests"),
    path("data-requests/<uuid:request_id>", doors.RequestView.as_view(), name="data-request"),
    path("data-requests/<uuid:request_id>/evidence", doors.EvidenceView.as_view(), name="evidence"),
    path("data-requests/<uuid:request_id>/decision", doors.DecisionView.as_view(), name="decision"),
    path(
        "data-requests/<uuid:request_id>/campaign",
        campaigns.CampaignView.as_view(),
        name="campaign",
    ),
    path(
        "data-requests/<uuid:request_id>/funding", campaigns.FundingView.as_view(), name="funding"
    ),
    path(
        "data-requests/<uuid:request_id>/refund", campaigns.GiveBackView.as_view(), name="give-back"
    ),
    path("products", doors.ProductsView.as_view(), name="products"),
    path("products/<uuid:release_id>", doors.ProductView.as_view(), name="product"),
    path("quotes", doors.QuotesView.as_view(), name="quotes"),
    path("releases/<uuid:release_id>/key", doors.ReleaseKeyView.as_view(), name="release-key"),
    path("purchases", doors.PurchasesView.as_view(), name="purchases"),
    path("purchases/<uuid:purchase_id>", doors.PurchaseView.as_view(), name="purchase"),
    path("licenses", doors.LicensesView.as_view(), name="licenses"),
    path("licenses/<uuid:license_id>", doors.LicenseView.as_view(), name="license"),
    path("licenses/<uuid:license_id>/key", doors.LicenseKeyView.as_view(), name="license-key"),
]
pages: list[URLPattern] = page_urls.pages
