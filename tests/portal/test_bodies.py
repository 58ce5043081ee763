"""A body that no form sends is refused before it fills the disk, whoever sends it."""

from __future__ import annotations

import http.client
from collections.abc import Iterator

import pytest

from anwei.portal import asgi
from tests.monitoring.server import Server

MIB = 1024 * 1024


@pytest.fixture
def connection(transactional_db: None) -> Iterator[http.client.HTTPConnection]:
    with Server() as server:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
        yield connection
        connection.close()


@pytest.mark.parametrize("stated", [str(asgi.MOST_BYTES + 1), "9" * 18])
def test_a_stated_length_is_refused_at_once(connection: http.client.HTTPConnection, stated: str) -> None:
    connection.putrequest("POST", "/accounts/login/")
    connection.putheader("Content-Length", stated)
    connection.endheaders()
    assert connection.getresponse().status == 413


def test_an_unstated_length_is_refused_once_it_is_too_much(
    connection: http.client.HTTPConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asgi, "MOST_BYTES", MIB)
    connection.putrequest("POST", "/accounts/login/")
    connection.putheader("Transfer-Encoding", "chunked")
    # The chunk stops at the byte that is too much: whatever came after it, unread, would have the system's
    # close answer with a reset, and the reset may overtake the 413 on its way to the client.
    connection.endheaders(b"%x\r\n" % (2 * MIB) + b"x" * (MIB + 1))
    assert connection.getresponse().status == 413


def test_a_form_as_large_as_allowed_is_read(
    connection: http.client.HTTPConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asgi, "MOST_BYTES", MIB)
    connection.request("POST", "/accounts/login/", b"x" * MIB)
    assert connection.getresponse().status == 403  # read to its end, and then without the form's key
