"""The life of a penalty here: redacted, approved by a second person, then public (安全生产法 第78条).

待公示, 待审批, 已公示. What was decided is sealed with the first entry and never changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anwei.cases.clocks import OPENED, county_calendar
from anwei.cases.kinds import Kind, register
from anwei.cases.lifecycle import Lifecycle, Need, Phase, Role, Transition
from anwei.cases.models import Entry
from anwei.hazards.models import Penalty
from anwei.hazards.penalties.annulling import ANNULLED
from anwei.hazards.penalties.publishing import known_names, shown_until
from anwei.hazards.penalties.recording import opener
from anwei.hazards.redaction import found_in
from anwei.ledgers.services import county_setting
from anwei.org.holdings import day_of
from anwei.standards.calendar import end_of_day
from anwei.standards.clocks import ClockRule
from anwei.standards.deadlines import DEADLINES, deadlines

PUBLISHED, WITHHELD = "published", "withheld"
MOMENT = timedelta(seconds=1)


def is_annulled(penalty: Penalty) -> bool:
    """Say whether the decision fell (`penalties.annulling` writes that first): then nothing is published."""
    return not penalty.stands


LIFECYCLE = Lifecycle(
    Phase.ACTING,
    (
        Transition(
            "submit",
            Phase.ACTING,
            Phase.REVIEW,
            Role.IMPLEMENTER,
            label=_("送审公示文本"),
            line=_("公示文本已送审"),
            needs=(Need("public_text", _("公示文本（已遮蔽个人姓名、证件号码、电话）"), kept=True),),
        ),
        Transition(
            "publish",
            Phase.REVIEW,
            Phase.CLOSED,
            Role.SUPERVISOR,
            label=_("批准公示"),
            line=_("已批准公示"),
            needs=(
                Need("opinion", _("审批意见"), "reason"),
                Need("signature", _("审批人签名"), "signature"),
            ),
            outcome=PUBLISHED,
        ),
        Transition(
            "return_back",
            Phase.REVIEW,
            Phase.ACTING,
            Role.SUPERVISOR,
            label=_("退回修改"),
            line=_("公示文本退回修改"),
            needs=(Need("reason", _("退回理由"), "reason"),),
            dangerous=True,
        ),
        Transition(
            "withhold",
            Phase.REVIEW,
            Phase.CLOSED,
            Role.SUPERVISOR,
            label=_("不予公示"),
            line=_("决定不予公示"),
            needs=(Need("reason", _("不予公示的理由和依据"), "reason"),),
            outcome=WITHHELD,
            dangerous=True,
        ),
        *(
            Transition(
                "annul",
                phase,
                Phase.CLOSED,
                Role.SUPERVISOR,
                label=_("决定撤销"),
                line=_("处罚决定已撤销，不再公示"),
                needs=(Need("reason", _("撤销理由"), "reason"),),
                outcome=ANNULLED,
                only_where=is_annulled,
                dangerous=True,
            )
            for phase in (Phase.ACTING, Phase.REVIEW)
        ),
    ),
)


def clocks(penalty: Penalty) -> Iterator[ClockRule]:
    """Yield the clock of the publication: counted from the decision, on whatever day it was entered."""
    rule = deadlines(county_setting(DEADLINES, {}))["penalty.publish"]
    until = None
    if penalty.decided_on:
        last = rule.due(end_of_day(penalty.decided_on) - MOMENT, county_calendar())
        until = None if last is None else day_of(last - MOMENT)
    yield rule.clock(starts_on=(OPENED,), met_by="publish", until=until)


def check_text(penalty: Penalty, papers: Mapping[str, Any], now: datetime) -> str | None:
    """Refuse a text in which somebody's name, card number or telephone still stands."""
    told = found_in(papers["public_text"], known_names(penalty))
    if not told:
        return None
    return gettext("公示文本里还有个人信息，请遮蔽：%(words)s。") % {"words": gettext("、").join(told)}


def make_public(penalty: Penalty, entry: Entry, now: datetime) -> None:
    """Show the text from today until the day that the county's setting gives."""
    penalty.published_on = day_of(now)
    penalty.withdraw_on = shown_until(penalty.published_on)
    penalty.save(update_fields=["published_on", "withdraw_on"])


KIND = register(
    Kind(
        code="penalty",
        model=Penalty,
        lifecycle=LIFECYCLE,
        label=_("行政处罚公示"),
        prefix="CF",
        phase_labels={
            Phase.ACTING: _("待公示"),
            Phase.REVIEW: _("待审批"),
            Phase.CLOSED: _("已公示"),
        },
        outcome_labels={
            PUBLISHED: _("已公示"),
            WITHHELD: _("不予公示"),
            ANNULLED: _("决定已撤销或者确认违法、无效"),
        },
        opener=opener,
        sealed=(
            *("on_hazard", "fine", "law", "article", "violation", "sanction", "amount", "decision_number"),
            *("decided_on", "body", "person_name"),
        ),
        clocks=clocks,
        ladder="request",
        checks={"submit": check_text},
        effects={"publish": make_public},
    )
)
