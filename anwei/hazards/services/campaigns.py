"""Opening a campaign, from nothing or by one click from a key period, and closing it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from anwei.cases.clocks import county_calendar
from anwei.cases.errors import CaseError, NotYourTurn
from anwei.hazards.models import Campaign
from anwei.hazards.planning.bodies import bodies_of
from anwei.ledgers.services import county_setting, record_change
from anwei.org.models import Person, Unit
from anwei.standards.hazards.checklists import checklist_items
from anwei.standards.inspections.periods import SETTING, Period, period
from anwei.standards.sectors import sectors as known_sectors

REGISTER = "hazards.campaign"
LONGEST = 400  # days


@transaction.atomic
def open_campaign(
    *,
    actor: Person,
    now: datetime,
    organizer: Unit,
    kind: str,
    name: str,
    starts_on: date,
    ends_on: date,
    target: int,
    territory: str = "",
    sectors: Sequence[str] = (),
    enterprises: Sequence[int] = (),
    items: Sequence[str] = (),
    basis: str = "",
    note: str = "",
    period: str = "",
    key: str = "",
) -> Campaign:
    """Open a campaign of a body for its own territory, a part of it, or `enterprises` of it alone.

    The same `key` opens no second one.
    Raises NotYourTurn for who does not act for the body, CaseError with a sentence for what does not fit.
    """
    if organizer not in bodies_of(actor, now):
        raise NotYourTurn(_("您只能以自己单位的名义部署检查。"))
    territory = territory or organizer.territory
    if not territory.startswith(organizer.territory):
        raise NotYourTurn(_("检查计划的属地超出组织单位的管辖范围。"))
    if not name.strip():
        raise CaseError(_("请写明名称。"))
    if ends_on < starts_on or (ends_on - starts_on).days > LONGEST:
        raise CaseError(_("截止日期不能早于起始日期，也不能超过 %(n)d 天。") % {"n": LONGEST})
    if target < 1:
        raise CaseError(_("检查家次目标至少是 1。"))
    if unknown := [code for code in sectors if code not in known_sectors()]:
        raise CaseError(_("没有行业“%(code)s”。") % {"code": unknown[0]})
    if missing := [key for key in items if key not in checklist_items()]:
        raise CaseError(_("没有检查项“%(key)s”。") % {"key": missing[0]})
    if period and Campaign._base_manager.filter(period=period, territory=territory).exists():
        raise CaseError(_("“%(name)s”已经部署过。") % {"name": name})
    try:
        with transaction.atomic():
            campaign = Campaign._base_manager.create(
                kind=kind,
                name=name.strip()[:120],
                starts_on=starts_on,
                ends_on=ends_on,
                sectors=list(sectors),
                enterprises=list(enterprises),
                territory=territory,
                organizer=organizer,
                items=list(items),
                target=target,
                basis=basis.strip()[:200],
                note=note.strip(),
                period=period,
                key=key,
                opened_at=now,
                opened_by=actor,
            )
    except IntegrityError as fault:  # two open one key period at once, or one form was sent twice
        raise CaseError(_("“%(name)s”已经部署过。") % {"name": name}) from fault
    content = {"name": campaign.name, "target": target, "territory": territory, "sectors": list(sectors)}
    if enterprises:
        content["enterprises"] = list(enterprises)
    record_change(REGISTER, campaign.pk, actor=actor, now=now, verb="open", content=content)
    return campaign


def opened_by_form(key: str, person: Person) -> Campaign | None:
    """Return the campaign that somebody opened by a form before, for one that is sent twice."""
    return Campaign._base_manager.filter(key=key, opened_by=person).first() if key else None


def open_key_period(key: str, *, actor: Person, now: datetime, organizer: Unit, target: int) -> Campaign:
    """Open the campaign of a key period of the calendar with its own days. Raises as `open_campaign`."""
    found = period_named(key)
    return open_campaign(
        actor=actor,
        now=now,
        organizer=organizer,
        kind=Campaign.Kind.KEY_PERIOD,
        name=_("%(year)d年%(period)s安全检查") % {"year": found.year, "period": _(found.name)},
        starts_on=found.starts_on,
        ends_on=found.ends_on,
        target=target,
        note=_(found.checklist),
        period=found.key,
    )


def period_named(key: str) -> Period:
    """Return a key period by its key. Raises CaseError where the calendar has none."""
    found = period(key, county_calendar(), county_setting(SETTING, {}))
    if found is None:
        raise CaseError(_("日历里没有这个重点时段；春节前后的时段要等放假安排公布。"))
    return found


@transaction.atomic
def close_campaign(campaign: Campaign, *, actor: Person, now: datetime) -> Campaign:
    """Close a campaign: nothing more is planned under it, what is planned goes on. Raises NotYourTurn."""
    campaign = Campaign._base_manager.select_for_update().get(pk=campaign.pk)
    if campaign.organizer not in bodies_of(actor, now):
        raise NotYourTurn(_("只有组织单位可以结束检查计划。"))
    if campaign.closed_at is None:
        campaign.closed_at = now
        campaign.save(update_fields=["closed_at"])
        record_change(REGISTER, campaign.pk, actor=actor, now=now, verb="close", content={})
    return campaign
