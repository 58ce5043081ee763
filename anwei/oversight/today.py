"""What supervision orders and yearly targets say about today, for the cockpit and the morning report."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils.html import format_html
from django.utils.translation import gettext as _

from anwei.cases.lifecycle import TURN, Phase, Role
from anwei.cases.today import GRAVITY, Sentence, contribute_today, door
from anwei.ledgers.lengths import duration_words
from anwei.org.holdings import day_of
from anwei.org.models import Person, Post, SectorDuty, Unit
from anwei.org.scope import COUNTY_DIGITS
from anwei.oversight.lifecycle import KIND
from anwei.oversight.models import SupervisionOrder, Target
from anwei.oversight.progress import is_of_all, progress
from anwei.oversight.services.instructing import head_of


def _overdue_orders(person: Person, now: datetime) -> Iterator[Sentence]:
    late = SupervisionOrder.objects.visible_to(person).filter(closed_at=None, deadline__lt=now)
    oldest = late.select_related("implementer__unit", "supervisor__unit").order_by("deadline", "pk").first()
    if oldest is None or oldest.deadline is None:
        return
    called = oldest.supervisor if TURN[Phase(oldest.phase)] is Role.SUPERVISOR else oldest.implementer
    text = format_html(
        _("<b>{n}</b> 件督办逾期，最久“{title}”{state}，{unit}已超 <b>{length}</b>。"),
        n=late.count(),
        title=oldest.title,
        state=KIND.phase_labels[Phase(oldest.phase)],
        length=duration_words((now - oldest.deadline).total_seconds()),
        unit=called.unit,
    )
    yield Sentence("orange", text, door("orders", state="late"), oldest.pk, call=called)


def _targets(person: Person, now: datetime) -> Iterator[Sentence]:
    """Name the worst kept target of those past their number or clearly ahead, the county's own first."""
    ahead = [one for one in progress(person, now) if one.severity]
    if not ahead:
        return
    worst = min(ahead, key=lambda one: (GRAVITY.index(one.severity), not is_of_all(one.target), one.left))
    text = format_html(
        _("年度控制目标：{place} {sector} {measure} <b>{used}</b>{pending}，全年控制 {most}，{words}"),
        place=worst.place,
        sector=worst.sector,
        measure=worst.target.get_measure_display(),
        used=worst.used,
        pending=_("（%(words)s）") % {"words": worst.pending_words} if worst.pending_words else "",
        most=worst.target.most,
        words=worst.words,
    )
    if len(ahead) > 1:
        text += format_html(_("；共 <b>{n}</b> 项超过或者明显快于进度"), n=len(ahead))
    told = format_html("{}{}", text, _("。"))
    yield Sentence(worst.severity, told, door("targets"), call=_who_answers(worst.target, now))


def _who_answers(target: Target, now: datetime) -> Post | None:
    """Return the head of who leads the sector, of the township, or of the committee's office."""
    bodies = Unit.objects.filter(closed_on=None)
    if target.sector:
        leads = SectorDuty.objects.on(day_of(now)).filter(sector=target.sector, lead=True)
        unit = bodies.filter(
            pk__in=leads.values("unit"), territory__startswith=target.territory[:COUNTY_DIGITS]
        ).first()
    elif is_of_all(target):
        unit = bodies.filter(kind=Unit.Kind.COMMITTEE_OFFICE, territory=target.territory).first()
    else:
        unit = bodies.filter(kind=Unit.Kind.TOWNSHIP, territory=target.territory).first()
    return None if unit is None else head_of(unit, now)


for _teller in (_overdue_orders, _targets):
    contribute_today(_teller)
