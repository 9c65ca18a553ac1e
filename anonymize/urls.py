"""Addresses of the anonymize room."""

from django.urls import URLPattern, path

from anonymize import api as doors
from anonymize import page_urls, product_api

api: list[URLPattern] = [
    path("estimates", doors.EstimatesView.as_view(), name="estimates"),
    path("releases", doors.ReleasesView.as_view(), name="releases"),
    path("releases/<uuid:release_id>", doors.ReleaseView.as_view(), name="release"),
    path("releases/<uuid:release_id>/manifest", doors.ManifestView.as_view(), name="manifest"),
    path(
        "releases/<uuid:release_id>/contributors",
        doors.ContributorsView.as_view(),
        name="contributors",
    ),
    path("releases/<uuid:release_id>/file", doors.FileView.as_view(), name="release-file"),
    path(
        "standard-products",
        product_api.StandardProductsView.as_view(),
        name="standard-products",
    ),
    path(
        "standard-products/<slug:name>",
        product_api.StandardProductView.as_view(),
        name="standard-product",
    ),
    path("privacy-ledger", doors.LedgerView.as_view(), name="privacy-ledger"),
]
pages: list[URLPattern] = page_urls.pages
