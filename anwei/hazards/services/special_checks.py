"""Asking enterprises for a self-check of certain things, and reporting it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from anwei.cases.errors import CaseError, NotYourTurn
from anwei.cases.intake import Upload
from anwei.cases.notices.services import tell
from anwei.hazards.models import Campaign, Origin, SpecialCheck
from anwei.hazards.planning.bodies import bodies_of
from anwei.hazards.services.opening import Whereabouts, file_hazard
from anwei.hazards.services.reports import FAILED, KEEPERS, NOT_APPLICABLE, OK, keeps
from anwei.ledgers.services import record_change
from anwei.org.holdings import day_of
from anwei.org.models import Person, Post
from anwei.sites.models import Enterprise

REGISTER = "hazards.specialcheck"
DAYS = 15  # for the enterprises to look and report, unless somebody says otherwise (no article: ours)


@dataclass(frozen=True)
class Line:
    """One thing to look at, and why this enterprise is asked for it."""

    text: str
    basis: str

    @property
    def kept(self) -> dict[str, str]:
        """What the request keeps of it."""
        return {"text": self.text, "basis": self.basis}


@dataclass(frozen=True)
class Seen:
    """How one line stood; of a failed one what is wrong, where, and its photos or why there are none."""

    result: str
    note: str = ""
    place: str = ""
    photos: Sequence[Upload] = field(default_factory=tuple)
    no_photo: str = ""

    @property
    def kept(self) -> dict[str, str]:
        """What the report keeps of it."""
        return {"result": self.result, "note": self.note.strip(), "no_photo": self.no_photo.strip()}


@transaction.atomic
def ask_special_checks(
    campaign: Campaign,
    asked: Mapping[Enterprise, Sequence[Line]],
    *,
    actor: Person,
    now: datetime,
    due_on: date | None = None,
) -> list[SpecialCheck]:
    """Ask enterprises for a self-check within a campaign and tell their heads and safety staff.

    Raises NotYourTurn for who does not act for the organizer or for an enterprise outside its territory,
    CaseError for a campaign that ended, a day that passed, nobody asked, nothing to look at, or one asked
    before.
    """
    due_on = due_on or day_of(now) + timedelta(days=DAYS)
    if campaign.organizer not in bodies_of(actor, now):
        raise NotYourTurn(_("只有组织单位可以部署专项自查。"))
    if campaign.closed_at is not None:
        raise CaseError(_("检查计划已经结束。"))
    if due_on < day_of(now):
        raise CaseError(_("报送期限不能早于今天。"))
    if not asked:
        raise CaseError(_("请至少选择一家企业。"))
    before = {*campaign.special_checks.values_list("enterprise", flat=True)}
    made = []
    for enterprise, lines in asked.items():
        if not enterprise.unit.territory.startswith(campaign.territory):
            raise NotYourTurn(_("“%(name)s”不在检查计划的属地内。") % {"name": enterprise})
        if not lines:
            raise CaseError(_("没有写明“%(name)s”要自查什么。") % {"name": enterprise})
        if enterprise.pk in before:
            raise CaseError(_("“%(name)s”已经部署过。") % {"name": enterprise})
        made.append(
            SpecialCheck._base_manager.create(
                campaign=campaign,
                enterprise=enterprise,
                lines=[one.kept for one in lines],
                due_on=due_on,
                asked_at=now,
            )
        )
    _tell(made, actor, now)
    content = {"campaign": campaign.pk, "enterprises": [one.enterprise_id for one in made]}
    record_change(REGISTER, campaign.pk, actor=actor, now=now, verb="ask", content=content)
    return made


@transaction.atomic
def report_special_check(
    check: SpecialCheck, answers: Sequence[Seen], *, actor: Person, now: datetime
) -> SpecialCheck:
    """Report what was seen, line by line, and file what failed; all or nothing.

    Raises NotYourTurn for whoever does not answer for safety in the enterprise, CaseError for one reported
    before, a line without an answer, or a failed one of which nothing is said, or nothing shown without a
    reason.
    """
    if not keeps(actor, check.enterprise):
        raise NotYourTurn(_("自查由本企业的主要负责人或者安全管理人员报送。"))
    check = SpecialCheck._base_manager.select_for_update().select_related("enterprise__unit").get(pk=check.pk)
    if check.reported_at is not None:
        raise CaseError(_("这次自查已经报送；之后发现的隐患请单独登记。"))
    answered = [one for one in answers if one.result in (OK, FAILED, NOT_APPLICABLE)]
    if len(answered) != len(check.lines):
        raise CaseError(_("还有 %(n)d 项没有回答。") % {"n": len(check.lines) - len(answered)})
    for line, one in zip(check.lines, answered, strict=True):
        if one.result == FAILED and not one.note.strip():
            raise CaseError(_("不合格的须写明是什么：%(item)s") % {"item": line["text"]})
        if one.result == FAILED and not one.photos and not one.no_photo.strip():
            raise CaseError(_("不合格的须附照片；拍不了的写明原因：%(item)s") % {"item": line["text"]})
    check.answers = [one.kept for one in answered]
    check.reported_at, check.reported_by = now, actor
    check.save(update_fields=["answers", "reported_at", "reported_by"])
    failed = [one for one in answered if one.result == FAILED]
    check.hazards.set([_file(check, one, actor, now) for one in failed])
    content = {"answers": check.answers}
    record_change(REGISTER, check.pk, actor=actor, now=now, verb="report", content=content)
    return check


def _file(check: SpecialCheck, failed: Seen, actor: Person, now: datetime) -> int:
    filed = file_hazard(
        Whereabouts(check.enterprise),
        actor=actor,
        now=now,
        origin=Origin.SELF_CHECK,
        description=failed.note,
        found_at=now,
        place=failed.place,
        photos=failed.photos,
        note=_("没有照片：%(why)s") % {"why": failed.no_photo.strip()} if not failed.photos else "",
    )
    return int(filed.pk)


def _tell(made: Iterable[SpecialCheck], actor: Person, now: datetime) -> None:
    """Tell each enterprise, and keep how many of its people that reached."""
    for check in made:
        words = {"name": check.campaign.name, "day": check.due_on, "n": len(check.lines)}
        check.told = len(
            tell(
                to=list(Post.objects.filter(unit=check.enterprise.unit_id, kind__in=KEEPERS)),
                text=_("%(name)s：请自查 %(n)d 项，%(day)s 前报送") % words,
                url=reverse("special_check", args=[check.pk]),
                level="info",
                key=f"special-check-{check.pk}",
                now=now,
                actor=actor,
            )
        )
        check.save(update_fields=["told"])
