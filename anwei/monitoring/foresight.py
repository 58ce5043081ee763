"""Early warnings in words, and what their method was worth on a tag's own past."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from anwei.methods.sensor import Facts
from anwei.monitoring.bus import StoreAway, doors
from anwei.monitoring.columns import moment
from anwei.monitoring.detect.words import DriftFacts, of_drift, of_sensor
from anwei.monitoring.models import AlarmRule, Forecast, Tag
from anwei.org.models import Person

LIVE = Q(ended_at__isnull=True)
GRAVE = Q(kind=Forecast.Kind.DRIFT, limit_kind__in=(AlarmRule.Kind.HH, AlarmRule.Kind.LL))
FEW_CROSSINGS = 3  # with fewer nothing is said of what can be foretold
UNFORESEEABLE = 0.3  # share of crossings foretold below which the tag is called so
SILENCED = 3  # false warnings of the last ten days after which it is said that the method has grown strict
RELATED = ("tag", "device", "enterprise__unit", "site", "verdict_by")


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
    days = float(state["days"])
    return Foresight(
        rows=state["rows"],
        missing=state["missing"],
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


def reason(forecast: Forecast) -> str:
    """Return why it was given, in the reader's language."""
    facts = forecast.facts.get("facts", {})
    if forecast.kind == Forecast.Kind.DRIFT:
        return of_drift(DriftFacts(**facts), _)
    return of_sensor(Facts(**facts), _)


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
        sentence=_sentence(crossings, foretold, limit["lately_false"]),
    )


def _sentence(crossings: int, foretold: int, lately_false: int) -> str:
    if lately_false >= SILENCED:
        return _("近十天多次落空，已自动收紧，可能不再提示")
    if not crossings:
        return _("还没有越过限值，无从检验")
    if crossings < FEW_CROSSINGS:
        return _("越限次数太少，样本不足")
    if foretold / crossings < UNFORESEEABLE:
        return _("不可预测：多是突然越过")
    return _("缓慢升降时可以预见")
