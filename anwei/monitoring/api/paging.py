"""Lists of the API by limit and offset, both bounded: no answer holds a whole county's history."""

from __future__ import annotations

from ninja import Field
from ninja.pagination import LimitOffsetPagination

MOST_ROWS = 10_000
LAST_OFFSET = 2**31 - 1


class Pages(LimitOffsetPagination):
    """django-ninja's pages with an upper bound."""

    class Input(LimitOffsetPagination.Input):
        """How many rows to answer, and how many to pass over."""

        limit: int = Field(100, ge=1, le=MOST_ROWS)
        offset: int = Field(0, ge=0, le=LAST_OFFSET)
