"""Looking back: what every month's list would have been worth, made with what was known then alone.

Each month's model learned only from months whose weeks were over before it; what happened in the weeks after
says whom the list caught. Shares stand on few events: each has its counts and its exact interval (Clopper and
Pearson, Biometrika 26 (1934) 404).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from anwei.analytics.colours import in_order
from anwei.analytics.learning import Learned, learn, training
from anwei.analytics.models import Backtest
from anwei.analytics.scoring import baseline, points_of, rules_in_force
from anwei.analytics.tables import Table, harmed_rows, harms_between, month_table, months_before
from anwei.analytics.weekly import placed
from anwei.methods.counts import share_interval
from anwei.org.holdings import day_of
from anwei.org.models import Person
from anwei.sites.features import Harm
from anwei.standards.watch import COLOURS, WatchRules

BINS = (0.0, 0.02, 0.05, 0.1, 0.2, 0.4, 1.0)  # of predicted probabilities
MANY_ROWS, SELDOM = 200_000, 3  # with so many rows a model is learned anew every so many months
MOST_MISSED = 30  # that are named, a month
LONGEST = timedelta(hours=6)  # after which a backtest without a task is given up
Progress = Callable[[int, int], None]

log = logging.getLogger("anwei.analytics")


def exact_interval(n: int, of: int) -> tuple[float, float]:
    """Return the exact interval of a share, to four decimals."""
    low, high = share_interval(n, of)
    return round(low, 4), round(high, 4)


def look_back(now: datetime, progress: Progress = lambda n_done, n_all: None) -> dict[str, Any]:
    """Return what the lists of all months that are over would have been worth, as JSON keeps it."""
    rules = rules_in_force()
    span = timedelta(weeks=rules.figures["weeks"])
    months = months_before(now, rules.figures["months"])
    tables: list[Table] = []
    found: list[dict[str, Any]] = []
    told = Told()
    learned: Learned | None = None
    events: set[tuple[int, datetime, str]] = set()  # weeks of neighbouring months overlap: each once
    for place, month in enumerate(months):
        table = month_table(month, now)
        tables.append(table)
        if table.at + span <= now and table.keys:
            rows = training(tables[:-1], rules, table.at)
            if learned is None or rows.n_rows <= MANY_ROWS or place % SELDOM == 0:
                learned = learn(rows, rules)
            kinds = {key: harms_between(table.at, table.at + span, now, (key,)) for key in rules.harms}
            found.append(_month(table, kinds, rules, learned, told))
            events |= {
                (harm.enterprise, harm.at, harm.address)
                for harms in kinds.values()
                for key in table.keys
                for harm in harms.get(key, ())
            }
        progress(place + 1, len(months))
    return {
        "weeks": rules.figures["weeks"],
        "top": rules.figures["top"],
        "fewest": rules.figures["fewest"],
        "harms": list(rules.harms),
        "months": found,
        "total": {
            "points": _total(found, "points"),
            "beside": _total([month for month in found if month["model"] is not None], "points"),
            "model": _total(found, "model"),
        },
        "kinds": [_kind(found, key) for key in rules.harms],
        "calibration": calibration_of(told.predicted),
        "colours": worth_of(told.coloured),
        "n_events": len(events),
    }


@dataclass
class Told:
    """What months said of each enterprise, probabilities and colours, with whether it was harmed after."""

    predicted: list[tuple[float, bool]] = field(default_factory=list)
    coloured: list[tuple[str, bool]] = field(default_factory=list)


def _month(
    table: Table,
    kinds: Mapping[str, dict[int, list[Harm]]],
    rules: WatchRules,
    learned: Learned | None,
    sums: Told,
) -> dict[str, Any]:
    """Return one month's list beside what happened, by kind, and add to `sums` what was said of each."""
    harms, last = _together(kinds.values()), table.at + timedelta(weeks=rules.figures["weeks"])
    harmed = harmed_rows(table, harms, last)
    n_top = max(1, round(len(table.keys) * rules.figures["top"] / 100))
    points = [points_of(found) for found in baseline(table, rules)]
    orders = {"points": in_order(points, None)}
    listed = placed(table, points, rules, learned)
    sums.coloured += zip(listed.levels, harmed, strict=True)
    if listed.probabilities is not None:
        orders["model"] = listed.order
        sums.predicted += zip(listed.probabilities, harmed, strict=True)
    told: dict[str, Any] = {
        "month": day_of(table.at).isoformat(),
        "n": len(table.keys),
        "n_harmed": sum(harmed),
        "n_top": n_top,
        "model": None,
        "method": "" if learned is None else learned.method,
    }
    for name, order in orders.items():
        told[name] = _caught(table, harms, order[:n_top], harmed)
    used = orders.get("model", orders["points"])
    places = {row: place for place, row in enumerate(used, 1)}
    missed = [row for row in used[n_top:] if harmed[row]]
    told["missed"] = [_missed(table, harms, row, places[row]) for row in missed[:MOST_MISSED]]
    told["n_missed"] = len(missed)
    told["kinds"] = {}
    for key, of_kind in kinds.items():
        rows = harmed_rows(table, of_kind, last)
        told["kinds"][key] = [sum(rows[row] for row in used[:n_top]), sum(rows)]
    return told


def _together(kinds: Iterable[Mapping[int, list[Harm]]]) -> dict[int, list[Harm]]:
    found: dict[int, list[Harm]] = {}
    for harms in kinds:
        for key, told in harms.items():
            found[key] = sorted([*found.get(key, ()), *told], key=lambda harm: harm.at)
    return found


def _kind(months: Sequence[dict[str, Any]], key: str) -> dict[str, Any]:
    """Return whom the lists caught of those to whom one kind of harm happened, all months together."""
    hits = sum(month["kinds"][key][0] for month in months)
    of = sum(month["kinds"][key][1] for month in months)
    low, high = exact_interval(hits, of)
    return {"key": key, "hits": hits, "of": of, "low": low, "high": high}


def _caught(
    table: Table, harms: dict[int, list[Harm]], top: Sequence[int], harmed: Sequence[bool]
) -> dict[str, Any]:
    hits = [row for row in top if harmed[row]]
    leads = [(_first(table, harms, row).at - table.at).days for row in hits]
    low, high = exact_interval(len(hits), sum(harmed))
    return {
        "hits": len(hits),
        "low": low,
        "high": high,
        "lead_days": round(median(leads)) if leads else None,
        "leads": leads,
    }


def _missed(table: Table, harms: dict[int, list[Harm]], row: int, place: int) -> list[Any]:
    harm = _first(table, harms, row)
    return [table.keys[row], place, harm.at.isoformat(), harm.words, harm.address]


def _first(table: Table, harms: dict[int, list[Harm]], row: int) -> Harm:
    return next(harm for harm in harms[table.keys[row]] if harm.at > table.at)


def _total(months: Sequence[dict[str, Any]], name: str) -> dict[str, Any] | None:
    """Return all months together, None where a method made no list."""
    told = [month for month in months if month[name] is not None]
    if not told:
        return None
    hits = sum(month[name]["hits"] for month in told)
    of = sum(month["n_harmed"] for month in told)
    low, high = exact_interval(hits, of)
    leads = [days for month in told for days in month[name]["leads"]]
    return {
        "hits": hits,
        "of": of,
        "low": low,
        "high": high,
        "n_months": len(told),
        "lead_days": round(median(leads)) if leads else None,
    }


def calibration_of(predicted: Sequence[tuple[float, bool]]) -> list[dict[str, Any]]:
    """Return for each span of predicted probabilities how many there were, their mean, what came of them."""
    found = []
    for first, last in pairwise(BINS):
        inside = [(p, event) for p, event in predicted if first <= p < last or (last == 1.0 and p == 1.0)]
        if not inside:
            continue
        events = sum(event for _p, event in inside)
        low, high = exact_interval(events, len(inside))
        found.append(
            {
                "first": first,
                "last": last,
                "n": len(inside),
                "mean": round(sum(p for p, _event in inside) / len(inside), 4),
                "events": events,
                "low": low,
                "high": high,
            }
        )
    return found


def worth_of(coloured: Sequence[tuple[str, bool]]) -> list[dict[str, Any]]:
    """Return for each colour, and for none, how many enterprises a month had it and how many were harmed."""
    found = []
    for key in (*COLOURS, ""):
        inside = [harmed for level, harmed in coloured if level == key]
        low, high = exact_interval(sum(inside), len(inside))
        found.append({"key": key, "n": len(inside), "events": sum(inside), "low": low, "high": high})
    return found


def start_backtest(*, actor: Person | None, now: datetime, at_once: bool = False) -> Backtest:
    """Begin to look back: in the background, or with `at_once` here. Raises ValueError while another runs."""
    Backtest.objects.filter(pk__in=lost(now)).update(status=Backtest.Status.FAILED)
    try:
        with transaction.atomic():
            made = Backtest.objects.create(asked_by=actor, asked_at=now)
    except IntegrityError as error:
        raise ValueError(_("上一次回测还没有算完，请等它算完再试。")) from error
    if at_once:
        run_backtest(made.pk)
        made.refresh_from_db()
    else:
        from anwei.analytics.tasks import backtest

        backtest.enqueue(made.pk)
    return made


def run_backtest(pk: int) -> None:
    """Compute a backtest as of when it was asked for, and keep what it gives; one that fails says so."""
    made, row = Backtest.objects.get(pk=pk), Backtest.objects.filter(pk=pk)
    try:
        result = look_back(made.asked_at, lambda n_done, n_all: _went(row, n_done, n_all))
    except Exception:
        row.update(status=Backtest.Status.FAILED)
        raise
    row.update(status=Backtest.Status.DONE, result=result)


def _went(row: Any, n_done: int, n_all: int) -> None:
    row.update(n_done=n_done, n_all=n_all)


def lost(now: datetime) -> list[int]:
    """Return the running backtests that nobody computes any more: their task or their process ended."""
    from anwei.analytics.tasks import backtest

    running = dict(Backtest.objects.filter(status="running").values_list("pk", "asked_at"))
    if not running:
        return []
    tasks = DBTaskResult.objects.filter(task_path=backtest.module_path)
    state = {told["args"][0]: status for told, status in tasks.values_list("args_kwargs", "status")}
    ended = (TaskResultStatus.FAILED, TaskResultStatus.SUCCESSFUL)
    return [
        pk
        for pk, asked_at in running.items()
        if (state[pk] in ended if pk in state else now - asked_at > LONGEST)
    ]
