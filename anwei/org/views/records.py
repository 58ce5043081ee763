"""The record of a post or a person as a paper to download."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_GET

from anwei.org.duty_paper import MOST, duty_record_docx
from anwei.org.duty_record import Question, deeds
from anwei.org.models import Holding, Person, Post
from anwei.org.policy import person_of, signed_in
from anwei.org.rights import people_seen, units_seen
from anwei.org.views.letters import download
from anwei.standards.calendar import COUNTY_TIME

DAY, YEAR = timedelta(days=1), timedelta(days=365)


@signed_in
@require_GET
def post_record(request: HttpRequest, pk: int) -> HttpResponse:
    """Give out the record of a post, `?from=` a day `?to=` a day, else of the last year."""
    seen = Post.objects.filter(unit__in=units_seen(person_of(request))).select_related("unit")
    return _record(request, get_object_or_404(seen, pk=pk))


@signed_in
@require_GET
def person_record(request: HttpRequest, pk: int) -> HttpResponse:
    """Give out the record of a person, as far as the viewer may see it."""
    return _record(request, get_object_or_404(people_seen(person_of(request)), pk=pk))


def _record(request: HttpRequest, whose: Post | Person) -> HttpResponse:
    viewer, today = person_of(request), timezone.localdate()
    last = _day(request, "to") or today
    first = min(_day(request, "from") or last - YEAR + DAY, last)
    since, until = (datetime.combine(day, time(), COUNTY_TIME) for day in (first, last + DAY))
    question = Question(
        whose if isinstance(whose, Post) else None,
        whose if isinstance(whose, Person) else None,
        since,
        until,
        viewer,
        most=MOST,
    )
    held: list[Holding] = list(
        whose.holdings.filter(post__unit__in=units_seen(viewer), from_on__lte=last)
        .exclude(to_on__lt=first)
        .select_related("person", "post__unit")
        .order_by("from_on", "pk")
    )
    content = duty_record_docx(
        whose, held, deeds(question)[:MOST], (first, last), by=str(viewer), at=timezone.now()
    )
    return download(content, f"履职档案-{whose}-{first:%Y%m%d}-{last:%Y%m%d}.docx")


def _day(request: HttpRequest, name: str) -> date | None:
    """Return a day of the address; None where it is missing, no day, or of another century."""
    try:
        found = parse_date(request.GET.get(name, ""))
    except ValueError:
        return None
    return found if found is not None and 2000 <= found.year <= 2100 else None
