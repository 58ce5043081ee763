"""Early warnings in words, and what their method was worth on a tag's own past."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from anwei.ledgers.lengths import MINUTE, duration_words
from anwei.methods.drift import REMEMBERED
from anwei.methods.sensor import Facts
from anwei.monitoring.bus import StoreAway, doors
from anwei.monitoring.columns import moment
from anwei.monitoring.detect.words import DriftFacts, of_drift, of_sensor, span
from anwei.monitoring.models import AlarmRule, Forecast, Severity, Tag
from anwei.monitoring.reading import clock
from anwei.org.models import Person
from anwei.sites.colour import gravity

LIVE = Q(ended_at__isnull=True)
LIKELY = 0.5  # of what is put on a desk: a tag whose own past bears out less asks nobody
_RULES = AlarmRule.objects.filter(tag=OuterRef("tag"), kind=OuterRef("limit_kind"), enabled=True)
FEW_CROSSINGS = 3  # with fewer nothing is said of what can be foretold
UNFORESEEABLE = 0.3  # share of crossings foretold below which the tag is called so
RELATED = ("tag", "device", "enterprise__unit", "site", "verdict_by")
GRAVE = (Severity.RED, Severity.ORANGE)


@dataclass(frozen=True)
class Backtest:
    """What the method was worth at one limit."""

    label: str
    limit: float
    crossings: int
    foretold: int
    lead: float | None  # minutes in the mean, None without one foretold
    false: int
    sentence: str


@dataclass(frozen=True)
class Foresight:
    """What is known of a tag: rows learned and missing, score now, backtest a limit, false ones a day."""

    rows: int
    missing: int
    every: str  # length of time between two readings, empty while it is not known
    wait: str  # for the missing ones
    important: bool
    days: float
    score: float | None
    limits: Sequence[Backtest]
    n_false: int
    false_a_day: float | None  # None with less than a day


def foresight_of(tag: Tag) -> Foresight | None:
    """Return what the process `detect` knows of a tag with people's verdicts; None where it is not watched.

    Raises StoreAway when it does not answer.
    """
    state = doors().sensor(tag.number)
    if state is None:
        return None
    told_false = Forecast.objects.filter(tag=tag, verdict=Forecast.Verdict.FALSE)
    n_false = sum(limit["false"] for limit in state["limits"])
    n_false += told_false.exclude(outcome=Forecast.Outcome.NOT_REACHED).count()
    days, spacing = float(state["days"]), float(state["spacing"])
    return Foresight(
        rows=state["rows"],
        missing=state["missing"],
        every=span(spacing, _) if spacing else "",
        wait=span(spacing * state["missing"], _) if spacing else "",
        important=state["important"],
        days=days,
        score=state["score"][-1] if state["score"] and not state["missing"] else None,
        limits=[_backtest(limit) for limit in state["limits"]],
        n_false=n_false,
        false_a_day=n_false / days if days >= 1 else None,
    )


def try_foresight(tag: Tag) -> tuple[Foresight | None, bool]:
    """Return what is known of a tag, and whether the process did not answer."""
    try:
        return foresight_of(tag), False
    except StoreAway:
        return None, True


def forecasts_of(person: Person) -> QuerySet[Forecast]:
    """Return the early warnings a person may see with all that a row shows, newest first."""
    rows: QuerySet[Forecast] = Forecast.objects.visible_to(person)
    return rows.select_related(*RELATED)


def by_gravity(rows: QuerySet[Forecast]) -> QuerySet[Any]:
    """Return early warnings with the `colour` of their limit's rule, gravest and nearest first."""
    coloured = rows.annotate(colour=Subquery(_RULES.values("severity")[:1]))
    return coloured.annotate(gravity=gravity("colour")).order_by("gravity", "expected_at", "-at", "pk")


def pressing(person: Person) -> QuerySet[Any]:
    """Return the live ones that somebody must hear of, as `by_gravity` orders them.

    Those are drifts to a limit whose rule is red or orange or opens a warning by itself, where the tag's own
    past bears out at least LIKELY of what was foretold.
    """
    told = _RULES.filter(Q(severity__in=GRAVE) | Q(opens_warning=True))
    seen = Forecast.objects.visible_to(person).filter(LIVE, kind=Forecast.Kind.DRIFT)
    return by_gravity(seen.filter(Exists(told), probability__gte=LIKELY).select_related(*RELATED))


def reason(forecast: Forecast, now: datetime | None = None) -> str:
    """Return why it was given, in the reader's language: minutes and the clock, what is left from `now`."""
    facts = forecast.facts.get("facts", {})
    if forecast.kind != Forecast.Kind.DRIFT:
        return of_sensor(Facts(**facts), _, forecast.facts.get("spacing", 0.0))
    if "lasted" in facts:
        told = of_drift(DriftFacts(**facts), _)
    else:  # of an earlier form: in rows, however far apart they were
        told = _("按走势将达到限值 %(limit)g，发现时 %(value)g") % facts
    return told + _when(forecast, now or timezone.now())


def _when(forecast: Forecast, now: datetime) -> str:
    """Return when it was found and when the limit is expected, and of a live one how long it is till then."""
    expected, earliest, latest = forecast.expected_at, forecast.earliest_at, forecast.latest_at
    if expected is None or earliest is None or latest is None:
        return ""
    told = _("；%(at)s 发现，预计 %(expected)s（%(earliest)s 至 %(latest)s）") % {
        "at": clock(forecast.last_at),
        "expected": clock(expected),
        "earliest": clock(earliest),
        "latest": clock(latest),
    }
    if forecast.ended_at is not None:
        return told
    left = (expected - now).total_seconds()
    if left < MINUTE:
        return told + _("，预计时间已过")
    return told + _("，还有 %(left)s") % {"left": duration_words(left)}


def looked_ahead(forecast: Forecast) -> str:
    """Return how far was looked ahead, empty where it is not known."""
    ahead = forecast.facts.get("facts", {}).get("ahead")
    return span(ahead, _) if ahead else ""


def bounds(forecast: Forecast) -> str:
    """Return what bounds its probability, with counts: what became of this limit's own warnings till then."""
    past = forecast.facts.get("backtest", {})
    if "most" not in past:
        return ""
    told = {
        "days": REMEMBERED, "true": past["lately_true"], "false": past["lately_false"],
        "most": f"{past['most']:.0%}",
    }  # fmt: skip
    if not past["lately_true"] + past["lately_false"]:
        return _("这个限值近 %(days)d 天还没有可检验的预警，样本不足，最多算 %(most)s") % told
    return (
        _("这个限值近 %(days)d 天的走势（含未提示的）应验 %(true)d 次、落空 %(false)d 次，最多算 %(most)s")
        % told
    )


def similar(forecast: Forecast) -> list[dict[str, Any]]:
    """Return the earlier courses alike: when they ended, how far they went in the time looked ahead."""
    return [one | {"at": moment(one["at"])} for one in forecast.facts.get("similar", [])]


def _backtest(limit: dict[str, Any]) -> Backtest:
    foretold, crossings = limit["foretold"], limit["crossings"]
    return Backtest(
        label=str(AlarmRule.Kind(limit["kind"]).label),
        limit=limit["limit"],
        crossings=crossings,
        foretold=foretold,
        lead=limit["lead"] / foretold if foretold else None,
        false=limit["false"],
        sentence=_sentence(crossings, foretold, silent=limit["silent"]),
    )


def _sentence(crossings: int, foretold: int, *, silent: bool) -> str:
    if silent:
        return _("近 %(days)d 天多次落空，已不再提示") % {"days": REMEMBERED}
    if not crossings:
        return _("还没有越过限值，无从检验")
    if crossings < FEW_CROSSINGS:
        return _("越限次数太少，样本不足")
    if foretold / crossings < UNFORESEEABLE:
        return _("不可预测：多是突然越过")
    return _("缓慢升降时可以预见")
