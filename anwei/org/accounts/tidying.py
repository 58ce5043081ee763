"""What the worker does for accounts once a day."""

from __future__ import annotations

from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session

from anwei.org.accounts.browsers import clean_browsers
from anwei.org.accounts.lockout import clean_login_records


def tidy_accounts(now: datetime) -> None:
    """Forget login records after their time, browsers that are not used any more, rows of ended sessions."""
    clean_login_records(now)
    clean_browsers(now)
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
