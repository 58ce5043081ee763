"""From where a request comes; X-Forwarded-For is read here alone, and only as far as it can be trusted.

Every proxy appends the address it saw to the header, so with n trusted proxies in front the n-th entry from
the right was written by a trusted hand and all before it by anybody. Without proxies (the default) the header
is noise.
"""

from __future__ import annotations

from ipaddress import IPv6Address, IPv6Network, ip_address

from django.conf import settings
from django.http import HttpRequest

LOCAL = "127.0.0.1"  # a request that no network brought, such as a command's
HOUSEHOLD = 64  # bits of an IPv6 address that one customer gets; the rest is theirs to vary


def client_address(request: HttpRequest) -> str:
    """Return the address of the client, behind as many trusted proxies as ANWEI_PROXIES says."""
    peer = str(request.META.get("REMOTE_ADDR") or LOCAL)
    if not settings.PROXIES:
        return peer
    written = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).split(",")
    if len(written) < settings.PROXIES:  # somebody who walked around the proxy
        return peer
    try:
        return str(ip_address(written[-settings.PROXIES].strip()))
    except ValueError:
        return peer


def counted_address(request: HttpRequest) -> str:
    """Return the address by which failures are counted: an IPv6 customer's network counts as one."""
    address = client_address(request)
    try:
        parsed = ip_address(address)
    except ValueError:  # a Unix socket's peer has a name
        return LOCAL
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(IPv6Network((parsed, HOUSEHOLD), strict=False).network_address)
    return address
