"""How people log in: accounts are made by the county, never by the visitor."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class ClosedAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """No self sign-up."""

    def is_open_for_signup(self, request: HttpRequest) -> Any:
        """Answer no."""
        return False
