"""Who may call the API: the bearer of a token; a signed-in browser may read."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest

from anwei.org.policy import token

READING = frozenset({"GET", "HEAD"})


def token_or_reader(view: Callable[..., Any]) -> Callable[..., Any]:
    """Open a view by token; by session only to read, so that no foreign page can write with a cookie."""
    by_token = token(view)

    @wraps(by_token)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        by_session = request.method in READING and "Authorization" not in request.headers
        if by_session and request.user.is_authenticated:
            return view(request, *args, **kwargs)
        return by_token(request, *args, **kwargs)

    return guarded
