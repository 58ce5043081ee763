"""How long a session lasts, who is in, and ending it (等保 8.1.4.1 b; ASVS 5.0 V7.3).

The end of a session is a moment written into the session itself: 30 minutes after the last click (for the
holder of a duty post, after the last sign of a watched screen), 12 hours after the login at the latest.
Django takes it for gone from then on, and so does the stream of events of an open page.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, cast

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from anwei.ledgers.services import record_change
from anwei.org.accounts.address import client_address
from anwei.org.backends import people_in_office
from anwei.org.holdings import posts_of
from anwei.org.models import Person, Post

ABSOLUTE = timedelta(hours=12)
WRITTEN_EVERY = timedelta(minutes=1)  # a click sooner than that after the last is not written down
BACKGROUND = ("/live/",)  # what an open page asks for by itself is nobody's click
LONGEST_AGENT = UserSession._meta.get_field("user_agent").max_length
STARTED, SEEN = "started_at", "seen_at"


def idle() -> timedelta:
    """Return how long a session lasts without a click; a demo is not played by the clock."""
    return ABSOLUTE if settings.DEMO else timedelta(minutes=30)


def begin(sender: Any, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """Receive `user_logged_in`: the session's twelve hours begin, and the list of sessions gets its row."""
    now = timezone.now()
    request.session[STARTED] = now.isoformat()
    _write(request, now, started=now)
    if not request.session.session_key:
        request.session.save()
    UserSession.objects.update_or_create(
        session_key=request.session.session_key,
        defaults={
            "user": user,
            "ip": client_address(request),
            "user_agent": str(request.META.get("HTTP_USER_AGENT", ""))[:LONGEST_AGENT],
            "created_at": now,
            "last_seen_at": now,
        },
    )


def click(request: HttpRequest, now: datetime) -> bool:
    """Let a session go on for a click of its person; say whether it was time to write that down."""
    return not request.path.startswith(BACKGROUND) and _go_on(request, now)


def watch(request: HttpRequest, now: datetime) -> bool:
    """Let the session of a duty post's holder go on while they watch; of all others only clicks do.

    Whoever keeps watch at night looks and does not click. The twelve hours hold for them too.
    """
    on_duty = posts_of(cast(Person, request.user), now).filter(kind=Post.Kind.DUTY).exists()
    return on_duty and _go_on(request, now)


def _go_on(request: HttpRequest, now: datetime) -> bool:
    session = request.session
    started = _moment(session.get(STARTED)) or now
    seen = _moment(session.get(SEEN))
    if seen is not None and now - seen < WRITTEN_EVERY:
        return False
    session.setdefault(STARTED, started.isoformat())
    _write(request, now, started=started)
    UserSession.objects.filter(session_key=session.session_key).update(last_seen_at=now)
    return True


def sessions_of(person: Person) -> list[UserSession]:
    """Return the open sessions of a person, the newest first; rows of ended ones are dropped."""
    end_after_office(person)  # else a dropped row would leave a session that nobody knows of
    found: list[UserSession] = UserSession.objects.purge_and_list(person)
    return sorted(found, key=lambda session: session.last_seen_at, reverse=True)


def end_after_office(person: Person | None = None) -> None:
    """End for good what people out of office left open, `person` or everybody: no new post brings it back."""
    left = UserSession.objects.exclude(user__in=people_in_office().values("pk"))
    for session in left if person is None else left.filter(user=person):
        session.end()


@transaction.atomic
def end_sessions(
    sessions: Iterable[UserSession], *, person: Person, actor: Person | None, now: datetime, reason: str = ""
) -> int:
    """End sessions of a person; their next request is a stranger's, their open pages close within 5 s."""
    ended = 0
    for session in sessions:
        session.end()
        ended += 1
    if ended:
        content = {"sessions": ended}
        record_change(
            "org.person", person.pk, actor=actor, now=now, verb="end_sessions", content=content, reason=reason
        )
    return ended


def device_words(user_agent: str) -> str:
    """Return browser and system of a user agent as people call them; for reading, never for deciding."""
    browsers = {"Edg/": "Edge", "Firefox/": "Firefox", "MicroMessenger/": _("微信"), "Chrome/": "Chrome"}
    systems = {
        "Android": "Android",
        "iPhone": "iPhone",
        "Windows": "Windows",
        "Mac OS": "macOS",
        "Linux": "Linux",
    }
    browser = next((name for mark, name in browsers.items() if mark in user_agent), _("其他浏览器"))
    system = next((name for mark, name in systems.items() if mark in user_agent), "")
    return f"{browser} · {system}" if system else browser


def _write(request: HttpRequest, now: datetime, *, started: datetime) -> None:
    request.session[SEEN] = now.isoformat()
    request.session.set_expiry(min(now + idle(), started + ABSOLUTE))


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
