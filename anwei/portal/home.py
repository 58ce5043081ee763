"""Where a person's day begins: at the desk, or for those who watch over a county, at the cockpit."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_GET

from anwei.cases.models import Preference
from anwei.cases.notices.preferences import preference_of
from anwei.org.accounts.administration import is_of_the_county
from anwei.org.holdings import posts_of
from anwei.org.models import PUBLIC_BODIES, Person, Post
from anwei.org.policy import person_of, shown_on_walls
from anwei.org.register_rules import may_keep_own_file

ADMINISTRATION = {
    Post.Kind.SYSTEM_ADMIN: "system",
    Post.Kind.SECURITY_ADMIN: "accounts",
    Post.Kind.AUDIT_ADMIN: "account_audit",
}
OVERSEEING = (Post.Kind.PRINCIPAL, Post.Kind.DEPUTY, Post.Kind.DUTY, Post.Kind.DISPLAY)


@shown_on_walls
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Lead a person who has just come in to the page they begin with."""
    return redirect(home_of(person_of(request), timezone.now()))


def home_of(person: Person, now: datetime) -> str:
    """Return the URL name of the page a person begins with: their own choice, else by the posts they hold.

    Leaders and duty officers of public bodies begin at the cockpit, the three administrators, who have no
    business rows, at what they administer, whoever keeps the file of an
    enterprise at that file, everybody else at the work list.
    """
    chosen = preference_of(person).home
    if chosen != Preference.Home.BY_POST:
        return chosen
    held = set(posts_of(person, now).values_list("kind", "unit__kind"))
    if held and all(kind in ADMINISTRATION for kind, _unit in held):
        kind = Post.Kind(held.pop()[0])
        if kind == Post.Kind.SYSTEM_ADMIN and not is_of_the_county(person, now, kind):
            return "work"  # the system is the county's
        return ADMINISTRATION[kind]
    if may_keep_own_file(person):
        return "enterprise_own"
    overseeing = any(kind in OVERSEEING and unit in PUBLIC_BODIES for kind, unit in held)
    return "cockpit" if overseeing else "work"
