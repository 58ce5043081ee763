"""What every response carries, whatever it answers (S9)."""

from __future__ import annotations

import re

from tests.matrix.callers import Answer

ELSEWHERE = (
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example",
    "javascript:alert(1)",
    "https:evil.example",
)
NAMES = ("next", "url", "return", "redirect", "continue", "came_from")
NONCE = re.compile(r"'self' 'nonce-[\w+/=-]{16,}'")
PAGES = "text/html"


def elsewhere(answer: Answer) -> bool:
    """Say whether an answer sends people to another host."""
    return answer.location.startswith((*ELSEWHERE, "http:", "https:", "//"))


def faults(answer: Answer, *, signed_in: bool) -> list[str]:
    """Return what a response lacks."""
    headers = answer.response.headers
    policy = dict(
        part.strip().split(" ", 1)
        for part in headers.get("Content-Security-Policy", "").split(";")
        if " " in part.strip()
    )
    confined = policy.get("default-src") == "'none'"  # a file that was uploaded
    scripts = policy.get("script-src", "")
    wanted = {
        "nosniff": headers.get("X-Content-Type-Options") == "nosniff",
        "frames": headers.get("X-Frame-Options") == "DENY",
        "referrer": headers.get("Referrer-Policy") in ("same-origin", "no-referrer"),
        "opener": headers.get("Cross-Origin-Opener-Policy") == "same-origin",
        "devices": "payment=()" in headers.get("Permissions-Policy", ""),
        "csp": confined or policy.get("default-src") == "'self'",
        "scripts": confined or scripts == "'self'" or NONCE.fullmatch(scripts) is not None,
        "ancestors": confined or policy.get("frame-ancestors") == "'none'",
        "base": confined or (policy.get("base-uri"), policy.get("object-src")) == ("'none'", "'none'"),
        "cache": not signed_in or "no-store" in headers.get("Cache-Control", ""),
        "server": "Server" not in headers and "X-Powered-By" not in headers,
        "cookies": all(
            cookie["samesite"] and (cookie["httponly"] or name.endswith("csrftoken"))
            for name, cookie in answer.response.cookies.items()
            if cookie.value
        ),
    }
    return [name for name, held in wanted.items() if not held]
