"""The rules of the live colour: looked at, changed, tried on the last days, switched on with a reason."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from anwei.ledgers.models import Setting
from anwei.org.accounts.recent import recent
from anwei.org.policy import person_of, posts
from anwei.org.rights import ARRANGING, may_arrange_county, require
from anwei.sites.live.forms import candidate_of, rows_in, rows_of
from anwei.sites.live.rules import SETTING, rules_in_force, switch_on
from anwei.sites.live.trial import Differing
from anwei.sites.live.trying import give_up_lost_trials, start_trial
from anwei.sites.models import ColourTrial, Enterprise, Grade
from anwei.standards.risk.bands import Unusable
from anwei.standards.risk.live_rules import MOST_STEPS, fact_kinds, read_rules

N_RECENT = 5  # trials that the page leads back to


@posts(*ARRANGING)
@require_http_methods(["GET", "POST"])
@recent
def colour_rules(request: HttpRequest) -> HttpResponse:
    """Show rules and trials; try a set (`try`) or let one hold (`switch_on`, `reset` to the product's)."""
    person, now = person_of(request), timezone.now()
    require(may_arrange_county(person))
    give_up_lost_trials(now)
    current = rules_in_force()
    asked = request.GET.get("trial", "")
    shown = ColourTrial.objects.filter(pk=int(asked)).first() if re.fullmatch(r"[0-9]{1,9}", asked) else None
    problems: list[str] = []
    rows = rows_of(current)
    if shown is not None:
        try:
            rows = rows_of(read_rules(shown.candidate))
        except Unusable as fault:  # tried before the facts were what they are now
            problems = [problem.said(_) for problem in fault.problems]
    if request.method == "POST":
        problems, rows = [], rows_in(request.POST)
        candidate = {} if "reset" in request.POST else dict(candidate_of(rows))
        try:
            if "try" in request.POST:
                trial = start_trial(current, candidate, actor=person, now=now)
                return redirect(f"{reverse('colour_rules')}?trial={trial.pk}#trial")
            reason = request.POST.get("reason", "")
            switch_on(candidate, actor=person, now=now, reason=reason)
        except Unusable as fault:
            problems = [problem.said(_) for problem in fault.problems]
        except ValueError as fault:
            problems = [str(fault)]
        else:
            messages.success(request, _("已启用，并写入变更记录；各企业的颜色一分钟内按新规则重算。"))
            return redirect("colour_rules")
    context = {
        "rules": current,
        "rows": rows,
        "kinds": fact_kinds(),
        "effects": _effects(),
        "problems": problems,
        "shown": shown,
        "trial": _told(shown.result) if shown and shown.result else None,
        "recent": ColourTrial.objects.select_related("asked_by").defer("result")[:N_RECENT],
        "reason": request.POST.get("reason", ""),
        "setting": Setting.objects.filter(pk=SETTING).select_related("changed_by").first(),
    }
    return render(
        request,
        "sites/live/rules.html",
        context,
        status=422 if problems and request.method == "POST" else 200,
    )


def _effects() -> list[tuple[str, str]]:
    words = dict(Grade.choices)
    marks = {"red": _("红"), "orange": _("橙"), "yellow": _("黄")}
    to = [
        (f"to:{key}", _("升到%(colour)s（%(word)s）") % {"colour": mark, "word": words[key]})
        for key, mark in marks.items()
    ]
    by = [(f"by:{n}", _("比静态等级升 %(n)d 级") % {"n": n}) for n in range(1, MOST_STEPS + 1)]
    return to + by


def _told(result: dict[str, Any]) -> dict[str, Any]:
    colours = [*Grade.values, ""]
    names = Enterprise.objects.select_related("unit").in_bulk([key for key, *_rest in result["differing"]])
    return {
        "colours": colours,
        "days": [
            (date.fromisoformat(day), [(before.get(colour, 0), after.get(colour, 0)) for colour in colours])
            for day, before, after in result["days"]
        ],
        "n_differing": result["n_differing"],
        "differing": [
            (
                names[key],
                Differing(key, n_days, date.fromisoformat(last), before, after),
            )
            for key, n_days, last, before, after in result["differing"]
            if key in names
        ],
    }
