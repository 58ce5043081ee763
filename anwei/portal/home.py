"""Where a person's day begins: at the desk, or for those who watch over a county, at the cockpit."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_GET

from anwei.cases.models import Preference
from anwei.cases.notices.preferences import preference_of
from anwei.org.holdings import posts_of
from anwei.org.models import Person, Post, Unit
from anwei.org.policy import person_of, signed_in

OVERSEEING = (Post.Kind.PRINCIPAL, Post.Kind.DEPUTY, Post.Kind.DUTY, Post.Kind.DISPLAY)


@signed_in
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Lead a person who has just come in to the page they begin with."""
    return redirect(home_of(person_of(request), timezone.now()))


def home_of(person: Person, now: datetime) -> str:
    """Return the URL name of the page a person begins with: their own choice, else by the posts they hold.

    Leaders and duty officers of public bodies begin at the cockpit, everybody else at the work list.
    """
    chosen = preference_of(person).home
    if chosen != Preference.Home.BY_POST:
        return chosen
    overseeing = posts_of(person, now).filter(kind__in=OVERSEEING).exclude(unit__kind=Unit.Kind.ENTERPRISE)
    return "cockpit" if overseeing.exists() else "work"
