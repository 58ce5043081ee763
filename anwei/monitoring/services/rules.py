"""Alarm rules: added and changed with a reason, limits kept in order."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from anwei.ledgers.services import record_change
from anwei.monitoring.models import AlarmRule, Tag
from anwei.monitoring.services.authority import REGISTRARS, check_authority
from anwei.monitoring.services.errors import MonitoringError
from anwei.monitoring.services.positions import bump_register
from anwei.org.models import Person

RULE_REGISTER = "monitoring.alarmrule"
CHANGEABLE = frozenset(
    {
        "limit",
        "deadband",
        "on_delay_s",
        "off_delay_s",
        "severity",
        "action",
        "citation",
        "opens_warning",
        "enabled",
    }
)
ASCENDING = (AlarmRule.Kind.LL, AlarmRule.Kind.L, AlarmRule.Kind.H, AlarmRule.Kind.HH)


@transaction.atomic
def add_rule(
    tag: Tag,
    *,
    actor: Person | None,
    now: datetime,
    kind: str,
    severity: str,
    limit: float | None = None,
    deadband: float = 0.0,
    on_delay_s: float = 0.0,
    off_delay_s: float = 0.0,
    action: str = "",
    citation: str = "",
    opens_warning: bool = False,
    reason: str = "",
) -> AlarmRule:
    """Watch one limit of a tag (unit of the tag; RATE: per minute); one rule of each kind a tag.

    Raises ValidationError, NotAllowed, or MonitoringError when the limits are out of order.
    """
    rule = AlarmRule(
        tag=tag,
        enterprise_id=tag.device.enterprise_id,
        kind=kind,
        severity=severity,
        limit=limit,
        deadband=deadband,
        on_delay_s=on_delay_s,
        off_delay_s=off_delay_s,
        action=action,
        citation=citation,
        opens_warning=opens_warning,
    )
    _save(rule)
    check_authority(actor, REGISTRARS, rule, now)
    content = {"tag": tag.pk, **{name: getattr(rule, name) for name in sorted(CHANGEABLE)}, "kind": kind}
    record_change(RULE_REGISTER, rule.pk, actor=actor, now=now, verb="add", content=content, reason=reason)
    return rule


@transaction.atomic
def change_rule(
    rule: AlarmRule, *, actor: Person | None, now: datetime, reason: str, **columns: Any
) -> AlarmRule:
    """Change columns of a rule (those of CHANGEABLE); the change log keeps old and new with the reason."""
    check_authority(actor, REGISTRARS, rule, now)
    if not reason.strip():
        raise MonitoringError(_("请写明修改理由。"))
    if unknown := columns.keys() - CHANGEABLE:
        raise TypeError(f"not changeable: {', '.join(sorted(unknown))}")
    rule = AlarmRule.objects.select_for_update().get(pk=rule.pk)
    content = {}
    for name, value in columns.items():
        if (old := getattr(rule, name)) != value:
            content[name] = [old, value]
            setattr(rule, name, value)
    if content:
        _save(rule)
        record_change(
            RULE_REGISTER, rule.pk, actor=actor, now=now, verb="change", content=content, reason=reason
        )
    return rule


def _save(rule: AlarmRule) -> None:
    if not all(math.isfinite(number) for number in (rule.limit or 0.0, rule.deadband)):
        raise MonitoringError(_("限值和回差必须是有限的数。"))
    rule.full_clean()
    rule.save()
    if rule.tag_id is not None:
        limits = AlarmRule.objects.filter(tag_id=rule.tag_id, enabled=True, kind__in=ASCENDING)
        check_order(dict(limits.values_list("kind", "limit")))
    bump_register()


def check_order(limits: Mapping[str, float | None]) -> None:
    """Raise MonitoringError unless 低低限 < 低限 < 高限 < 高高限, as far as they are set."""
    present = [limits[kind] for kind in ASCENDING if limits.get(kind) is not None]
    if any(low >= high for low, high in pairwise(present)):  # type: ignore[operator]
        raise MonitoringError(_("限值次序有误：应为 低低限 < 低限 < 高限 < 高高限。"))
