"""How often one may guess (reliability.md S7): counted from the failures that django-axes keeps on record.

Five failures in 15 minutes for an account from one address, twenty an hour from one address, and ten in 15
minutes at the second factor of one account from anywhere. An attempt is written down as a failure before it
is judged and taken back when it succeeds, so that guesses sent side by side count as guesses sent one after
another.

A password that the security administrator gives anew begins a new count for the account: whoever forgot
theirs and tried too often gets in with it at once.

Nobody can lock a leader out: failures count by address, and a browser in which the person has logged in
before (OWASP, "Slow Down Online Guessing Attacks with Device Cookies") has a count of its own, at the same
address too.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessFailureLog, AccessLog
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from anwei.org.accounts.address import counted_address
from anwei.org.accounts.browsers import count_guess, known_browser
from anwei.org.backends import person_called
from anwei.org.models import Person

EVER = datetime(1970, 1, 1, tzinfo=UTC)
WINDOW, HOUR = timedelta(minutes=15), timedelta(hours=1)
OF_ACCOUNT, OF_ADDRESS, OF_FACTOR = 5, 20, 10
KEPT = timedelta(days=200)  # 网络安全法 art. 21 (3): logs are kept for six months at least
PASSWORD, FACTOR = "password", "factor"


class LockedOut(Exception):
    """Too many failures; `until` is when the next attempt is allowed."""

    def __init__(self, until: datetime) -> None:
        sentence = _("失败次数过多，%(until)s 后可再试。")
        super().__init__(sentence % {"until": timezone.localtime(until).strftime("%H:%M:%S")})
        self.until = until


@dataclass(frozen=True)
class _Bound:
    """At most `most` failures among `rows` in `window`."""

    rows: dict[str, Any]
    most: int
    window: timedelta

    def locked_until(self, now: datetime) -> datetime | None:
        """Return when one failure less lies in the window, or None while there is room."""
        recent = AccessFailureLog.objects.filter(attempt_time__gt=now - self.window, **self.rows)
        times = recent.order_by("-attempt_time").values_list("attempt_time", flat=True)
        oldest_that_counts = next(iter(times[self.most : self.most + 1]), None)
        return None if oldest_that_counts is None else oldest_that_counts + self.window


@contextmanager
def attempt(request: HttpRequest, typed: str, *, step: str) -> Iterator[None]:
    """Judge one guess inside; leaving without an exception is a success, and only then is it not counted.

    `typed` is a user name or a phone number; both count for the same account. Raises LockedOut instead of
    letting the guess be judged.
    """
    person = person_called(typed)
    name = person.username if person else typed.strip()[:150]
    now = timezone.now()
    written = _write_down(request, name, step)
    browser = known_browser(request, person)
    if browser is None or not count_guess(browser):
        for bound in _bounds(written.ip_address, name, step, _reset_at(person)):
            if until := bound.locked_until(now):
                written.delete()  # a refused attempt is no guess, and does not prolong the refusal
                raise LockedOut(until)
    request.judged_attempt = True  # type: ignore[attr-defined]
    yield
    written.delete()


def _reset_at(person: Person | None) -> datetime:
    """When somebody else gave the password that is still to be changed: it was not guessed at before."""
    if person is None or not person.must_change_password:
        return EVER
    newest: datetime | None = person.past_passwords.values_list("set_at", flat=True).first()
    return newest or EVER


def _bounds(address: str, name: str, step: str, reset_at: datetime) -> list[_Bound]:
    of_account = {"ip_address": address, "username": name, "attempt_time__gte": reset_at}
    bounds = [
        _Bound(of_account, OF_ACCOUNT, WINDOW),
        _Bound({"ip_address": address}, OF_ADDRESS, HOUR),
    ]
    if step == FACTOR:
        bounds.append(_Bound({"username": name, "path_info": FACTOR}, OF_FACTOR, WINDOW))
    return bounds


def _write_down(request: HttpRequest, name: str, step: str) -> AccessFailureLog:
    return AccessFailureLog.objects.create(
        username=name.replace("\0", ""),
        ip_address=counted_address(request),
        user_agent=str(request.META.get("HTTP_USER_AGENT", ""))[:255],
        http_accept="",
        path_info=step,
    )


def clean_login_records(now: datetime) -> None:
    """Forget logins and failures after their time."""
    for model in (AccessFailureLog, AccessLog):
        model.objects.filter(attempt_time__lt=now - KEPT).delete()


class LoginRecords(AxesDatabaseHandler):  # type: ignore[misc]
    """What axes writes at its signals: logins and logouts; failures that no `attempt` has written down."""

    def is_allowed(self, request: Any, credentials: dict[str, Any] | None = None) -> bool:
        """Let the authentication go on: `attempt` has judged, or does not guard this door."""
        return True

    def user_login_failed(
        self, sender: Any, credentials: dict[str, Any], request: Any = None, **kwargs: Any
    ) -> None:
        """Write down a failure of a door that has no `attempt` around it."""
        if request is not None and not getattr(request, "judged_attempt", False):
            _write_down(request, str(credentials.get("username") or ""), PASSWORD)

    def clean_expired_user_attempts(self, request: Any = None, credentials: Any = None) -> int:
        """Do nothing: axes' own counters are not used."""
        return 0
