"""Writes the live colour of enterprises: after alarms for those touched, each minute for all."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from anwei.sites.live.facts import facts_of
from anwei.sites.live.rules import rules_in_force
from anwei.sites.models import ColourChange, Enterprise, LiveColour
from anwei.sites.risks.queries import static_grades
from anwei.standards.risk.grades import BLUE, BY_KEY
from anwei.standards.risk.live_colour import Fact, Reason, live_colour
from anwei.standards.risk.live_colour import LiveColour as Computed
from anwei.standards.risk.live_rules import ColourRules

NOT_ASSESSED = "not_assessed"
CHUNK = 1000  # enterprises a transaction: alarms must not wait long for the database
WRITTEN = ("static", "colour", "facts", "step_down", "computed_at", "changed_at")


def recolour_all(now: datetime) -> int:
    """Bring the colour of every enterprise up to date; return how many rows were written.

    Repetition writes nothing. A chunk is locked before its facts are read, so that an alarm recorded
    meanwhile is never overwritten.
    """
    keys = list(Enterprise.objects.order_by("pk").values_list("pk", flat=True))
    written = 0
    for start in range(0, len(keys), CHUNK):
        part = keys[start : start + CHUNK]
        written += recolour(Enterprise.objects.filter(pk__gte=part[0], pk__lte=part[-1]), now)
    return written


@transaction.atomic
def recolour(enterprises: QuerySet[Enterprise], now: datetime, only: Collection[str] | None = None) -> int:
    """Bring the colours of the enterprises up to date; return how many rows were written.

    With `only`, these sources are asked again and the rest stays as last computed; an enterprise that has no
    colour yet is asked about in full.
    """
    keys = enterprises.order_by().values("pk")
    known = {row.pk: row for row in LiveColour.objects.select_for_update().filter(enterprise__in=keys)}
    if only is not None:
        missing = enterprises.exclude(live_colour__isnull=False)
        new = recolour(missing, now) if missing.exists() else 0
        return new + _write(list(known), known, facts_of(enterprises, now, only), None, now)
    everyone = list(enterprises.order_by("pk").values_list("pk", flat=True))
    return _write(everyone, known, facts_of(enterprises, now), static_grades(enterprises), now)


def _write(
    keys: Sequence[int],
    known: dict[int, LiveColour],
    fresh: dict[str, dict[int, list[Fact]]],
    statics: dict[int, str] | None,
    now: datetime,
) -> int:
    rules = rules_in_force()
    made: list[LiveColour] = []
    changed: list[LiveColour] = []
    changes: list[ColourChange] = []
    for key in keys:
        row = known.get(key)
        kept = [] if row is None or statics is not None else _kept(row, fresh)
        told = kept + [(name, fact) for name, of in fresh.items() for fact in of.get(key, ())]
        static = (row.static if row else "") if statics is None else statics.get(key, "")
        stored = [{"source": name, **asdict(fact)} for name, fact in told]
        found = computed(static, [fact for _name, fact in told], rules)
        colour = shown_colour(static, found, rules)
        down = [change.sentence.to_json() for change in found.one_step_down.changes]
        before = "" if row is None else row.colour
        if row and (row.static, row.colour, row.facts, row.step_down) == (static, colour, stored, down):
            continue
        if row is None or before != colour:
            reasons = [reason.kind.key for reason in found.reasons]
            change = ColourChange(enterprise_id=key, at=now, before=before, after=colour, reasons=reasons)
            changes.append(change)
        since = now if row is None or before != colour else row.changed_at
        (made if row is None else changed).append(
            LiveColour(
                enterprise_id=key,
                static=static,
                colour=colour,
                facts=stored,
                step_down=down,
                computed_at=now,
                changed_at=since,
            )
        )
    LiveColour.objects.bulk_create(made, ignore_conflicts=True)
    LiveColour.objects.bulk_update(changed, WRITTEN, batch_size=100)
    ColourChange.objects.bulk_create(changes)
    return len(made) + len(changed)


def computed(static: str, facts: Sequence[Fact], rules: ColourRules) -> Computed:
    """Return the colour by the rules; what was never assessed ("") counts as blue, which is a fact too."""
    if not static:
        return live_colour(BLUE, [*facts, Fact(NOT_ASSESSED)], rules)
    return live_colour(BY_KEY[static], facts, rules)


def shown_colour(static: str, found: Computed, rules: ColourRules) -> str:
    """Return the colour to show: "" (未定级) with no static grade and no fact that gives a colour itself.

    A step above a grade needs a grade to step from, and a missing assessment is no colour.
    """
    if static or any(_gives(reason, rules) for reason in found.reasons):
        return found.grade.key
    return ""


def _gives(reason: Reason, rules: ColourRules) -> bool:
    own = rules.by_fact[reason.kind.key]
    return reason.kind.key != NOT_ASSESSED and any(
        rule.to == reason.grade and reason.count >= rule.at_least for rule in own
    )


def _kept(row: LiveColour, fresh: dict[str, Any]) -> list[tuple[str, Fact]]:
    """Return the facts of a row from those sources that are not asked again."""
    return [(one["source"], stored_fact(one)) for one in row.facts if one["source"] not in fresh]


def stored_fact(stored: dict[str, Any]) -> Fact:
    """Return a fact as a row keeps it."""
    return Fact(stored["key"], stored["count"], stored["sentence"], stored["link"])
