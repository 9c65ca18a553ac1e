"""Write docs/products: the data cards of the standard products."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from anonymize import product_pages
from anonymize.domain import products


class Command(BaseCommand):
    """Write one page for each standard product."""

    help = "Write docs/products: the data cards of the standard products."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Write every page anew."""
        for product in products.standard_products():
            path = settings.BASE_DIR / "docs" / "products" / f"{product.name}.md"
            path.write_text(product_pages.page_of(product), encoding="utf-8")
