"""Reporting by enterprises: the monthly self-check with what it found, and confirmed statistics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from anwei.cases.clocks import county_calendar
from anwei.cases.errors import CaseError, NotYourTurn
from anwei.cases.intake import Upload
from anwei.cases.periods import month_after
from anwei.hazards.models import Origin, SelfCheck, Statistics
from anwei.hazards.services.opening import Whereabouts, file_hazard
from anwei.hazards.statistics import Period, figures_of, start_of
from anwei.ledgers.services import county_setting, record_change
from anwei.org.holdings import day_of
from anwei.org.models import Person, Post
from anwei.org.scope import standing
from anwei.sites.models import Enterprise
from anwei.standards.deadlines import DEADLINES, deadline
from anwei.standards.hazards.checklists import ChecklistItem, checklist, short_checklist

KEEPERS = (Post.Kind.PRINCIPAL, Post.Kind.DEPUTY, Post.Kind.SAFETY)
SELF_CHECKS, STATISTICS = "hazards.selfcheck", "hazards.statistics"  # in the change log
MONTHS = 12  # that can still be reported, this one among them
OK, FAILED, NOT_APPLICABLE = "ok", "failed", "not_applicable"
SHORT = {Enterprise.Scale.MICRO: 10, Enterprise.Scale.SMALL: 20}  # items; larger ones look at all (TEMPLATE)


@dataclass(frozen=True)
class Answer:
    """How one item of the self-check stood; of a failed one what is wrong, where, and its photos."""

    item: ChecklistItem
    result: str
    note: str = ""
    place: str = ""
    photos: Sequence[Upload] = field(default_factory=tuple)
    no_photo: str = ""  # why there is none

    @property
    def kept(self) -> dict[str, str]:
        """What the report keeps of it, with the words of the item as they are today."""
        item = {"item": self.item.id, "text": self.item.item, "basis": self.item.legal_basis}
        no_photo = {"no_photo": self.no_photo.strip()} if self.no_photo.strip() else {}
        return {**item, "result": self.result, "note": self.note.strip(), **no_photo}


def items_for(enterprise: Enterprise) -> tuple[ChecklistItem, ...]:
    """Return what an enterprise of this scale and sector looks at: a small one little, the gravest first."""
    n = SHORT.get(Enterprise.Scale(enterprise.scale)) if enterprise.scale else None
    return checklist(enterprise.sector) if n is None else short_checklist(enterprise.sector, n)


def months_before(day: date, n: int) -> date:
    """Return the first day of the month `n` months before that of a day."""
    years, month = divmod(day.year * 12 + day.month - 1 - n, 12)
    return date(years, month + 1, 1)


def due_of(month: date) -> datetime:
    """Return by when the self-check of a month must be reported."""
    row = deadline("hazard.self_check", county_setting(DEADLINES, {}))
    due = row.due(start_of(month_after(month)) - timedelta(seconds=1), county_calendar())
    if due is None:
        raise ValueError(f"{row.key} has no limit")
    return due


def report_month(
    enterprise: Enterprise, month: date, answers: Sequence[Answer], *, actor: Person, now: datetime
) -> SelfCheck:
    """Report a month's self-check and file what failed; all or nothing.

    Raises NotYourTurn for whoever does not answer for safety in this enterprise, CaseError for a month to
    come, one reported before, an item without an answer, or a failed one of which nothing is said, or
    nothing shown without a reason.
    """
    _require(keeps(actor, enterprise), _("自查由本企业的主要负责人或者安全管理人员报送。"))
    month = month.replace(day=1)
    if month > day_of(now):
        raise CaseError(_("这个月还没有到。"))
    if month < months_before(day_of(now), MONTHS - 1):
        raise CaseError(_("只能补报最近 %(n)d 个月的自查。") % {"n": MONTHS})
    missing = [item.item for item in items_for(enterprise) if item.id not in {one.item.id for one in answers}]
    if missing or not answers:
        raise CaseError(_("还有 %(n)d 项没有回答。") % {"n": len(missing)})
    failed = [one for one in answers if one.result == FAILED]
    if unsaid := [one for one in failed if not one.note.strip()]:
        raise CaseError(_("不合格的须写明是什么：%(item)s") % {"item": unsaid[0].item.item})
    if unshown := [one for one in failed if not one.photos and not one.no_photo.strip()]:
        raise CaseError(_("不合格的须附照片；拍不了的写明原因：%(item)s") % {"item": unshown[0].item.item})
    try:
        with transaction.atomic():
            reported: SelfCheck = SelfCheck.objects.create(
                enterprise=enterprise,
                month=month,
                answers=[one.kept for one in answers],
                n_items=len(answers),
                n_failed=len(failed),
                reported_at=now,
                reported_by=actor,
                due_at=due_of(month),
            )
            told = {"month": f"{month:%Y-%m}", "answers": reported.answers}
            record_change(
                SELF_CHECKS, reported.pk, actor=actor, now=now, verb="create", content={"values": told}
            )
            for one in failed:
                _file(reported, one, actor, now)
    except IntegrityError as fault:
        raise CaseError(_("这个月已经报送；之后发现的隐患请单独登记。")) from fault
    return reported


def _file(reported: SelfCheck, failed: Answer, actor: Person, now: datetime) -> None:
    """File what failed; a criterion is proposed where the item leads to one and no other."""
    proposed = failed.item.proposed(day_of(now))
    file_hazard(
        Whereabouts(reported.enterprise),
        actor=actor,
        now=now,
        origin=Origin.SELF_CHECK,
        description=failed.note,
        found_at=now,
        place=failed.place,
        checklist_item=failed.item.id,
        criterion=proposed[0].id if len(proposed) == 1 else "",
        photos=failed.photos,
        note=_("没有照片：%(why)s") % {"why": failed.no_photo.strip()} if not failed.photos else "",
        self_check=reported,
    )


def confirm_statistics(
    enterprise: Enterprise, period: Period, *, analysis: str = "", actor: Person, now: datetime
) -> Statistics:
    """Freeze and report the statistics of a period that is over, by the head's hand.

    Raises NotYourTurn for anybody else, CaseError for a period that still runs or was reported.
    """
    _require(heads(actor, enterprise), _("统计分析表由本企业主要负责人签字（确认）后报送。"))
    if day_of(now) < period.after:
        raise CaseError(_("这一期还没有结束。"))
    try:
        with transaction.atomic():
            reported: Statistics = Statistics.objects.create(
                enterprise=enterprise,
                year=period.year,
                quarter=period.quarter,
                figures=figures_of(enterprise, period, now).as_json(),
                analysis=analysis.strip(),
                confirmed_at=now,
                confirmed_by=actor,
                due_at=period.due_at(county_setting(DEADLINES, {}), county_calendar()),
            )
            told = {"year": period.year, "quarter": period.quarter, "figures": reported.figures}
            record_change(
                STATISTICS, reported.pk, actor=actor, now=now, verb="create", content={"values": told}
            )
            return reported
    except IntegrityError as fault:
        raise CaseError(_("这一期已经报送。")) from fault


def keeps(person: Person, enterprise: Enterprise) -> bool:
    """Say whether somebody answers for safety in an enterprise."""
    return any(post.kind in KEEPERS for post in _posts_in(person, enterprise))


def heads(person: Person, enterprise: Enterprise) -> bool:
    """Say whether somebody is the head of an enterprise."""
    return any(post.kind == Post.Kind.PRINCIPAL for post in _posts_in(person, enterprise))


def _posts_in(person: Person, enterprise: Enterprise) -> list[Post]:
    return [post for post in standing(person).posts if post.unit.whole.pk == enterprise.unit_id]


def _require(allowed: bool, sentence: str) -> None:
    if not allowed:
        raise NotYourTurn(sentence)
