"""The rules of the live colour as the county has them: its own set, else the product's."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from anwei.ledgers.services import change_setting, county_setting
from anwei.org.models import Person
from anwei.sites.models import ColourTrial
from anwei.standards.risk.bands import Unusable
from anwei.standards.risk.live_rules import ColourRules, default_rules, read_rules

SETTING = "live_colour"

log = logging.getLogger("anwei.sites")


def rules_in_force() -> ColourRules:
    """Return the county's rules; the product's, with an error logged, where they no longer can be read.

    A set that a later version of the product cannot read must not stop alarms from being recorded.
    """
    own = county_setting(SETTING, {})
    try:
        return read_rules(own) if own else default_rules()
    except Unusable:
        log.exception("the county's rules of the live colour cannot be read; the product's hold")
        return default_rules()


def switch_on(candidate: dict[str, Any], *, actor: Person, now: datetime, reason: str) -> None:
    """Let a candidate set hold from now on, under the name it was tried by; {} is the product's own.

    Raises Unusable with every problem of the set, ValueError without a reason or for a set never tried.
    """
    if candidate:
        read_rules(candidate)
        candidate = _as_tried(candidate)
    default = default_rules().to_json()
    change_setting(SETTING, candidate, default=default, actor=actor, now=now, reason=reason)


def _as_tried(candidate: dict[str, Any]) -> dict[str, Any]:
    """Return the newest tried set of the same rules. Raises ValueError where none was tried to its end."""
    done = ColourTrial.objects.filter(status=ColourTrial.Status.DONE)
    for tried in done.order_by("-pk").values_list("candidate", flat=True):
        if tried["rules"] == candidate["rules"]:
            return dict(tried)
    raise ValueError(_("这套规则还没有试算过：请先“试算近 30 天”，看过结果再启用。"))
