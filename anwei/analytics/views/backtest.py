"""What the lists and warnings of the months gone by were worth."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Avg, Count, DurationField, ExpressionWrapper, F, Q, QuerySet
from django.db.models.functions import TruncMonth
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from anwei.analytics.backtesting import lost, start_backtest
from anwei.analytics.models import Backtest
from anwei.analytics.scoring import rules_in_force
from anwei.analytics.tables import harms_between
from anwei.cases.models.case import DRAFT
from anwei.cases.periods import month_after
from anwei.cases.today import door
from anwei.hazards.planning.bodies import require_official
from anwei.monitoring.models import Forecast, Warning
from anwei.org.holdings import day_of
from anwei.org.models import Person
from anwei.org.policy import person_of, signed_in
from anwei.org.scope import COUNTY_DIGITS, grants
from anwei.sites.features import harm_kinds
from anwei.sites.models import Enterprise

N_MONTHS = 12  # of warnings
VERDICTS = {"true": "true", "false": "false", "unknown": "unknown", "open": ""}


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def watch_backtest(request: HttpRequest) -> HttpResponse:
    """Show the newest backtest and how far a running one is; a POST begins another."""
    person, now = require_official(person_of(request), _("重点关注的回测")), timezone.now()
    if request.method == "POST":
        if not _is_of_a_county(person):
            raise PermissionDenied(_("回测算的是全县，由县级发起。"))
        try:
            start_backtest(actor=person, now=now)
            messages.success(request, _("已交后台回测，进度见本页。"))
        except ValueError as error:
            messages.error(request, str(error))
        return redirect("watch_backtest")
    done = Backtest.objects.filter(status=Backtest.Status.DONE).first()
    last = Backtest.objects.first()
    if last is not None and last.pk in lost(now):
        last.status = Backtest.Status.FAILED
    result = {} if done is None else done.result
    seen = set(Enterprise.objects.visible_to(person).values_list("pk", flat=True))
    context = {
        "done": done,
        "last": last,
        "may_look_back": _is_of_a_county(person),
        "result": result,
        "months": [_month(month, seen) for month in reversed(result.get("months", []))],
        "totals": _totals(result),
        "kinds": [
            (harm_kinds()[one["key"]], one) for one in result.get("kinds", []) if one["key"] in harm_kinds()
        ],
        "calibration": result.get("calibration", []),
        "colours": [{**one, "missed": one["n"] - one["events"]} for one in result.get("colours", [])],
        "harms": _("、").join(
            str(harm_kinds()[key].label) for key in result.get("harms", []) if key in harm_kinds()
        ),
        "is_enough": result.get("n_events", 0) >= result.get("fewest", 1),
        "warnings": warnings_worth(person, now),
        "forecasts": forecasts_worth(person, now),
    }
    return render(request, "watch/backtest.html", context)


def _is_of_a_county(person: Person) -> bool:
    """Say whether a person acts at a body of a whole county, be it for one sector."""
    return any(len(grant.territory) <= COUNTY_DIGITS for grant in grants(person))


def _totals(result: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Return the totals with their labels: points also of the months of the model alone, to compare both."""
    totals = dict(result.get("total", {}))
    model, beside = totals.get("model"), totals.get("beside")
    names = [("points", _("积分（基线）")), ("model", _("模型"))]
    if model and beside and totals["points"]["n_months"] != beside["n_months"]:
        names.insert(1, ("beside", _("积分，只算有模型的月份")))
    return [(label, totals[name]) for name, label in names if totals.get(name)]


def _month(month: dict[str, Any], seen: set[int]) -> dict[str, Any]:
    """Return a month with those that were missed whom the person sees, each by its enterprise."""
    missed = [one for one in month["missed"] if one[0] in seen]
    known = Enterprise.objects.select_related("unit").in_bulk([one[0] for one in missed])
    told = [
        {
            "enterprise": known[key],
            "place": place,
            "at": datetime.fromisoformat(at),
            "words": words,
            "address": address,
        }
        for key, place, at, words, address in missed
        if key in known
    ]
    return {**month, "day": date.fromisoformat(month["month"]), "told": told}


def warnings_worth(person: Person, now: datetime) -> list[dict[str, Any]]:
    """Return month by month what the warnings that people issued were worth: true, false, unknown, open.

    Beside what was said of each stands whether anything happened within the weeks after it was drafted.
    """
    rules = rules_in_force()
    span = timedelta(weeks=rules.figures["weeks"])
    since = now - timedelta(days=31 * N_MONTHS)
    rows: QuerySet[Any] = Warning.objects.visible_to(person).filter(rule=None, opened_at__gte=since)
    harms = harms_between(since, now, now, rules.harms)
    found: dict[date, dict[str, Any]] = {}
    for warning in rows.exclude(DRAFT).order_by("-opened_at"):
        month = day_of(warning.opened_at).replace(day=1)
        told = found.setdefault(
            month, {"month": month, "n": 0, "true": [], "false": [], "unknown": [], "open": [], "harmed": []}
        )
        told["n"] += 1
        told[_worth(warning)].append(warning)
        if _followed(warning, harms.get(warning.enterprise_id or 0, ()), span):
            told["harmed"].append(warning)
    return list(found.values())


def forecasts_worth(person: Person, now: datetime) -> list[dict[str, Any]]:
    """Return month by month what the early warnings of sensors were worth: as people found, as they went on.

    `lead` is the mean time from the finding to the limit of those that reached it.
    """
    rows: QuerySet[Any] = Forecast.objects.visible_to(person).filter(
        kind=Forecast.Kind.DRIFT, at__gte=now - timedelta(days=31 * N_MONTHS)
    )
    verdicts = {name: Count("pk", filter=Q(verdict=value)) for name, value in VERDICTS.items()}
    ahead = ExpressionWrapper(F("reached_at") - F("at"), output_field=DurationField())
    found = rows.order_by().annotate(month=TruncMonth("at")).values("month").order_by("-month")
    months = list(found.annotate(n=Count("pk"), reached=Count("reached_at"), lead=Avg(ahead), **verdicts))
    return [{**one, "rows": _rows_of(one["month"].date())} for one in months]


def _rows_of(month: date) -> str:
    """Return where the early warnings of a month are listed."""
    last = month_after(month) - timedelta(days=1)
    return door("forecasts", tab="history", kind="drift", since=f"{month}", until=f"{last}")


def _worth(warning: Warning) -> str:
    if warning.outcome == "false_alarm":
        return "false"
    if not warning.outcome:
        return "open"
    return "true" if warning.verdict == Warning.Verdict.TRUE else "unknown"


def _followed(warning: Warning, harms: Iterable[Any], span: timedelta) -> bool:
    return any(warning.opened_at < harm.at <= warning.opened_at + span for harm in harms)
