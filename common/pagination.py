"""Lists as `{results, next}`, walked by a cursor that keeps its filters."""

from typing import Any

from rest_framework.pagination import CursorPagination
from rest_framework.response import Response


class Pages(CursorPagination):
    """Newest first, 50 a page, 200 at most."""

    page_size = 50
    max_page_size = 200
    page_size_query_param = "limit"
    cursor_query_param = "cursor"
    ordering: Any = ("-created_at", "id")

    def get_paginated_response(self, data: Any) -> Response:
        """Return one page and the full URL of the next."""
        return Response({"results": data, "next": self.get_next_link()})
