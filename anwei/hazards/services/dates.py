"""Other days: of a key period, which the county announces each year, and of a campaign that is under way."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from anwei.cases.errors import CaseError, NotYourTurn
from anwei.hazards.models import Campaign
from anwei.hazards.planning.bodies import bodies_of
from anwei.hazards.services.campaigns import LONGEST, REGISTER
from anwei.ledgers.services import change_setting, county_setting, locked_setting, record_change
from anwei.org.committee_office import is_of_the_office
from anwei.org.models import Person
from anwei.standards.inspections.periods import SETTING, Own, names


def own_periods() -> Own:
    """Return the days that the county wrote for key periods, by their keys."""
    found: Own = county_setting(SETTING, {})
    return found


@transaction.atomic
def set_period(
    code: str, year: int, *, actor: Person, now: datetime, starts_on: date, ends_on: date, reason: str
) -> None:
    """Write the county's own days of a key period of a year; a campaign opened before keeps its own.

    Raises NotYourTurn for who is not of the county's committee office, CaseError for what does not fit.
    """
    _require_office(actor, now)
    if code not in names():
        raise CaseError(_("没有这个重点时段。"))
    _require_days(starts_on, ends_on)
    if starts_on.year != year:
        raise CaseError(_("起始日期须在 %(year)d 年内。") % {"year": year})
    _require_reason(reason)
    own = locked_setting(SETTING)
    own[f"{code}.{year}"] = {"starts_on": starts_on.isoformat(), "ends_on": ends_on.isoformat()}
    change_setting(SETTING, own, default={}, actor=actor, now=now, reason=reason)


@transaction.atomic
def reset_period(code: str, year: int, *, actor: Person, now: datetime, reason: str) -> None:
    """Let the days of the data count again. Raises as `set_period`."""
    _require_office(actor, now)
    _require_reason(reason)
    own = locked_setting(SETTING)
    if own.pop(f"{code}.{year}", None) is not None:
        change_setting(SETTING, own, default={}, actor=actor, now=now, reason=reason)


@transaction.atomic
def reschedule(
    campaign: Campaign, *, actor: Person, now: datetime, starts_on: date, ends_on: date, reason: str
) -> Campaign:
    """Give a campaign other days; visits that are planned or done stay as they are.

    Raises NotYourTurn for who does not act for its organizer, CaseError where it is closed or the days do
    not fit.
    """
    campaign = (
        Campaign._base_manager.select_for_update(of=("self",)).select_related("organizer").get(pk=campaign.pk)
    )
    if campaign.organizer not in bodies_of(actor, now):
        raise NotYourTurn(_("只有组织单位可以改检查计划的日期。"))
    if campaign.closed_at is not None:
        raise CaseError(_("检查计划已结束。"))
    _require_days(starts_on, ends_on)
    _require_reason(reason)
    before = {"starts_on": campaign.starts_on.isoformat(), "ends_on": campaign.ends_on.isoformat()}
    campaign.starts_on, campaign.ends_on = starts_on, ends_on
    campaign.save(update_fields=["starts_on", "ends_on"])
    content = {
        "before": before,
        "after": {"starts_on": starts_on.isoformat(), "ends_on": ends_on.isoformat()},
    }
    record_change(
        REGISTER,
        campaign.pk,
        actor=actor,
        now=now,
        verb="reschedule",
        content=content,
        reason=reason.strip()[:200],
    )
    return campaign


def _require_office(actor: Person, now: datetime) -> None:
    if not is_of_the_office(actor, now):
        raise NotYourTurn(_("重点时段的日期由县安委办改。"))


def _require_days(starts_on: date, ends_on: date) -> None:
    if ends_on < starts_on or (ends_on - starts_on).days > LONGEST:
        raise CaseError(_("截止日期不能早于起始日期，也不能超过 %(n)d 天。") % {"n": LONGEST})


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise CaseError(_("请写明理由，例如公布日期的文件。"))
