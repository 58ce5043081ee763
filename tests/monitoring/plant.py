"""A device with a gas tag at a small county's enterprise, and episode events as the stream writes them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from anwei.monitoring.models import AlarmRule, Device, Tag
from anwei.monitoring.services import add_rule, add_tag, register_device
from anwei.sites.models import Site
from tests.kernel.county import NOW, County

Event = dict[str, Any]


@dataclass
class Plant:
    """One gas sensor with both high limits, of which the lower does not open a warning by itself."""

    county: County
    site: Site
    device: Device
    key: str
    tag: Tag
    hh: AlarmRule
    h: AlarmRule

    @property
    def silence(self) -> AlarmRule:
        return self.device.rules.get()


def build(county: County, *, code: str = "gas-1", h_opens: bool = False) -> Plant:
    site = Site.objects.create(enterprise=county.enterprise, code=f"S-{code}", name="一号罐区")
    device, key = register_device(
        actor=county.officer, now=NOW, code=code, name="罐区分站", enterprise=county.enterprise, site=site
    )
    tag = add_tag(
        device,
        actor=county.officer,
        now=NOW,
        code="ch4",
        name="甲烷",
        unit="%",
        range_low=0.0,
        range_high=4.0,
    )
    hh = add_rule(
        tag,
        actor=county.officer,
        now=NOW,
        kind="hh",
        severity="red",
        limit=1.5,
        citation="煤矿安全规程 第173条",
        action="断电、撤人",
        opens_warning=True,
    )
    h = add_rule(
        tag, actor=county.officer, now=NOW, kind="h", severity="yellow", limit=1.0, opens_warning=h_opens
    )
    return Plant(county, site, device, key, tag, hh, h)


def ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def raised(rule: AlarmRule, *, seconds: float = 0.0, value: float | None = 1.62, late: bool = False) -> Event:
    """An episode of `rule` that begins and is raised `seconds` after NOW."""
    at = ms(NOW + timedelta(seconds=seconds))
    return {
        "rule": rule.pk,
        "tag": rule.tag_id or 0,
        "device": rule.watched_device.code,
        "start": at,
        "kind": "raised",
        "at": at,
        "value": value,
        "limit": rule.limit,
        "late": late,
    }


def cleared(event: Event, *, seconds: float) -> Event:
    """The end of an episode, `seconds` after NOW."""
    return event | {"kind": "cleared", "at": ms(NOW + timedelta(seconds=seconds)), "value": 0.4}
