"""The register of certificates: who of a body may inspect, under which number, until when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anwei.cases.errors import CaseError, NotYourTurn
from anwei.hazards.models import Inspector
from anwei.hazards.planning.bodies import bodies_at, bodies_of
from anwei.ledgers.saving import Edit
from anwei.ledgers.services import record_change
from anwei.org.holdings import day_of, holdings_on
from anwei.org.models import Person, Unit
from anwei.org.scope import sees_the_county

COLUMNS = {"unit": "unit_id", "number": "number", "valid_until": "valid_until"}


@transaction.atomic
def certify(
    person: Person, *, actor: Person, now: datetime, unit: Unit, number: str, valid_until: date
) -> Inspector:
    """Enter the certificate of somebody in post at a body, in place of the one that was there.

    Raises NotYourTurn for who does not act for the body; CaseError where the person has no post there, or the
    number is somebody else's.
    """
    if unit not in bodies_of(actor, now):
        raise NotYourTurn(_("您只能登记自己单位的执法人员。"))
    if not holdings_on(day_of(now)).filter(person=person, post__unit=unit).exists():
        raise CaseError(_("%(person)s不在%(unit)s任职。") % {"person": person, "unit": unit})
    if why := _of_another(person, actor):
        raise CaseError(why)
    number = number.strip()
    if Inspector._base_manager.filter(number=number).exclude(person=person).exists():
        raise CaseError(_("执法证号%(number)s已登记在别人名下。") % {"number": number})
    try:
        with transaction.atomic():
            row, _made = Inspector._base_manager.update_or_create(
                person=person, defaults={"number": number, "unit": unit, "valid_until": valid_until}
            )
    except IntegrityError as fault:  # entered for somebody else at the same moment
        raise CaseError(_("执法证号%(number)s已登记在别人名下。") % {"number": number}) from fault
    content = {"person": person.pk, "number": number, "valid_until": valid_until.isoformat()}
    record_change("hazards.inspector", row.pk, actor=actor, now=now, verb="certify", content=content)
    return row


def refuse_others(rows: Sequence[tuple[Any, Mapping[str, Any]]], person: Any) -> list[str]:
    """Return of each line of a sheet why it cannot be entered, "" where it can."""
    return [_refusal(row, values, person) for row, values in rows]


@transaction.atomic
def save_inspectors(edits: Sequence[Edit], *, actor: Any, now: datetime, reason: str = "") -> list[Inspector]:
    """Enter certificates by name and body, each in place of the one that the person had.

    Raises CaseError as `certify` does, also for who does not act for the body nor for the county.
    """
    rows = []
    for edit in edits:
        if why := _refusal(edit.row, edit.values, actor):
            raise CaseError(why)
        row, values = edit.row, dict(edit.values)
        if row is None:
            (person,) = _named(values["full_name"], values["unit"])
            row = Inspector._base_manager.filter(person=person).first() or Inspector(person=person)
        told = {COLUMNS[name]: value for name, value in values.items() if name in COLUMNS}
        before = {name: getattr(row, name) for name in told}
        rows.append(row)
        if row.pk is not None and before == told:
            continue
        is_new = row.pk is None
        for name, value in told.items():
            setattr(row, name, value)
        try:
            with transaction.atomic():
                row.save()
        except IntegrityError as fault:  # entered for somebody else at the same moment
            raise CaseError(_("执法证号%(number)s已登记在别人名下。") % {"number": row.number}) from fault
        content: dict[str, Any] = {"values": _spelled(told) | {"person": row.person_id}}
        if not is_new:
            old, new = _spelled(before), _spelled(told)
            content = {"changed": {name: [old[name], new[name]] for name in new if old[name] != new[name]}}
        verb = "create" if is_new else "update"
        record_change(
            "hazards.inspector", row.pk, actor=actor, now=now, verb=verb, content=content, reason=reason
        )
    return rows


def _spelled(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values as the sealed log keeps them, by the names of the fields."""
    told = {name.removesuffix("_id"): value for name, value in values.items()}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in told.items()}


def _refusal(row: Inspector | None, values: Mapping[str, Any], actor: Any) -> str:
    unit_key = values.get("unit", None if row is None else row.unit_id)
    units = {unit_key, unit_key if row is None else row.unit_id}
    if actor is not None and not sees_the_county(actor) and not units <= {one.pk for one in bodies_at(actor)}:
        return _("您只能登记自己单位的执法人员。")
    name = values.get("full_name", "" if row is None else row.person.full_name)
    if row is not None and name != row.person.full_name:
        return _("执法证号%(number)s已登记在别人名下。") % {"number": row.number}
    if row is not None and unit_key == row.unit_id:
        return ""
    people = _named(name, unit_key)
    if len(people) == 1:
        return "" if row is not None else _of_another(people[0], actor)
    words = {"person": name, "unit": Unit.objects.get(pk=unit_key)}
    if not people:
        return _("%(person)s不在%(unit)s任职。") % words
    return _("%(unit)s有两名%(person)s，请在执法人员页面登记。") % words


def _of_another(person: Person, actor: Any) -> str:
    """Return why somebody's certificate stays as it is: another body of whoever enters it keeps it."""
    held = Inspector._base_manager.filter(person=person).select_related("unit").first()
    if held is None or actor is None or sees_the_county(actor):
        return ""
    if held.unit_id in {one.pk for one in bodies_at(actor)}:
        return ""
    return _("%(person)s的执法证由%(unit)s登记。") % {"person": person, "unit": held.unit}


def _named(name: str, unit: int) -> list[Person]:
    """Return who of a name holds a post at a body today."""
    held = holdings_on(timezone.localdate()).filter(post__unit=unit)
    return list(Person.objects.filter(full_name=name, holdings__in=held).distinct())
