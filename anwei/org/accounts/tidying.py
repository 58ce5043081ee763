"""What the worker does for accounts once a day."""

from __future__ import annotations

from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session

from anwei.org.accounts.browsers import clean_browsers
from anwei.org.accounts.lockout import clean_login_records
from anwei.org.accounts.sessions import end_after_office


def tidy_accounts(now: datetime) -> None:
    """Forget login records after their time, unused browsers and ended sessions; end those after office."""
    clean_login_records(now)
    clean_browsers(now)
    end_after_office()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
