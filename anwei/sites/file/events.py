"""What this room dates about an enterprise: changes of its file, status, colour, grades and papers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import CharField, Model, Q, QuerySet, Value
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anwei.ledgers.change_log import VERBS
from anwei.ledgers.models import Change
from anwei.sites.models import (
    Assessment,
    Camera,
    Chemical,
    ColourChange,
    Contact,
    Enterprise,
    Equipment,
    Grade,
    Installation,
    Insurance,
    Licence,
    ManagementDocument,
    Process,
    RiskPoint,
    SafetyFund,
    Site,
    StatusPeriod,
)
from anwei.sites.things import address_of, register_of
from anwei.sites.timeline import Asked, Event, Source, contribute_events, start_of

NAMED: dict[type[Model], tuple[str, str]] = {
    Site: ("enterprise", "name"),
    Licence: ("enterprise", "number"),
    Insurance: ("enterprise", "number"),
    ManagementDocument: ("enterprise", "title"),
    SafetyFund: ("enterprise", "year"),
    Contact: ("enterprise", "role"),
    Equipment: ("enterprise", "name"),
    Process: ("enterprise", "name"),
    Chemical: ("enterprise", "name"),
    Installation: ("enterprise", "name"),
    RiskPoint: ("site__enterprise", "name"),
    Camera: ("site__enterprise", "name"),
}
"""By model of the file: what leads to the enterprise, and what a row is called."""
OF_FILE: tuple[type[Model], ...] = (Enterprise, *NAMED)
MODELS = {model._meta.label_lower: model for model in OF_FILE}


def _rows_of_file(asked: Asked) -> dict[tuple[str, str], str]:
    """Return register and key of every row of the file that the person may see, each with its name."""
    rows: list[QuerySet[Any, Any]] = []
    for model, (owner, name) in NAMED.items():
        manager: Any = model._default_manager
        seen = manager.visible_to(asked.person).filter(**{owner: asked.enterprise}).order_by()
        label = Value(model._meta.label_lower, output_field=CharField())
        rows.append(
            seen.annotate(
                told_model=label, told_key=Cast("pk", CharField()), told=Cast(name, CharField())
            ).values_list("told_model", "told_key", "told")
        )
    found = {(model, key): told for model, key, told in rows[0].union(*rows[1:], all=True)}
    return found | {("sites.enterprise", str(asked.enterprise.pk)): ""}


def changes(asked: Asked) -> Iterator[Event]:
    """Yield who changed which columns of the enterprise or of a row of its file; no values."""
    names = _rows_of_file(asked)
    keys: dict[str, list[str]] = {}
    for register, key in names:
        keys.setdefault(register, []).append(key)
    of_file = reduce(or_, (Q(register=register, row__in=rows) for register, rows in keys.items()))
    found = Change.objects.filter(of_file).select_related("actor").order_by("-at", "-pk")
    for change in found[: asked.most]:
        model = MODELS[change.register]
        ledger = register_of(model)
        columns = {} if ledger is None else {column.name: column.label for column in ledger.columns}
        changed = [str(columns[name]) for name in change.content.get("changed", {}) if name in columns]
        words = {
            "verb": VERBS.get(change.verb, _("变更")),
            "what": f"{model._meta.verbose_name} {names[change.register, change.row]}".strip(),
        }
        sentence = _("%(verb)s%(what)s") % words
        if changed:
            sentence = _("%(what)s：%(columns)s") % {"what": sentence, "columns": _("、").join(changed)}
        yield Event(change.at, sentence, address_of(model, change.row), str(change.actor or _("系统")))


def statuses(asked: Asked) -> Iterator[Event]:
    """Yield since when the enterprise produces, stands or is closed."""
    periods = StatusPeriod.objects.filter(
        enterprise=asked.enterprise, from_on__lte=timezone.localdate(asked.now)
    )
    for period in periods.order_by("-from_on")[: asked.most]:
        words = _("转为%(status)s") % {"status": period.get_status_display()}
        yield Event(start_of(period.from_on), words)


def colours(asked: Asked) -> Iterator[Event]:
    """Yield each change of the live colour."""
    rows = ColourChange.objects.visible_to(asked.person).filter(enterprise=asked.enterprise)
    labels = dict(Grade.choices)
    for row in rows[: asked.most]:
        words = {"before": labels.get(row.before, _("未定级")), "after": labels.get(row.after, _("未定级"))}
        sentence = _("实时颜色由%(before)s变为%(after)s") % words
        page = f"{reverse('enterprise', args=[asked.enterprise.pk])}#colour"
        yield Event(row.at, sentence, page, severity=row.after)


def assessments(asked: Asked) -> Iterator[Event]:
    """Yield the assessments that were confirmed."""
    rows = Assessment.objects.visible_to(asked.person).filter(
        owner=asked.enterprise, confirmed_at__isnull=False
    )
    related = rows.select_related("enterprise__unit", "installation", "point", "confirmed_by")
    for row in related.order_by("-confirmed_at", "-pk")[: asked.most]:
        sentence = _("%(what)s复核通过") % {"what": row}
        yield Event(
            row.confirmed_at, sentence, reverse("risk_assessment", args=[row.pk]), str(row.confirmed_by)
        )


def ended_papers(asked: Asked) -> Iterator[Event]:
    """Yield the papers, inspections and the grade that ran out, on the day after their last one."""
    today = timezone.localdate(asked.now)
    ends: tuple[tuple[Any, str, dict[str, bool]], ...] = (
        (Licence, "expires_on", {}),
        (Insurance, "expires_on", {}),
        (Equipment, "inspection_due_on", {"in_use": True}),
    )
    for model, column, standing in ends:
        rows = model.objects.visible_to(asked.person).filter(enterprise=asked.enterprise, **standing)
        for row in rows.filter(**{f"{column}__lt": today}).order_by(f"-{column}")[: asked.most]:
            words = {"what": f"{model._meta.verbose_name} {row}", "day": getattr(row, column)}
            day = getattr(row, column) + timedelta(days=1)
            yield Event(start_of(day), _("%(what)s %(day)s 到期") % words, address_of(model, row.pk))
    until = asked.enterprise.standardized_until
    if until is not None and until < today:
        words = {"what": _("标准化等级"), "day": until}
        yield Event(start_of(until + timedelta(days=1)), _("%(what)s %(day)s 到期") % words)


contribute_events(Source("changes", gettext_lazy("档案变更"), changes, place=60))
contribute_events(Source("status", gettext_lazy("生产状态"), statuses, place=70))
contribute_events(Source("colour", gettext_lazy("变色"), colours, place=30))
contribute_events(Source("assessments", gettext_lazy("风险评估"), assessments, place=40))
contribute_events(Source("papers", gettext_lazy("到期"), ended_papers, place=50))
