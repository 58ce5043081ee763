"""From conditions to a campaign: the chosen enterprises are asked to look for the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from anwei.analytics.lessons.conditions import Condition
from anwei.analytics.lessons.models import Lesson
from anwei.analytics.lessons.search import Match
from anwei.cases.errors import CaseError
from anwei.emergency.models import Accident
from anwei.hazards.models import Campaign, Hazard
from anwei.hazards.services.campaigns import open_campaign
from anwei.hazards.services.special_checks import DAYS, Line, ask_special_checks
from anwei.org.holdings import day_of
from anwei.org.models import Person, Unit

NAMED = 5  # rows of a condition that a line of the self-check names; the rest are counted
LONGEST = 100  # characters of the campaign's name


@dataclass(frozen=True)
class Origin:
    """What the lesson is drawn from."""

    accident: Accident | None = None
    hazard: Hazard | None = None

    @property
    def title(self) -> str:
        """What it is called before others; a hazard without the name of whose it is."""
        if self.accident is not None:
            return f"{self.accident.whose}{self.accident.type_name}"
        return self.hazard.title if self.hazard is not None else _("按条件查找")

    @property
    def told(self) -> str:
        """What others are told of it: what happened, why, what to learn; of a hazard what is wrong."""
        if self.accident is not None:
            row = self.accident
            head = f"{row.happened_on:%Y-%m-%d} {self.title}"
            source = _("来源：%(name)s") % {"name": row.source_name} if row.source_name else ""
            return "\n".join(filter(None, (head, row.cause, row.lessons, source)))
        if self.hazard is not None:
            return "\n".join(filter(None, (self.hazard.description, self.hazard.criterion_text)))
        return ""


@transaction.atomic
def draw_lesson(
    origin: Origin,
    chosen: Sequence[Match],
    conditions: Sequence[Condition],
    n_found: int,
    *,
    organizer: Unit,
    actor: Person,
    now: datetime,
    due_on: date | None = None,
    key: str = "",
) -> Lesson:
    """Open a campaign for the chosen enterprises and ask each to look at what it shares; once for a `key`.

    Raises CaseError where no enterprise is chosen, NotYourTurn for who does not act for the organizer or for
    an enterprise outside its territory.
    """
    asked = {one.enterprise: lines_for(one) for one in chosen if one.enterprise is not None}
    if not asked:
        raise CaseError(_("请至少选择一家企业。"))
    today = day_of(now)
    due_on = due_on or today + timedelta(days=DAYS)
    campaign = open_campaign(
        actor=actor,
        now=now,
        organizer=organizer,
        kind=Campaign.Kind.SPECIAL,
        name=(_("举一反三：%(title)s") % {"title": origin.title})[:LONGEST],
        starts_on=today,
        ends_on=due_on,
        target=len(asked),
        enterprises=[one.pk for one in asked],
        sectors=sorted({enterprise.sector for enterprise in asked}),
        note=origin.told,
        key=key,
    )
    ask_special_checks(campaign, asked, actor=actor, now=now, due_on=due_on)
    lesson: Lesson = Lesson.objects.create(
        accident=origin.accident,
        hazard=origin.hazard,
        campaign=campaign,
        conditions=[one.key for one in conditions],
        n_found=n_found,
        drawn_at=now,
        drawn_by=actor,
    )
    return lesson


def lines_for(match: Match) -> list[Line]:
    """Return what an enterprise is asked to look at: a line for each condition that it shares."""
    lines = []
    for condition, evidence in match.shown.items():
        words = _("；").join(one.words for one in evidence[:NAMED])
        if len(evidence) > NAMED:
            words = _("%(words)s 等 %(n)d 处") % {"words": words, "n": len(evidence)}
        text = _("%(label)s“%(what)s”：有没有同样的问题") % {
            "label": condition.label,
            "what": condition.words,
        }
        lines.append(Line(text, words))
    return lines
