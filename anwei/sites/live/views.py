"""The rules of the live colour: looked at, changed, tried on the last days, switched on with a reason."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from anwei.ledgers.models import Setting
from anwei.org.accounts.recent import recent
from anwei.org.policy import person_of, posts
from anwei.org.rights import ARRANGING, may_arrange_county, require
from anwei.sites.live.forms import candidate_of, rows_in, rows_of
from anwei.sites.live.rules import SETTING, rules_in_force, switch_on
from anwei.sites.live.trial import LookBack, look_back
from anwei.sites.models import Enterprise, Grade
from anwei.standards.risk.bands import Unusable
from anwei.standards.risk.live_rules import MOST_STEPS, fact_kinds, read_rules

N_SHOWN = 100  # of the enterprises that would differ


@posts(*ARRANGING)
@require_http_methods(["GET", "POST"])
@recent
def colour_rules(request: HttpRequest) -> HttpResponse:
    """Show the rules; try a candidate set (`try`) or switch it on (`switch_on`, `reset` to the product's)."""
    person, now = person_of(request), timezone.now()
    require(may_arrange_county(person))
    current = rules_in_force()
    rows, problems, trial = rows_of(current), [], None
    if request.method == "POST":
        rows = rows_in(request.POST)
        candidate = {} if "reset" in request.POST else dict(candidate_of(rows))
        try:
            if "try" in request.POST:
                trial = _told(look_back(current, read_rules(candidate), now))
            else:
                reason = request.POST.get("reason", "")
                switch_on(candidate, actor=person, now=now, reason=reason)
                messages.success(request, _("已启用，并写入变更记录；各企业的颜色一分钟内按新规则重算。"))
                return redirect("colour_rules")
        except Unusable as fault:
            problems = [problem.said(_) for problem in fault.problems]
        except ValueError as fault:
            problems = [str(fault)]
    context = {
        "rules": current,
        "rows": rows,
        "kinds": fact_kinds(),
        "effects": _effects(),
        "problems": problems,
        "trial": trial,
        "reason": request.POST.get("reason", ""),
        "setting": Setting.objects.filter(pk=SETTING).select_related("changed_by").first(),
    }
    return render(request, "sites/live/rules.html", context, status=422 if problems else 200)


def _effects() -> list[tuple[str, str]]:
    words = dict(Grade.choices)
    marks = {"red": _("红"), "orange": _("橙"), "yellow": _("黄")}
    to = [
        (f"to:{key}", _("升到%(colour)s（%(word)s）") % {"colour": mark, "word": words[key]})
        for key, mark in marks.items()
    ]
    by = [(f"by:{n}", _("比静态等级升 %(n)d 级") % {"n": n}) for n in range(1, MOST_STEPS + 1)]
    return to + by


def _told(found: LookBack) -> dict[str, Any]:
    colours = [*Grade.values, ""]
    shown = found.differing[:N_SHOWN]
    names = Enterprise.objects.select_related("unit").in_bulk([one.enterprise for one in shown])
    days = [(day.day, [(day.before[colour], day.after[colour]) for colour in colours]) for day in found.days]
    return {
        "colours": colours,
        "days": days,
        "n_differing": len(found.differing),
        "differing": [(names[one.enterprise], one) for one in shown],
    }
