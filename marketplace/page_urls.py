"""Addresses of the marketplace's pages."""

from django.urls import URLPattern, path

from marketplace import pages as doors

pages: list[URLPattern] = [
    path("catalogue", doors.catalogue, name="catalogue"),
    path("catalogue/<uuid:release_id>", doors.product, name="product"),
    path("what-can-be-asked", doors.askable, name="askable"),
    path("requests", doors.requests, name="requests"),
    path("requests/new", doors.new_request, name="new_request"),
    path("requests/new/draft", doors.draft, name="draft"),
    path("requests/<uuid:request_id>", doors.request_page, name="request"),
    path("licenses", doors.licenses, name="licenses"),
    path("review", doors.review_queue, name="review_queue"),
    path("review/<uuid:request_id>", doors.review, name="review"),
]
