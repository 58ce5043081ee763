"""Every unsafe call that was refused goes on record: who, when, from where, what, with which result.

What was done is on record by the services themselves. Strangers could fill the disk with refusals, so of
those only so many a minute and process are kept; the rest goes to the log of the process.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from asgiref.sync import iscoroutinefunction, sync_to_async
from django.db import DatabaseError
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.decorators import sync_and_async_middleware

from anwei.ledgers.access import record_access
from anwei.org.accounts.address import client_address
from anwei.org.policy import person_of

SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")
REFUSED = (401, 403, 404, 405, 413, 429)
STRANGERS_A_MINUTE = 60

log = logging.getLogger("anwei.access")


class Allowance:
    """So many a minute, for all callers together."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._minute = -1
        self._used = 0

    def take(self) -> bool:
        """Take one; False when this minute's are used up."""
        with self._lock:
            minute = int(time.monotonic() // 60)
            if minute != self._minute:
                self._minute, self._used = minute, 0
            self._used += 1
            return self._used <= self._most


strangers = Allowance(STRANGERS_A_MINUTE)


@sync_and_async_middleware
def middleware(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Record the refusal of an unsafe call after it was answered, in a transaction of its own."""
    if iscoroutinefunction(get_response):

        async def answer_async(request: HttpRequest) -> HttpResponseBase:
            response: HttpResponseBase = await get_response(request)
            if _is_refusal(request, response):
                await sync_to_async(_record)(request, response)
            return response

        return answer_async

    def answer(request: HttpRequest) -> HttpResponseBase:
        response: HttpResponseBase = get_response(request)
        if _is_refusal(request, response):
            _record(request, response)
        return response

    return answer


def _is_refusal(request: HttpRequest, response: HttpResponseBase) -> bool:
    return request.method not in SAFE and response.status_code in REFUSED


def _record(request: HttpRequest, response: HttpResponseBase) -> None:
    person = person_of(request) if request.user.is_authenticated else None
    address = client_address(request)
    verb = str(request.method)
    if person is None and not strangers.take():
        log.warning("refused %s %s from %s: %s", verb, request.path, address, response.status_code)
        return
    try:
        record_access(
            actor=person,
            now=timezone.now(),
            verb=verb,
            path=request.path,
            address=address,
            result=response.status_code,
        )
    except DatabaseError:
        log.exception("a refusal is not on record: %s %s", verb, request.path)
