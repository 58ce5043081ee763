"""The second person: an official confirms an assessment point by point, or returns it with the reason."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from anwei.ledgers.saving import log_all
from anwei.org.models import Person
from anwei.org.register_rules import may_confirm_changes
from anwei.sites.live.colouring import recolour
from anwei.sites.models import Assessment, Enterprise, Installation, RiskPoint
from anwei.sites.risks.assessing import method_of, remember
from anwei.sites.risks.bands import graded_otherwise
from anwei.sites.risks.inventory import rests_on_another
from anwei.sites.risks.levels_answered import ask_to_diagnose_again
from anwei.sites.risks.queries import in_place_of, open_assessments, written_by

LONGEST_REASON = 200


class NotConfirmed(ValueError):
    """The assessment stays as it is; the text is a sentence for the user."""


def to_confirm(person: Person) -> QuerySet[Assessment]:
    """Return what a person may confirm or return: what waits in their scope and another assessed.

    Of a unit, who wrote any part of its inventory since it was last confirmed leaves it to others.
    As with changes of key facts, an official who sits in an enterprise may confirm nothing.
    """
    if not may_confirm_changes(person):
        return Assessment.objects.none()
    seen: QuerySet[Assessment] = Assessment.objects.visible_to(person)
    return open_assessments(seen).exclude(assessor=person).exclude(written_by(person))


def may_confirm(person: Person, assessment: Assessment) -> bool:
    """Say whether a person may confirm or return an assessment (`to_confirm`)."""
    return to_confirm(person).filter(pk=assessment.pk).exists()


def why_not(person: Person, assessment: Assessment) -> str:
    """Return why a person may not confirm or return an assessment that they see waiting, "" if they may."""
    if may_confirm(person, assessment):
        return ""
    if not may_confirm_changes(person):
        return _("评估由监管部门复核：您现在的岗位不能复核，在企业任职的人也不能。")
    if assessment.assessor_id == person.pk:
        return _("评估人本人不能复核，须由监管部门的另一人办理。")
    return _("上次复核以后，您改过这个单元的存量或人数，不能复核，须由监管部门的另一人办理。")


def next_to_confirm(installations: Iterable[int], person: Person) -> str:
    """Return the address of the first assessment of installations that waits for a person, "" without one.

    Its page names the others.
    """
    waiting = to_confirm(person).filter(installation__in=[*installations]).order_by("pk").first()
    return "" if waiting is None else reverse("risk_assessment", args=[waiting.pk])


@transaction.atomic
def confirm(assessment: Assessment, ticked: Collection[int], *, actor: Person, now: datetime) -> Assessment:
    """Confirm an assessment; it now gives the grade of its risk point, and the colour of its enterprise.

    Where what it rests on has changed while it waited, it is marked so: a review is asked for at once.
    `ticked` are the places (from 0) of what a person had to confirm; each must be among them. Raises
    NotConfirmed otherwise, PermissionDenied for who may not.
    """
    locked = _locked(assessment, actor)
    points = [point["text"] for point in locked.result["confirm"]]
    if {*range(len(points))} - {*ticked}:
        raise NotConfirmed(_("还有须人工核定的事项没有勾选，请逐项核对。"))
    locked.confirmed_by, locked.confirmed_at = actor, now
    locked.stale_since = now if _is_outdated(locked) else None
    locked.save(update_fields=["confirmed_by", "confirmed_at", "stale_since"])
    content = {"confirmed": points, "grade": locked.grade}
    remember(locked, "confirm", content, actor=actor, now=now)
    if locked.point is not None:
        _grade_point(locked.point, locked, actor=actor, now=now)
    if locked.installation is not None:
        ask_to_diagnose_again(locked.installation.enterprise, now)
    if locked.owner_id is not None:
        recolour(Enterprise.objects.filter(pk=locked.owner_id), now)
    return locked


@transaction.atomic
def send_back(assessment: Assessment, reason: str, *, actor: Person, now: datetime) -> Assessment:
    """Return an assessment to who made it. Raises NotConfirmed without a reason."""
    locked = _locked(assessment, actor)
    if not reason.strip():
        raise NotConfirmed(_("退回须说明理由。"))
    locked.returned_at, locked.return_reason = now, reason.strip()[:LONGEST_REASON]
    locked.save(update_fields=["returned_at", "return_reason"])
    remember(locked, "return", {}, actor=actor, now=now, reason=locked.return_reason)
    return locked


def _is_outdated(assessment: Assessment) -> bool:
    """Say whether the inventory of a unit, or the county's bands, are others than it was assessed by."""
    if assessment.installation_id is not None:
        return rests_on_another(assessment)
    if assessment.method == Assessment.Method.NO_19:
        return False  # it rests on answers alone
    return graded_otherwise(method_of(assessment.method), assessment.grade, assessment.result)


def _locked(assessment: Assessment, actor: Person) -> Assessment:
    """Lock an assessment, after its unit or point, so that no change of those comes in between.

    Registers lock the unit or the point first and then write its assessments: the same order, no deadlock.
    """
    list(Installation.objects.select_for_update().filter(pk=assessment.installation_id))
    list(RiskPoint.objects.select_for_update().filter(pk=assessment.point_id))
    locked: Assessment = Assessment.objects.select_for_update(of=("self",)).get(pk=assessment.pk)
    if locked.confirmed_at or locked.returned_at or in_place_of(locked).exists():
        raise NotConfirmed(_("这份评估已经办理，或者已有更新的评估，请刷新后再看。"))
    if refusal := why_not(actor, locked):
        raise PermissionDenied(refusal)
    return locked


def _grade_point(point: RiskPoint, by: Assessment, *, actor: Person, now: datetime) -> None:
    before = [point.grade, point.review_on]
    point.grade, point.review_on = by.grade, by.review_on
    point.save(update_fields=["grade", "review_on"])
    names = ("grade", "review_on")
    changed = {
        name: [old, getattr(point, name)]
        for name, old in zip(names, before, strict=True)
        if old != getattr(point, name)
    }
    if changed:
        log_all(
            [(point, "update", {"changed": changed})],
            actor=actor,
            now=now,
            reason=str(by.get_method_display()),
        )
