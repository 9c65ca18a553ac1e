"""Addresses of the consent room's pages."""

from django.urls import URLPattern, path

from consent import pages as doors

pages: list[URLPattern] = [
    path("offers", doors.offers, name="offers"),
    path("offers/<uuid:offer_id>", doors.offer, name="offer"),
    path("revoke", doors.revoke, name="revoke"),
    path("consents", doors.consents, name="consents"),
    path("consents/<uuid:consent_id>", doors.consent, name="consent"),
    path("consents/<uuid:consent_id>/renewal", doors.renew, name="renew"),
]
