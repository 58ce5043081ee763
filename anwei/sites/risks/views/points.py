"""A risk point with its measures, who keeps it in check, its history; the form of LEC and LS."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from anwei.ledgers.beside import asides_of
from anwei.org.policy import person_of, signed_in
from anwei.org.register_rules import may_keep_registers
from anwei.sites.models import RiskPoint
from anwei.sites.risks.assessing import may_assess, method_of, rate_point
from anwei.sites.risks.points import LEVELS, lacks, measures_of, points_seen
from anwei.sites.risks.queries import history_of, waits
from anwei.sites.risks.signs import sign_of
from anwei.sites.risks.words import accident_words, factor_words, outdated
from anwei.standards.risk.control import control_rules
from anwei.standards.risk.methods import Choice
from anwei.standards.risk.rating import Rating, rate
from anwei.standards.sentences import Unassessable, decimal

RATED_BY = ("lec", "ls")


@signed_in
@require_GET
def risk_point(request: HttpRequest, pk: int) -> HttpResponse:
    """Show everything about one risk point."""
    person, now, point = person_of(request), timezone.now(), _point(request, pk)
    controls = {str(control.level): control for control in point.controls.select_related("post__unit")}
    context = {
        "point": point,
        "factor": factor_words(point.factor),
        "accidents": accident_words(point.accidents),
        "outdated": outdated(point.accidents),
        "measures": measures_of(point),
        "controls": [controls[level] for level in LEVELS if level in controls],
        "lacks": lacks(point),
        "rules": control_rules(),
        "history": (history := list(history_of(point))),
        "waiting": next((one for one in history if waits(one)), None),
        "may_assess": may_assess(person, point, now),
        "may_write": may_keep_registers(person),
        "sign": sign_of(point),
        "today": timezone.localdate(),
        "asides": asides_of(point, person, now),
    }
    return render(request, "sites/risks/point.html", context)


@signed_in
@require_http_methods(["GET", "POST"])
def risk_rate(request: HttpRequest, pk: int, method: str) -> HttpResponse:
    """Rate a risk point by LEC or LS; what is chosen so far shows its product and grade at once."""
    person, now, point = person_of(request), timezone.now(), _point(request, pk)
    if method not in RATED_BY:
        raise Http404
    if not may_assess(person, point, now):
        raise PermissionDenied(_("您现在的岗位不能评估这里的风险。"))
    chosen = method_of(method)
    given = request.POST if request.method == "POST" else request.GET
    values = {factor.symbol: given.get(factor.symbol, "") for factor in chosen.factors}
    if request.method == "POST":
        try:
            made = rate_point(point, method, values, actor=person, now=now)
        except Unassessable as error:
            return _form(request, point, method, values, error)
        messages.success(request, _("已提交，等监管部门的另一人复核；复核后成为风险点的等级。"))
        return redirect("risk_assessment", made.pk)
    return _form(request, point, method, values)


def _form(
    request: HttpRequest,
    point: RiskPoint,
    key: str,
    values: dict[str, str],
    refused: Unassessable | None = None,
) -> HttpResponse:
    chosen = method_of(key)
    rating: Rating | None = None
    if all(values.values()):
        try:
            rating = rate(chosen, values)
        except Unassessable as error:
            refused = error
    factors: list[tuple[Any, list[tuple[str, Choice, bool]]]] = [
        (
            factor,
            [
                (decimal(one.value), one, values[factor.symbol] == decimal(one.value))
                for one in factor.choices
            ],
        )
        for factor in chosen.factors
    ]
    bands = [(band.formula(chosen.symbol, chosen.bands.edge), band) for band in reversed(chosen.bands.rows)]
    context = {
        "point": point,
        "key": key,
        "other": next(one for one in RATED_BY if one != key),
        "method": chosen,
        "letters": " × ".join(factor.symbol for factor in chosen.factors),
        "factors": factors,
        "bands": bands,
        "rating": rating,
        "value": None if rating is None else decimal(rating.value),
        "refused": refused.sentence if refused else None,
    }
    status = 422 if refused and request.method == "POST" else 200  # a live answer must be drawn, not dropped
    return render(request, "sites/risks/rate.html", context, status=status)


def _point(request: HttpRequest, pk: int) -> RiskPoint:
    rows = points_seen(person_of(request)).select_related("site__unit", "site__enterprise__unit")
    return get_object_or_404(rows, pk=pk)
