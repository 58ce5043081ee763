"""Findings as the process `detect` writes them, for a plant of the tests."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from anwei.monitoring.models import AlarmRule, Tag
from tests.kernel.county import NOW
from tests.monitoring.plant import ms

Finding = dict[str, Any]


def drift(rule: AlarmRule, *, minutes: float = 0.0, ahead: float = 30.0, value: float = 0.9) -> Finding:
    """A rise towards the rule's limit, found `minutes` after NOW, expected to take `ahead` minutes."""
    at = ms(NOW + timedelta(minutes=minutes))
    facts = {
        "value": value, "limit": rule.limit, "slope": 0.02, "lasted": 29.0, "ahead": 36.0,
    }  # fmt: skip
    return {
        "kind": "drift",
        "tag": rule.tag_id,
        "at": at,
        "key": str(rule.kind),
        "value": value,
        "rows": 600,
        "limit": rule.limit,
        "expected_at": at + int(ahead * 60_000),
        "earliest_at": at + int((ahead - 4) * 60_000),
        "latest_at": at + int((ahead + 6) * 60_000),
        "probability": 0.93,
        "score": 0.4,
        "facts": facts,
        "reason": "",
        "similar": [{"at": at - 86_400_000, "farthest": 1.1, "reached": False}],
        "backtest": {"lately_true": 1, "lately_false": 2, "most": 0.5},
    }


def anomaly(tag: Tag, *, minutes: float = 0.0, value: float = 0.7) -> Finding:
    return {
        "kind": "anomaly",
        "tag": tag.pk,
        "at": ms(NOW + timedelta(minutes=minutes)),
        "key": "",
        "value": value,
        "rows": 600,
        "score": 0.996,
        "spacing": 1.0,
        "facts": {
            "part": "level",
            "value": value,
            "usual": 0.3,
            "deviation": 0.05,
            "rows": 600,
            "pattern": 0,
        },
        "parts": {"level": 8.0},
        "reason": "",
    }


def judged(found: Finding, *, reached_after: float | None) -> Finding:
    """What became of a drift: its limit was reached so many minutes later, or not at all."""
    reached = 0 if reached_after is None else found["at"] + int(reached_after * 60_000)
    return {
        "kind": "judged", "tag": found["tag"], "at": found["at"], "key": found["key"], "reached_at": reached,
    }  # fmt: skip


def after(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)
