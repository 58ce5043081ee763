"""Pages behind a short code, which everybody reads: their headers, their brake, their address."""

from __future__ import annotations

import secrets
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from anwei.ledgers.services import county_setting

ADDRESS = "notices.address"  # the county's setting: under which address people reach the system
WINDOWS = {"visits": (120, 60), "misses": (20, 3600)}  # of one address: at most so many in so many seconds
HEADERS = {"X-Robots-Tag": "noindex, nofollow", "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # nothing that looks like something else
DIGITS = 10  # 31^10: 49 bits


def new_code() -> str:
    """Return a short code that nobody guesses."""
    return "".join(secrets.choice(ALPHABET) for _place in range(DIGITS))


def answered(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """Return a page that no search engine keeps and no cache holds."""
    response = render(request, template, context, status=status)
    for name, value in HEADERS.items():
        response[name] = value
    return response


def public_address(request: HttpRequest, path: str) -> str:
    """Return the address under which people outside reach a path."""
    base = str(county_setting(ADDRESS, "") or "").rstrip("/")
    return f"{base}{path}" if base else request.build_absolute_uri(path)


def has_room(door: str, what: str, address: str, *, count: bool = True) -> bool:
    """Say whether an address has room for one more at a door, and count it; each window begins anew."""
    most, seconds = WINDOWS[what]
    key = f"{door}:{what}:{address}"
    if not count:
        return int(cache.get(key, 0)) < most
    cache.add(key, 0, seconds)
    try:
        return int(cache.incr(key)) <= most
    except ValueError:  # the window ended in between
        return True
