"""What this room adds to an enterprise's file: its cases, open and past."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anwei.cases.desk import with_own_rows
from anwei.cases.filters import OPEN
from anwei.cases.kinds import kind_of
from anwei.cases.models import Case
from anwei.cases.templatetags.cases import phase_label
from anwei.ledgers.beside import Aside, contribute_aside
from anwei.ledgers.papers.blocks import Block
from anwei.org.models import Person
from anwei.sites.enterprise_file import Asked, Figure, Sheet, contribute
from anwei.sites.file.parts import PRINTED, table, words
from anwei.sites.models import Enterprise
from anwei.sites.things import THINGS, site_of
from anwei.sites.timeline import Asked as AskedEvents
from anwei.sites.timeline import Event, Source, contribute_events

N_PAST = 5
N_BESIDE = 6


def cases_of(enterprise: Enterprise, person: Person, now: datetime) -> dict[str, Any]:
    """Return the open cases, the most urgent first, and the last closed ones."""
    rows = with_own_rows(Case.objects.visible_to(person).filter(enterprise=enterprise))
    past = rows.exclude(OPEN)
    return {
        "now": now,
        "open_cases": list(rows.filter(OPEN).order_by(F("deadline").asc(nulls_last=True), "pk")),
        "past_cases": list(past.order_by("-closed_at", "-pk")[:N_PAST]),
        "n_past": past.count(),
    }


def _figure(enterprise: Enterprise, parts: dict[str, Any]) -> Figure:
    n = len(parts["open_cases"])
    n_late = sum(case.deadline is not None and case.deadline < parts["now"] for case in parts["open_cases"])
    note = _("超期 %(n)d 件") % {"n": n_late} if n_late else _("没有超期")
    address = f"{reverse('cases')}?enterprise={enterprise.pk}&due=open"
    return Figure(_("未办结事项"), n, note, address, hot=n_late > 0)


def _printed(asked: Asked) -> Iterator[Block]:
    rows = with_own_rows(Case.objects.visible_to(asked.person).filter(enterprise=asked.enterprise))
    newest = rows.order_by(F("closed_at").desc(nulls_first=True), "-pk")
    lines = [
        [case.number, case.title, str(phase_label(case)), words(case.opened_at), words(case.closed_at)]
        for case in newest[: PRINTED + 1]
    ]
    n_rows = rows.count() if len(lines) > PRINTED else len(lines)
    heading = [_("编号"), _("事由"), _("状态"), _("立案"), _("办结")]
    yield from table(heading, lines[:PRINTED], n_rows, (3, 5, 2, 3, 3))


contribute(
    Sheet(
        "cases/enterprise_cases.html",
        cases_of,
        10,
        group="cases",
        title=gettext_lazy("未办结和已办结的事项"),
        wide=True,
        printed=_printed,
        figure=_figure,
    )
)


def _cases_at(thing: Any, person: Person, now: datetime) -> dict[str, Any]:
    """Return the cases at the place of a thing, the open ones first; None where its place is not known."""
    site = site_of(thing)
    if site is None:
        return {"site": None}
    rows = with_own_rows(Case.objects.visible_to(person).filter(site=site))
    return {"site": site, "cases": rows.order_by(F("closed_at").desc(nulls_first=True), "-pk")[:N_BESIDE]}


contribute_aside(Aside("cases/beside.html", _cases_at, THINGS, place=30))


def case_events(asked: AskedEvents) -> Iterator[Event]:
    """Yield when cases were opened, and when they were closed with which result."""
    rows = Case.objects.visible_to(asked.person).filter(enterprise=asked.enterprise)
    for case in rows.order_by("-opened_at", "-pk")[: asked.most]:
        yield Event(
            case.opened_at,
            _("%(kind)s立案：%(case)s") % {"kind": kind_of(case).label, "case": case},
            reverse("case", args=[case.pk]),
        )
    for case in rows.filter(closed_at__isnull=False).order_by("-closed_at", "-pk")[: asked.most]:
        told = {"case": case, "outcome": kind_of(case).outcome_labels[case.outcome]}
        yield Event(case.closed_at, _("%(outcome)s：%(case)s") % told, reverse("case", args=[case.pk]))


contribute_events(Source("cases", gettext_lazy("事项"), case_events, place=10))
