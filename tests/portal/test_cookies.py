"""Over TLS the cookies are bound to this very host: `__Host-`, Secure, the whole site, no domain."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ASK = """
from django.conf import settings
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.test import RequestFactory
from django.middleware.csrf import CsrfViewMiddleware
from django.contrib.sessions.middleware import SessionMiddleware

def view(request):
    get_token(request)
    request.session.update({"seen": True})
    request.session._session_key = "x" * 32
    request.session.save = lambda *a, **k: None
    return HttpResponse("")

answer = SessionMiddleware(CsrfViewMiddleware(view))(RequestFactory().get("/", secure=True))
print(answer.cookies.output(header=""))
"""


def cookies(tmp_path: Path, **environment: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-m", "anwei", "shell", "--no-imports", "-c", ASK],
        env={**os.environ, "ANWEI_DATA": str(tmp_path), **environment},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return [line.strip() for line in done.stdout.splitlines() if "=" in line]


def test_over_tls_no_other_host_can_set_or_read_them(tmp_path: Path) -> None:
    found = cookies(tmp_path, ANWEI_TLS="1")
    assert sorted(line.partition("=")[0] for line in found) == ["__Host-csrftoken", "__Host-sessionid"]
    for line in found:
        assert "; Path=/;" in line and "Secure" in line and "SameSite=Lax" in line, line
        assert "Domain" not in line, line
    assert "HttpOnly" in next(line for line in found if "sessionid" in line)


def test_without_tls_the_plain_names_hold(tmp_path: Path) -> None:
    found = cookies(tmp_path, ANWEI_TLS="")
    assert sorted(line.partition("=")[0] for line in found) == ["csrftoken", "sessionid"]
