"""What the database knows about rows that stream and worker name by number: whose they are, their names."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import close_old_connections

from anwei.monitoring.models import AlarmRule

Owner = tuple[str, str, int | None]  # territory, sector, enterprise


@dataclass(frozen=True)
class RuleFacts:
    """Of one alarm rule: who may see it and what a screen shows beside an episode."""

    owner: Owner
    shown: dict[str, Any]


def rule_facts(rules: Collection[int]) -> dict[int, RuleFacts]:
    """Return the facts of alarm rules by number; one query."""
    close_old_connections()
    related = ("tag__device__site", "device__site", "enterprise__unit")
    return {rule.pk: _facts(rule) for rule in AlarmRule.objects.filter(pk__in=rules).select_related(*related)}


def _facts(rule: AlarmRule) -> RuleFacts:
    device = rule.watched_device
    enterprise = rule.enterprise
    shown = {
        "kind": rule.kind,
        "severity": rule.severity,
        "name": rule.tag.name if rule.tag else device.name,
        "unit": rule.tag.unit if rule.tag else "",
        "decimals": rule.tag.decimals if rule.tag else 0,
        "citation": rule.citation,
        "enterprise": enterprise.pk,
        "enterprise_name": str(enterprise),
        "site": device.site_id,
        "site_name": str(device.site or ""),
    }
    return RuleFacts((enterprise.unit.territory, enterprise.sector, enterprise.pk), shown)
