"""今日要情: at eight in the morning the county's leaders read five lines, by SMS and inside the system."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time
from html import unescape
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from anwei.cases.models.notices import REPORT_LENGTH
from anwei.cases.notices.services import tell
from anwei.cases.today import said
from anwei.ledgers.services import county_setting
from anwei.org.holdings import day_of, holdings_on
from anwei.org.models import Person, Post, Unit
from anwei.org.scope import COUNTY_DIGITS, seeing_only
from anwei.oversight.models import Morning
from anwei.oversight.services.instructing import GOVERNING, LEADERS

SETTING = "morning"  # key of ledgers.Setting: {"at": "08:00"}
AT = "08:00"  # no clause: the speech asks for it, a county may choose another hour
N_LINES = 5
LINE_LENGTH = 60  # characters of a line by SMS; the page has it whole


def morning_is_due(now: datetime) -> bool:
    """Say whether it is past the hour and some county's leaders were not told today."""
    return timezone.localtime(now).time() >= _hour() and any(True for _county in _untold(now))


def tell_mornings(now: datetime) -> int:
    """Write down and tell what is due; return how many counties were told."""
    return sum(1 for county in list(_untold(now)) if tell_morning(county, now=now) is not None)


@transaction.atomic
def tell_morning(county: str, *, now: datetime) -> Morning | None:
    """Write down what today's lines are for a county and tell its leaders; None where nobody leads it."""
    posts = list(_leading(county, now))
    leader = Person.objects.filter(holdings__in=holdings_on(day_of(now)).filter(post__in=posts)).first()
    if leader is None:
        return None
    lines = _lines(seeing_only(leader, county), now)  # what every reader may see, whatever else this one may
    morning = Morning.objects.create(territory=county, day=day_of(now), at=now, lines=lines)
    told = "\n".join(
        f"{number}.{Truncator(line['text']).chars(LINE_LENGTH)}"
        for number, line in enumerate(morning.lines, 1)
    )
    title = _("今日要情（%(day)s）") % {"day": f"{morning.day:%m-%d}"}
    tell(
        to=posts,
        text=f"{title}\n{told}",
        url=reverse("today"),
        level="urgent",
        key=f"morning:{county}:{morning.day}",
        now=now,
        longest=REPORT_LENGTH,
    )
    return morning


def asks(line: dict[str, Any]) -> bool:
    """Say whether a line of a report is a matter to be answered, not the line that there is none."""
    return bool(line["case"] or line["enterprise"] or line["url"] != reverse("cockpit"))


def _hour() -> time:
    """Return the county's hour, the usual one where what was set is none."""
    try:
        return time.fromisoformat(str(county_setting(SETTING, {}).get("at", AT)))
    except ValueError:
        return time.fromisoformat(AT)


def _lines(reader: Person, now: datetime) -> list[dict[str, Any]]:
    found = [
        {
            "severity": one.severity,
            "text": unescape(strip_tags(one.text)),
            "url": one.url,
            "case": one.case,
            "enterprise": one.enterprise,
        }
        for one in said(reader, now)[:N_LINES]
    ]
    calm = {"severity": "blue", "text": _("没有需要您过问的事项。"), "url": reverse("cockpit")}
    return found or [calm | {"case": None, "enterprise": None}]


def _leading(county: str, now: datetime) -> QuerySet[Post]:
    """Return the filled posts of those who lead a county."""
    held = holdings_on(day_of(now)).values("post")
    return Post.objects.filter(LEADERS, unit__territory=county, pk__in=held, unit__closed_on=None).order_by(
        "pk"
    )


def _untold(now: datetime) -> Iterator[str]:
    """Yield the counties with somebody to tell who were not told today."""
    units = Unit.objects.filter(kind__in=GOVERNING, closed_on=None).order_by("territory")
    told = set(Morning.objects.filter(day=day_of(now)).values_list("territory", flat=True))
    for county in units.values_list("territory", flat=True).distinct():
        if len(county) == COUNTY_DIGITS and county not in told and _leading(county, now).exists():
            yield county
