"""Merging what was filed twice: nothing major, nothing open and no finder is lost by it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import OperationalError, transaction
from django.utils.translation import gettext as _

from anwei.cases.lifecycle import Offer, Phase
from anwei.cases.models import Entry
from anwei.hazards.models import Hazard
from anwei.hazards.queries import duplicates_of, likenesses_of
from anwei.hazards.services.finders import remember_finders
from anwei.org.models import Person

AT_MOST = 5  # like hazards that are named
SHOWN = 120  # characters of a description


def check_false_report(hazard: Hazard, papers: Mapping[str, Any], now: datetime) -> str | None:
    """Return why a hazard cannot be called untrue, None where it can: no other was merged into it."""
    return _stands_for_others(hazard)


def check_merge(hazard: Hazard, papers: Mapping[str, Any], now: datetime) -> str | None:
    """Return why a hazard is not the same as the one whose number is given, None where it may be.

    That one is locked: two that are merged into each other at the same moment would both be gone.
    """
    if why := _stands_for_others(hazard):
        return why
    words = {"number": papers["merged_into"]}
    others = Hazard._base_manager.filter(number=words["number"]).exclude(pk=hazard.pk)
    try:
        with transaction.atomic():
            other = others.select_for_update(nowait=True).first()
    except OperationalError:
        return _("%(number)s正在由他人办理，请稍后再试。") % words
    return _("没有编号为“%(number)s”的隐患。") % words if other is None else _unlike(hazard, other)


def offered_at_merging(case: Any, person: Person) -> list[Offer]:
    """Return the like open hazards that a person sees and into which one may be merged, the likest first."""
    hazard: Hazard = case
    rows = likenesses_of(person, hazard.enterprise, hazard.site, hazard.description, but=hazard)
    return [
        Offer(
            other.number,
            _("%(number)s %(title)s（相似%(share)s）")
            % {"number": other.number, "title": other.title, "share": f"{likeness:.0%}"},
            other.description[:SHOWN],
        )
        for other, likeness in rows
        if _unlike(hazard, other) is None
    ][:AT_MOST]


def told_alike(hazard: Hazard, person: Person) -> str:
    """Return the sentence that tells who files a hazard that an alike one is open, "" where none is."""
    alike = duplicates_of(person, hazard.enterprise, hazard.site, hazard.description, but=hazard)
    numbers = _("、").join(one.number for one in alike[:AT_MOST])
    said = _("与未销号的%(numbers)s描述相近，可能是同一隐患，请监管岗位核对是否并入。")
    return said % {"numbers": numbers} if alike else ""


def keep_finders(hazard: Hazard, entry: Entry, now: datetime) -> None:
    """Let who found the merged hazard count as a finder of the one that stands for it now."""
    remember_finders(Hazard._base_manager.get(number=hazard.merged_into))


def _stands_for_others(hazard: Hazard) -> str | None:
    """Refuse to let go of a hazard into which others were merged: they live on in it alone."""
    merged = Hazard._base_manager.filter(merged_into=hazard.number, outcome="merged").order_by("pk")
    numbers = list(merged.values_list("number", flat=True))
    if not numbers:
        return None
    return _("%(numbers)s已并入本件，本件不能再并入他件或者认定不属实：请定级整改，经现场复查后销号。") % {
        "numbers": _("、").join(numbers)
    }


def _unlike(hazard: Hazard, other: Hazard) -> str | None:
    """Return why the other cannot stand for the hazard, None where it can."""
    words = {"number": other.number}
    if not _same_place(hazard, other):
        return _("%(number)s不在同一单位或者同一场所，不能并入。") % words
    if other.phase == Phase.CLOSED:
        return _("%(number)s已经办结，不能并入：本件请定级整改，经现场复查后销号。") % words
    if _weight(other) < _weight(hazard):
        return _("%(number)s的等级低于本件，不能并入：请先核实定级，或者把它并入本件。") % words
    return None


def _same_place(hazard: Hazard, other: Hazard) -> bool:
    """Say whether both lie at one place; in an enterprise one may be filed without naming its place."""
    if (hazard.enterprise_id, hazard.territory) != (other.enterprise_id, other.territory):
        return False
    unnamed = hazard.enterprise_id is not None and None in (hazard.site_id, other.site_id)
    return unnamed or hazard.site_id == other.site_id


def _weight(hazard: Hazard) -> int:
    """Return how much a hazard weighs: 2 major, 1 proposed as major and not judged yet, 0 else."""
    if hazard.is_major:
        return 2
    return 1 if hazard.is_proposed and not hazard.grade else 0
