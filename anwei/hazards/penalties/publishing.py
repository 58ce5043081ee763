"""The text that everybody reads of a penalty: drafted from the decision, masked, shown for so many months."""

from __future__ import annotations

import re
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anwei.cases.errors import CaseError, NotYourTurn
from anwei.cases.events import contribute_event
from anwei.cases.lifecycle import Role
from anwei.cases.models import Entry
from anwei.cases.rights import check_role
from anwei.cases.templatetags.cases import phase_label
from anwei.hazards.models import Annulled, Penalty
from anwei.hazards.people import names_around
from anwei.hazards.redaction import redacted
from anwei.ledgers import seal
from anwei.ledgers.papers.layout import chinese_date
from anwei.ledgers.services import county_setting
from anwei.org.holdings import day_of
from anwei.org.models import Person
from anwei.standards.calendar import WorkCalendar
from anwei.standards.limits import last_day

SHOWN = "penalties.shown"  # key of the county's Setting: {"months": {"limit": 12}, "withdrawn": {"limit": 6}}
DEFAULT_MONTHS = 12  # 无条款，可改
WITHDRAWN = "withdrawn"  # key within the Setting
DEFAULT_WITHDRAWN = 6  # months that a withdrawal stays told; 行政处罚法 第48条 names none: 无条款，可改
TAKEN_DOWN = "taken_down"


def shown_months() -> int:
    """Return for how many months a penalty is shown to the public."""
    return int(county_setting(SHOWN, {}).get("months", {}).get("limit", DEFAULT_MONTHS))


def shown_until(published_on: date) -> date:
    """Return the day on which what is published today is withdrawn by itself."""
    return last_day(published_on, shown_months(), "month", WorkCalendar.load())


def withdrawal_shown_until(day: date) -> date:
    """Return until which day the public is told why what is withdrawn on a day was."""
    months = int(county_setting(SHOWN, {}).get(WITHDRAWN, {}).get("limit", DEFAULT_WITHDRAWN))
    return last_day(day, months, "month", WorkCalendar.load())


def public_withdrawals(on: date) -> QuerySet[Penalty]:
    """Return the penalties of which the public is told on a day why they were withdrawn, the newest first."""
    return Penalty._base_manager.filter(annul_shown_until__gt=on).order_by("-annulled_on", "-pk")


def withdrawal_of(penalty: Penalty) -> str:
    """Return what the public is told of a public decision that fell or was varied: masked, Chinese."""
    if penalty.annulled_on is None:
        return ""
    enterprise = "" if penalty.enterprise is None else penalty.enterprise.unit.name
    with translation.override("zh-hans"):
        kind = Annulled(penalty.annul_kind).label
    varied = ""
    if penalty.annul_kind == Annulled.VARIED:
        varied = f"为{penalty.standing_sanction}{_yuan(penalty)}"
    text = (
        f"{penalty.body.name}于{chinese_date(penalty.decided_on)}对{enterprise}{penalty.person_name}"
        f"作出的处罚决定（{penalty.decision_number}），已于{chinese_date(penalty.annulled_on)}依据"
        f"{penalty.annulled_by}{kind}{varied}，原公示信息已撤回。理由：{penalty.annul_reason.rstrip('。')}。"
    )
    return redacted(text, known_names(penalty))


def is_shown(penalty: Penalty, on: date) -> bool:
    """Say whether the public reads of a penalty on a day: its text, or why that was withdrawn."""
    from_on, until = penalty.published_on, penalty.withdraw_on
    if from_on is not None and until is not None and from_on <= on < until:
        return True
    return penalty.annul_shown_until is not None and penalty.annul_shown_until > on


def public_penalties(on: date) -> QuerySet[Penalty]:
    """Return what the public reads on a day, the newest first."""
    rows = Penalty._base_manager.filter(published_on__lte=on, withdraw_on__gt=on)
    return rows.order_by("-published_on", "-pk")


def publication(penalty: Penalty) -> str:
    """Return in a word how its publication stands; that of an annulled one is withdrawn for good."""
    varied_before = penalty.annul_kind == Annulled.VARIED and not penalty.annul_text
    if penalty.annulled_on is None or varied_before:
        return str(phase_label(penalty))
    return str(_("决定已%(kind)s") % {"kind": Annulled(penalty.annul_kind).label})


def draft_of(penalty: Penalty) -> str:
    """Return the text as it would be published, masked: who, what for, by which article, what, when.

    It is Chinese whatever language its writer reads, as every official paper.
    """
    enterprise = "" if penalty.enterprise is None else penalty.enterprise.unit.name
    who = f"{enterprise}{penalty.person_name}" or "当事人"
    text = (
        f"{who}{penalty.violation}，依据{penalty.article}，{penalty.body.name}于"
        f"{chinese_date(penalty.decided_on)}作出处罚决定（{penalty.decision_number}）：{penalty.standing_sanction}{_yuan(penalty)}。"
    )
    return redacted(text, known_names(penalty))


def _yuan(penalty: Penalty) -> str:
    """Return how much the fine is, "" where there is none or the sanction says it."""
    amount = penalty.standing_amount
    is_told = amount is None or re.search("罚款.*元", penalty.standing_sanction)
    return "" if is_told else f"（罚款{amount:.2f}元）"


def known_names(penalty: Penalty) -> set[str]:
    """Return the names that the system knows around a penalty: who was penalised, and who works there."""
    unit = None if penalty.enterprise is None else penalty.enterprise.unit_id
    cases = [one for one in (penalty.pk, penalty.on_hazard_id) if one is not None]
    return {penalty.person_name, *names_around(penalty.on_hazard, [unit], cases)} - {""}


@transaction.atomic
def take_down(penalty: Penalty, *, actor: Person, now: datetime, reason: str) -> Penalty:
    """Withdraw a publication, or the line on why it was withdrawn, before its day: the text was wrong.

    Raises NotYourTurn for who may not approve it either, CaseError without a reason or a publication.
    """
    locked = Penalty._base_manager.select_for_update().get(pk=penalty.pk)
    acting = check_role(locked, Role.SUPERVISOR, actor=actor, now=now)
    if acting is None:
        raise NotYourTurn(_("此操作须由岗位上的人员办理。"))
    if not reason.strip():
        raise CaseError(_("请写明撤下的理由。"))
    today = day_of(now)
    ends = [day for day in (locked.withdraw_on, locked.annul_shown_until) if day is not None and day > today]
    if not ends:  # neither public nor to be
        raise CaseError(_("此处罚现在没有公示。"))
    if locked.withdraw_on is not None:
        locked.withdraw_on = min(locked.withdraw_on, today)
    if locked.annul_shown_until is not None:
        locked.annul_shown_until = min(locked.annul_shown_until, today)
    locked.save(update_fields=["withdraw_on", "annul_shown_until"])
    represented = acting.sealed
    seal.append(
        Entry(
            case_id=locked.pk,
            at=now,
            actor=actor,
            post_id=locked.supervisor_id,
            verb=TAKEN_DOWN,
            from_phase=locked.phase,
            to_phase=locked.phase,
            content={"reason": reason.strip()[:500]} | represented,
        )
    )
    return locked


def _taken_down(entry: Entry) -> str:
    return str(_("已提前撤下公示：%(reason)s") % entry.content)


contribute_event(TAKEN_DOWN, _taken_down, gettext_lazy("已提前撤下公示"))
