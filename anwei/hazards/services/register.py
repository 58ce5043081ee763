"""Hazards that come in by a sheet: filed by the case engine's own door, never overwritten."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anwei.hazards.models import Grade, Hazard, Origin
from anwei.hazards.services.opening import Whereabouts, file_hazard
from anwei.ledgers.saving import Edit, log_all
from anwei.org.models import Person
from anwei.sites.models import Enterprise
from anwei.standards.calendar import COUNTY_TIME
from anwei.standards.hazards.criteria import criterion as criterion_of

JUDGED = (
    ("number", gettext_lazy("原编号")),
    ("grade", gettext_lazy("等级")),
    ("criterion", gettext_lazy("依据")),
    ("measures", gettext_lazy("措施")),
    ("responsible_name", gettext_lazy("责任人")),
    ("due_on", gettext_lazy("期限")),
    ("funds", gettext_lazy("资金（万元）")),
    ("emergency_plan", gettext_lazy("预案")),
)
"""What a sheet tells of a new hazard that only verbs may write: it is kept in the first entry's note."""


@transaction.atomic
def save_hazards(
    edits: Sequence[Edit], *, actor: Person | None, now: datetime, reason: str = ""
) -> list[Hazard]:
    """File each new row as a hazard; of those we have, only a provincial number may be added.

    Raises ValueError, or what `file_hazard` raises, with a sentence.
    """
    rows = [
        _filed(edit.values, actor, now) if edit.row is None else _numbered(edit.row, edit.values)
        for edit in edits
    ]
    changes: list[tuple[Hazard, str, dict[str, Any]]] = [
        (row, "create", {"values": {"number": row.number, "provincial_number": row.provincial_number}})
        if edit.row is None
        else (row, "update", {"changed": {"provincial_number": ["", row.provincial_number]}})
        for edit, row in zip(edits, rows, strict=True)
    ]
    log_all(changes, actor=actor, now=now, reason=reason)
    return rows


def not_written(hazard: Hazard, values: Mapping[str, Any]) -> str:
    """Return why a sheet may not write these values into a hazard, "" where it may."""
    if set(values) - {"provincial_number"}:
        return _("所发现的内容已封存，不能由表格改写；写错的请在隐患页面办理（认定不属实、并入或者移送）")
    if hazard.provincial_number and "provincial_number" in values:
        return _("已有省平台编号“%(number)s”，不能改写") % {"number": hazard.provincial_number}
    return ""


def _numbered(hazard: Hazard, values: Mapping[str, Any]) -> Hazard:
    """Add the number under which the provincial platform knows a hazard."""
    if sentence := not_written(hazard, values):
        raise ValueError(sentence)
    hazard.provincial_number = values.get("provincial_number", "")
    hazard.save(update_fields=["provincial_number"])
    return hazard


def _filed(values: Mapping[str, Any], actor: Person | None, now: datetime) -> Hazard:
    """File what a line tells; grade, limit and the like are a person's to judge and stand in the note."""
    clause = values.get("criterion") or ""
    return file_hazard(
        whereabouts(values),
        actor=actor,
        now=now,
        origin=values.get("origin") or origin_of(values),
        description=values["description"],
        found_at=datetime.combine(values["found_on"], time(), COUNTY_TIME),
        place=values.get("place") or "",
        finder=values.get("finder") or "",
        criterion=clause if is_criterion(clause) else "",
        requirement=values.get("measures") or "",
        provincial_number=values.get("provincial_number") or "",
        note=_told_besides(values),
        key=_key(values),
    )


def whereabouts(values: Mapping[str, Any]) -> Whereabouts:
    """Return where a line says that the hazard is. Raises CaseError where it does not say it."""
    pk = values.get("enterprise")
    enterprise = Enterprise.objects.select_related("unit").get(pk=pk) if pk else None
    if enterprise is not None:
        return Whereabouts(enterprise).completed()
    return Whereabouts(territory=values.get("territory") or "", sector=values.get("sector") or "").completed()


def origin_of(values: Mapping[str, Any]) -> str:
    """Return how a hazard came to light where its line does not say it."""
    return Origin.UPPER if values.get("provincial_number") else Origin.INSPECTION


def is_criterion(text: str) -> bool:
    """Say whether a text is the number of a criterion."""
    try:
        criterion_of(text)
    except KeyError:
        return False
    return True


def _told_besides(values: Mapping[str, Any]) -> str:
    grades = dict(Grade.choices)
    told = [
        f"{label} {grades.get(value, value) if name == 'grade' else value}"
        for name, label in JUDGED
        if (value := values.get(name)) not in (None, "")
    ]
    return _("原台账：%(told)s") % {"told": _("；").join(told)} if told else ""


def _key(values: Mapping[str, Any]) -> str:
    """Return the key by which a line files once, though two hands hand in the same sheet at once."""
    day: date = values["found_on"]
    parts = (
        *(values.get(name) or "" for name in ("provincial_number", "enterprise", "territory", "sector")),
        *(day.isoformat(), values.get("place") or "", values["description"]),
    )
    return f"sheet-{hashlib.sha256(chr(0).join(map(str, parts)).encode()).hexdigest()[:48]}"
