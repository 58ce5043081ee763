"""Numbers of the papers of a visit: taken along beforehand, used at its end or void, all of them listed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from anwei.hazards.models import PaperNumber, Visit
from anwei.hazards.powers import why_not
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
    barred = OF_ENFORCEMENT if why_not(visit.body) else ()
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


def use(number: PaperNumber, now: datetime, remark: str = "") -> None:
    """Note that a paper stands under a number, also under one that was void before it was heard of."""
    number.used_at, number.void_at = number.used_at or now, None
    number.remark = remark or number.remark
    number.save(update_fields=["used_at", "void_at", "remark"])


def void_unused(visit: Visit, *, actor: Person, now: datetime) -> None:
    """Note 作废 at every number of a visit under which no paper stands."""
    unused = list(PaperNumber._base_manager.filter(visit=visit, used_at=None, void_at=None))
    if not unused:
        return
    PaperNumber._base_manager.filter(pk__in=[one.pk for one in unused]).update(
        void_at=now, remark=_("检查结束时未使用")
    )
    remember(visit, "void", {"numbers": [one.number for one in unused]}, actor=actor, now=now)


def note_printed(visit: Visit, person: Person, kinds: Iterable[str], now: datetime) -> None:
    """Note that papers are out which were printed on the spot before an end that did not stand."""
    for kind in kinds:
        use(number_of(visit, person, kind, now), now, _("已在现场打印，检查已由他人结束或者取消"))
