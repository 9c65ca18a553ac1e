"""API doors: the standard products, their cards, and what so many drivers would make them worth."""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from anonymize import estimating, selectors
from anonymize.domain import products
from anonymize.domain.product_cards import WEIGHED
from anonymize.domain.products import StandardProduct
from common.api import Door, tagged


class ProductForm(serializers.Serializer[Any]):
    """How many drivers to assume, and which months; the suggested ones when none is told."""

    drivers = serializers.IntegerField(min_value=1, max_value=10_000_000, default=1_000)
    windows = serializers.ListField(
        child=serializers.CharField(max_length=7), max_length=12, required=False
    )


class StandardProductsView(Door):
    """The questions that ship with us, their months left open."""

    permission_classes = [AllowAny]

    def get(self, _request: Request) -> Response:
        """Return every standard product with its card."""
        results = [shown(product) for product in products.standard_products()]
        return Response({"results": results, "next": None})


class StandardProductView(Door):
    """One standard product, and the promise for a cohort."""

    parameters = ("drivers", "windows")
    permission_classes = [AllowAny]

    def get(self, request: Request, name: str) -> Response:
        """Return the card, the whole spec over the months asked for, and its estimate."""
        product = products.product_of(name)
        form = ProductForm(data=request.query_params)
        form.is_valid(raise_exception=True)
        windows = form.validated_data.get("windows") or _windows(product)
        spec = products.spec_of(name, windows)
        estimate = estimating.estimate(spec=spec, drivers=form.validated_data["drivers"])
        return tagged(request, {**shown(product), "estimate": estimate})


def shown(product: StandardProduct) -> dict[str, Any]:
    """Return a standard product as the API tells it, its words in the reader's language."""
    card = product.card
    return {
        "object": "standard_product",
        "id": product.name,
        "title": _(card.title),
        "question": _(card.question),
        "card": {
            "tells": _(card.tells),
            "cannot_tell": _(card.cannot_tell),
            "missing": _(card.missing),
            "weighed": _(WEIGHED),
            "example": _(card.example),
        },
        "source": product.source,
        "template": product.template,
        "suggested_windows": _windows(product),
        "least_drivers": products.least_drivers(product.name),
        "privacy": selectors.privacy_facts(product.rho_micro),
        "url": reverse("api:standard-product", args=[product.name]),
    }


def _windows(product: StandardProduct) -> list[str]:
    return products.suggested_windows(product.name, timezone.localdate())
