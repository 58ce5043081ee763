"""Who sees the signals: the county's committee office, and nobody else."""

from __future__ import annotations

from datetime import datetime
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from anwei.org.holdings import posts_of
from anwei.org.models import Person, Post, Unit
from anwei.org.policy import View, person_of, signed_in
from anwei.org.scope import ADMINISTRATORS, COUNTY_DIGITS

SILENT = (*ADMINISTRATORS, Post.Kind.DISPLAY)


def is_of_the_office(person: Person, at: datetime) -> bool:
    """Say whether a person holds a post of the county's committee office.

    By appointment: a deputy from another body would read what is said of their own colleagues.
    """
    return any(is_the_office(post) for post in posts_of(person, at).select_related("unit"))


def is_the_office(post: Post) -> bool:
    """Say whether a post is of the county's committee office; administrators and walls there are not."""
    office = post.unit.kind == Unit.Kind.COMMITTEE_OFFICE and len(post.unit.territory) == COUNTY_DIGITS
    return office and post.kind not in SILENT


def for_the_office(view: View) -> View:
    """Open a view to the county's committee office; others get 403."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not is_of_the_office(person_of(request), timezone.now()):
            raise PermissionDenied(_("此页由县安委办使用。"))
        answer: HttpResponse = view(request, *args, **kwargs)
        return answer

    return signed_in(guarded)
