"""Early warnings: written from the findings of the process `detect` exactly once, judged by people."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from math import isfinite
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from anwei.ledgers.services import record_change
from anwei.monitoring.columns import moment
from anwei.monitoring.models import AlarmRule, Forecast, Position, Tag
from anwei.monitoring.services.authority import REGISTRARS, WATCH, check_authority
from anwei.monitoring.services.errors import MonitoringError
from anwei.monitoring.services.positions import FINDINGS, bump_register
from anwei.org.holdings import posts_of
from anwei.org.models import PUBLIC_BODIES, Person

FORECAST_REGISTER = "monitoring.forecast"
FRESH = timedelta(hours=6)  # what is older when it is read was found while the past was learned
ANOMALY_LASTS = timedelta(hours=2)
CLOSED_WITHIN = timedelta(minutes=2)  # a row after its minute: so long the limit may yet have been reached
GRAVER = (AlarmRule.Kind.HH, AlarmRule.Kind.LL)
REASON_LENGTH = 200

log = logging.getLogger("anwei.monitoring")

Finding = dict[str, Any]  # as anwei.monitoring.detect.watch gives it


@transaction.atomic
def record_findings(findings: Sequence[tuple[int, Finding]], *, now: datetime) -> list[Forecast]:
    """Write numbered findings with the position in one transaction; return new and changed rows.

    Findings up to the stored position are passed over. A tag has one live row: a further finding of a drift
    brings it up to date, a further anomaly is counted, a drift takes the place of an anomaly and one towards
    a graver limit that of another, which ends and is judged by itself.

    Raises ValueError for a finding whose score is no number.
    """
    position, _created = Position.objects.select_for_update().get_or_create(name=FINDINGS)
    fresh = [one for sequence, one in findings if sequence > position.value]
    if not fresh:
        return []
    tags = _tags(one["tag"] for one in fresh)
    touched: dict[int, Forecast] = {}
    for one in fresh:
        tag = tags.get(one["tag"])
        if tag is None:
            log.error("finding of tag %s passed over: the register has no such tag", one["tag"])
            continue
        rows = _judged(one, now) if one["kind"] == "judged" else _found(one, tag, now)
        touched |= {row.pk: row for row in rows}
    position.value = findings[-1][0]
    position.save(update_fields=["value"])
    return [touched[pk] for pk in sorted(touched)]


@transaction.atomic
def end_past(now: datetime) -> int:
    """End the rows whose time is over; return how many.

    A drift that has not come by its own latest time has not come: the limit was not reached. Should it be
    reached after all, the finding that says so has the last word.
    """
    past = Forecast.objects.filter(ended_at__isnull=True, valid_until__lt=now)
    past.filter(kind=Forecast.Kind.DRIFT, outcome="").update(outcome=Forecast.Outcome.NOT_REACHED)
    return past.update(ended_at=now)


@transaction.atomic
def give_verdict(
    forecast: Forecast, *, actor: Person, now: datetime, verdict: str, reason: str = ""
) -> Forecast:
    """Record what a person says of an early warning; a later verdict takes the place of an earlier one.

    A false one ends at once and counts in the tag's backtest. Raises NotAllowed for a post that does not
    watch or a row out of scope, MonitoringError without a verdict or, of a false one, without a reason, and
    for who is of no public body where one has judged.
    """
    check_authority(actor, WATCH, forecast, now)
    reason = reason.strip()
    if verdict not in Forecast.Verdict.values:
        raise MonitoringError(_("请选择属实、误报或无法判断。"))
    if verdict == Forecast.Verdict.FALSE and not reason:
        raise MonitoringError(_("请写明为什么是误报。"))
    if len(reason) > REASON_LENGTH:
        raise MonitoringError(_("反馈说明最长 200 字。"))
    forecast = Forecast.objects.select_for_update().get(pk=forecast.pk)
    if _is_official(forecast.verdict_by, now) and not _is_official(actor, now):
        raise MonitoringError(_("监管部门已经核实，企业不能改。"))
    forecast.verdict, forecast.verdict_reason = verdict, reason
    forecast.verdict_by, forecast.verdict_at = actor, now
    if verdict == Forecast.Verdict.FALSE and forecast.ended_at is None:
        forecast.ended_at = now
    forecast.save(update_fields=["verdict", "verdict_reason", "verdict_by", "verdict_at", "ended_at"])
    content = {"verdict": verdict, "reason": reason}
    record_change(FORECAST_REGISTER, forecast.pk, actor=actor, now=now, verb="judge", content=content)
    return forecast


@transaction.atomic
def mark_important(tag: Tag, *, actor: Person | None, now: datetime, important: bool) -> Tag:
    """Say whether the early warning shall look back far at a tag. Raises NotAllowed."""
    check_authority(actor, REGISTRARS, tag, now)
    tag = Tag.objects.select_for_update().get(pk=tag.pk)
    if tag.important == important:
        return tag
    tag.important = important
    tag.save(update_fields=["important"])
    content = {"important": important}
    record_change("monitoring.tag", tag.pk, actor=actor, now=now, verb="mark", content=content)
    bump_register()
    return tag


def _is_official(person: Person | None, now: datetime) -> bool:
    return person is not None and posts_of(person, now).filter(unit__kind__in=PUBLIC_BODIES).exists()


def _tags(numbers: Iterable[int]) -> dict[int, Tag]:
    related = ("device__enterprise__unit", "device__site")
    return Tag.objects.select_related(*related).in_bulk(set(numbers))


def _found(one: Finding, tag: Tag, now: datetime) -> list[Forecast]:
    at = moment(one["at"])
    if now - at > FRESH:
        return []
    live = Forecast.objects.select_for_update().filter(tag=tag, ended_at__isnull=True).first()
    touched = []
    if live is not None and (live.valid_until < at or _gives_way(live, one)):
        live.ended_at = min(now, live.valid_until)
        if live.kind == Forecast.Kind.DRIFT and live.valid_until < at:
            live.outcome = live.outcome or Forecast.Outcome.NOT_REACHED
        live.save(update_fields=["ended_at", "outcome"])
        touched, live = [live], None
    if live is None:
        row = _row(one, tag, at, now)
        row.ended_at = now if _is_over(row, now) else None
        made, is_new = Forecast.objects.get_or_create(
            tag=tag, kind=row.kind, limit_kind=row.limit_kind, at=at, defaults=_values(row)
        )
        return [*touched, made] if is_new else touched
    live.repeats += 1
    live.last_at = max(live.last_at, at)
    told: list[str] = []
    if (one["kind"], one["key"]) == (live.kind, live.limit_kind):
        newer = _row(one, tag, at, now)
        told += _OF_THE_LAST if live.kind == Forecast.Kind.DRIFT else ("valid_until",)
        for name in told:
            setattr(live, name, getattr(newer, name))
        if _is_over(live, now):
            live.ended_at = now
            told.append("ended_at")
    live.save(update_fields=["repeats", "last_at", *told])  # what people say of it is theirs
    return [live]


def _is_over(row: Forecast, now: datetime) -> bool:
    """Say whether what is written only now, by a process that is late, is no news any more."""
    return row.valid_until < now


def _gives_way(live: Forecast, one: Finding) -> bool:
    """Say whether a finding takes the place of the live row, which keeps what becomes of its own limit."""
    if one["kind"] != Forecast.Kind.DRIFT:
        return False
    return live.kind == Forecast.Kind.ANOMALY or (one["key"] in GRAVER and one["key"] != live.limit_kind)


def _row(one: Finding, tag: Tag, at: datetime, now: datetime) -> Forecast:
    device = tag.device
    drift = one["kind"] == Forecast.Kind.DRIFT
    if not isfinite(one["score"]):  # one database keeps such a number, the other takes it for none
        raise ValueError(f"the score of a finding is no number: {one['score']}")
    return Forecast(
        tag=tag,
        device=device,
        enterprise=device.enterprise,
        site=device.site,
        territory=device.enterprise.unit.territory,
        sector=device.enterprise.sector,
        kind=one["kind"],
        limit_kind=one["key"] if drift else "",
        limit=one["limit"] if drift else None,
        at=at,
        last_at=at,
        value=one["value"],
        score=one["score"],
        expected_at=moment(one["expected_at"]) if drift else None,
        earliest_at=moment(one["earliest_at"]) if drift else None,
        latest_at=moment(one["latest_at"]) if drift else None,
        probability=one["probability"] if drift else None,
        facts={name: one[name] for name in _KEPT if name in one},
        valid_until=_valid_until(one, at),
        recorded_at=now,
    )


def _values(row: Forecast) -> dict[str, Any]:
    return {
        field.name: getattr(row, field.name) for field in Forecast._meta.concrete_fields if field.name != "id"
    }


def _valid_until(one: Finding, at: datetime) -> datetime:
    """Return until when a finding is news: a drift up to its latest time, an anomaly two hours."""
    if one["kind"] == Forecast.Kind.ANOMALY:
        return at + ANOMALY_LASTS
    return moment(one["latest_at"]) + CLOSED_WITHIN


def _judged(one: Finding, now: datetime) -> list[Forecast]:
    """Note what the sensor did after a warning: the limit was reached, or its time passed.

    Of a live one that was found again since, only what became of the last finding says that the limit was
    not reached.
    """
    at = moment(one["at"])
    row = (
        Forecast.objects.select_for_update()
        .filter(tag=one["tag"], kind=Forecast.Kind.DRIFT, at__lte=at, last_at__gte=at)
        .filter(limit_kind=one["key"])
        .first()
    )
    if row is None or row.outcome == Forecast.Outcome.REACHED:
        return []
    if not one["reached_at"] and row.ended_at is None and at < row.last_at:
        return []
    if one["reached_at"]:
        row.outcome, row.reached_at = Forecast.Outcome.REACHED, moment(one["reached_at"])
        row.ended_at = row.ended_at or row.reached_at
    else:
        row.outcome, row.ended_at = Forecast.Outcome.NOT_REACHED, row.ended_at or now
    row.save(update_fields=["outcome", "reached_at", "ended_at"])
    return [row]


_KEPT = ("facts", "parts", "similar", "backtest", "rows", "spacing")
_OF_THE_LAST = (
    "limit",
    "value",
    "score",
    "expected_at",
    "earliest_at",
    "latest_at",
    "probability",
    "facts",
    "valid_until",
)
