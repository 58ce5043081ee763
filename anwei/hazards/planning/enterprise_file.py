"""What this room adds to an enterprise's file: who came and who comes, and when that was."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anwei.hazards.models import Visit
from anwei.hazards.planning.bodies import bodies_at
from anwei.ledgers.papers.blocks import Block
from anwei.org.models import Person
from anwei.sites.enterprise_file import Asked, Sheet, contribute
from anwei.sites.file.parts import PRINTED, table, words
from anwei.sites.models import Enterprise
from anwei.sites.timeline import Asked as AskedEvents
from anwei.sites.timeline import Event, Source, contribute_events

SHOWN = 6


def visits_of(enterprise: Enterprise, person: Person, now: datetime) -> dict[str, Any]:
    """Return the coming visits that a person may see, and the last ones."""
    rows = Visit.objects.visible_to(person).filter(enterprise=enterprise, cancelled_at=None)
    rows = rows.select_related("enterprise__unit", "site", "merged_into").prefetch_related("bodies")
    return {
        "coming": list(rows.filter(begun_at=None).order_by("planned_on", "pk")[:SHOWN]),
        "past": list(rows.filter(begun_at__isnull=False).order_by("-begun_at", "-pk")[:SHOWN]),
        "n": rows.count(),
        "is_body": bool(bodies_at(person)),
        "today": timezone.localdate(),
    }


def _printed(asked: Asked) -> Iterator[Block]:
    rows = Visit.objects.visible_to(asked.person).filter(enterprise=asked.enterprise, cancelled_at=None)
    newest = rows.order_by(F("begun_at").desc(nulls_first=True), "-pk").prefetch_related("bodies")
    lines = [
        [
            visit.number,
            words(visit.planned_on),
            _("、").join(str(unit) for unit in visit.bodies.all()),
            visit.get_reason_display(),
            str(visit.state.label),
        ]
        for visit in newest[: PRINTED + 1]
    ]
    n_rows = rows.count() if len(lines) > PRINTED else len(lines)
    heading = [_("编号"), _("日期"), _("参加单位"), _("事由"), _("状态")]
    yield from table(heading, lines[:PRINTED], n_rows, (3, 3, 5, 3, 2))


contribute(
    Sheet(
        "inspections/of_enterprise.html",
        visits_of,
        20,
        group="cases",
        title=gettext_lazy("检查"),
        wide=True,
        printed=_printed,
    )
)


def visit_events(asked: AskedEvents) -> Iterator[Event]:
    """Yield when visits began, with who came and why."""
    rows = Visit.objects.visible_to(asked.person).filter(enterprise=asked.enterprise, begun_at__isnull=False)
    for visit in rows.order_by("-begun_at", "-pk").prefetch_related("bodies")[: asked.most]:
        told = {
            "bodies": _("、").join(str(unit) for unit in visit.bodies.all()),
            "reason": visit.get_reason_display(),
            "number": visit.number,
        }
        sentence = _("%(bodies)s检查：%(reason)s（%(number)s）") % told
        yield Event(visit.begun_at, sentence, reverse("inspection", args=[visit.pk]))


contribute_events(Source("visits", gettext_lazy("检查"), visit_events, place=12))
