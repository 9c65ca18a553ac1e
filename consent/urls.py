"""Addresses of the consent room."""

from django.urls import URLPattern, path

from consent import api as doors
from consent import page_urls

api: list[URLPattern] = [
    path("offers", doors.OffersView.as_view(), name="offers"),
    path("offers/<uuid:offer_id>", doors.OfferView.as_view(), name="offer"),
    path("offers/<uuid:offer_id>/decline", doors.DeclineView.as_view(), name="decline"),
    path("consents", doors.ConsentsView.as_view(), name="consents"),
    path("consents/<uuid:consent_id>", doors.ConsentView.as_view(), name="consent"),
    path("consents/<uuid:consent_id>/signature", doors.SignatureView.as_view(), name="signature"),
    path("consents/<uuid:consent_id>/renewal", doors.RenewalView.as_view(), name="renewal"),
    path(
        "consents/<uuid:consent_id>/renewal/signature",
        doors.RenewalSignatureView.as_view(),
        name="renewal_signature",
    ),
    path(
        "consents/<uuid:consent_id>/revocation", doors.RevocationView.as_view(), name="revocation"
    ),
    path("revocations", doors.StopView.as_view(), name="revocations"),
    path("consents/<uuid:consent_id>/receipt", doors.ReceiptView.as_view(), name="receipt"),
]

pages: list[URLPattern] = page_urls.pages
