"""Numbers of the papers of a visit: taken along beforehand, used at its end or void, all of them listed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from anwei.hazards.models import PaperNumber, Visit
from anwei.hazards.planning.manning import why_no_order
from anwei.hazards.services.visits import locked, remember
from anwei.ledgers.papers import numbers
from anwei.org.models import Person
from anwei.standards.calendar import COUNTY_TIME
from anwei.standards.papers import default_templates

RECORD, ORDER, MEASURES, TRANSFER = "record", "order", "measures", "transfer"
TEMPLATES = {
    RECORD: "visit_record",
    ORDER: "visit_order",
    MEASURES: "visit_measures",
    TRANSFER: "visit_transfer",
}
OF_ENFORCEMENT = (ORDER, MEASURES)


def kinds_of(visit: Visit) -> list[str]:
    """Return the papers that the leading body may issue: who has not the power hands over."""
    barred = OF_ENFORCEMENT if why_no_order(visit, visit.body) else ()
    return [kind for kind in TEMPLATES if kind not in barred]


def reserved(visit: Visit, person: Person, now: datetime) -> dict[str, str]:
    """Return the numbers that a person takes along to a visit by kind of paper, the same when asked again."""
    kinds = kinds_of(visit)
    taken = PaperNumber._base_manager.filter(visit=visit, person=person)
    known = dict(taken.values_list("template", "number"))
    if any(TEMPLATES[kind] not in known for kind in kinds):
        with transaction.atomic():
            visit = locked(visit)
            known = {TEMPLATES[kind]: number_of(visit, person, kind, now).number for kind in kinds}
    return {kind: known[TEMPLATES[kind]] for kind in kinds}


def number_of(visit: Visit, person: Person, kind: str, now: datetime) -> PaperNumber:
    """Return a person's number of a kind of paper at a visit; reserve it where there is none yet."""
    key = {"visit": visit, "person": person, "template": TEMPLATES[kind]}
    if (found := PaperNumber._base_manager.filter(**key).first()) is not None:
        return found
    series, year = default_templates()[TEMPLATES[kind]].series, now.astimezone(COUNTY_TIME).year
    serial, number = numbers.reserve(visit.body, series, year)
    return PaperNumber._base_manager.create(
        **key, issuer=visit.body, series=series, year=year, serial=serial, number=number, reserved_at=now
    )


def printed_numbers(visit: int, person: Person, kinds: Iterable[str]) -> dict[str, PaperNumber]:
    """Return by kind the numbers on what a person printed at a visit, by its key.

    The visit may have been given up for another since: the paper in the enterprise's hand keeps its number.
    """
    templates = {TEMPLATES[kind]: kind for kind in kinds}
    rows = PaperNumber._base_manager.filter(visit=visit, person=person, template__in=templates)
    return {templates[row.template]: row for row in rows.select_related("visit__merged_into", "issuer")}


def use(number: PaperNumber, now: datetime, remark: str = "") -> None:
    """Note that a paper stands under a number, also under one that was void before it was heard of."""
    was_void = number.void_at is not None
    number.used_at, number.void_at = number.used_at or now, None
    number.remark = remark or ("" if was_void else number.remark)
    number.save(update_fields=["used_at", "void_at", "remark"])


def void_unused(visit: Visit, *, actor: Person, now: datetime, remark: str = "") -> None:
    """Note 作废 at every number of a visit under which no paper stands, with the reason.

    Each is saved by itself, so that the search hears of it.
    """
    unused = list(PaperNumber._base_manager.filter(visit=visit, used_at=None, void_at=None))
    if not unused:
        return
    for number in unused:
        number.void_at, number.remark = now, remark or _("检查结束时未使用")
        number.save(update_fields=["void_at", "remark"])
    remember(visit, "void", {"numbers": [one.number for one in unused]}, actor=actor, now=now)


def note_printed(numbers: Iterable[PaperNumber], now: datetime) -> None:
    """Note that papers are out which were printed on the spot before an end that did not stand."""
    for number in numbers:
        use(number, now, _("已在现场打印，检查已由他人结束或者取消"))
