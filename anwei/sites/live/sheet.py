"""The colour of one enterprise on its page: what made it, what else raises, what would lower it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from anwei.org.models import Person
from anwei.org.rights import may_arrange_county
from anwei.sites.enterprise_file import Sheet, contribute
from anwei.sites.live.colouring import computed, shown_colour, stored_fact
from anwei.sites.live.rules import rules_in_force
from anwei.sites.models import Enterprise, LiveColour

N_CHANGES = 5


def colour_sheet(enterprise: Enterprise, person: Person, now: datetime) -> dict[str, Any]:
    """Return the colour with its reasons and its way down; nothing while none was computed."""
    row: LiveColour | None = getattr(enterprise, "live_colour", None)
    if row is None:
        return {"row": None}
    rules = rules_in_force()
    found = computed(row.static, [stored_fact(one) for one in row.facts], rules)
    colour = shown_colour(row.static, found, rules)
    kinds = {reason.kind.key for reason in (*found.reasons, *found.others)}
    return {
        "row": row,
        "colour": colour,
        "found": found,
        "idle": [one for one in row.facts if one["key"] not in kinds],
        "changes": enterprise.colour_changes.all()[:N_CHANGES],
        "may_change_rules": may_arrange_county(person),
    }


contribute(Sheet("sites/live/sheet.html", colour_sheet, place=5))
