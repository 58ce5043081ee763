"""The risks of one enterprise on one page, and the form of 应急〔2018〕19号."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from anwei.org.policy import person_of, signed_in
from anwei.sites.models import Enterprise, Installation, LiveColour
from anwei.sites.risks.assessing import diagnose_enterprise, is_chemical, may_assess
from anwei.sites.risks.form19 import answers_in, groups
from anwei.sites.risks.levels_answered import contradicted
from anwei.sites.risks.points import points_seen
from anwei.sites.risks.queries import (
    RANK,
    history_of,
    installation_levels,
    standing_points,
    static_grade,
)
from anwei.sites.risks.signs import sign_of
from anwei.standards.risk.diagnosis import Diagnosis, diagnose
from anwei.standards.risk.diagnosis_table import table
from anwei.standards.sentences import Unassessable, rounded


@signed_in
@require_GET
def risk_enterprise(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the static grade of an enterprise and all that makes it."""
    person, now, enterprise = person_of(request), timezone.now(), _enterprise(request, pk)
    points = standing_points(points_seen(person).filter(site__enterprise=enterprise)).select_related("site")
    installations = list(Installation.objects.visible_to(person).filter(enterprise=enterprise))
    levels = installation_levels([one.pk for one in installations])
    context = {
        "enterprise": enterprise,
        "static": static_grade(enterprise),
        "live": LiveColour.objects.filter(enterprise=enterprise).first(),
        "points": sorted(points, key=lambda point: (RANK.get(point.grade, len(RANK)), point.pk)),
        "installations": [(one, one.pk in levels, levels.get(one.pk)) for one in installations],
        "history": history_of(enterprise),
        "may_assess": may_assess(person, enterprise, now),
        "is_chemical": is_chemical(enterprise),
        "sign": sign_of(enterprise),
        "today": timezone.localdate(),
    }
    return render(request, "sites/risks/enterprise.html", context)


@signed_in
@require_http_methods(["GET", "POST"])
def risk_diagnosis(request: HttpRequest, pk: int) -> HttpResponse:
    """Diagnose a chemical enterprise by 应急〔2018〕19号; score and colour show while it is filled in."""
    person, now, enterprise = person_of(request), timezone.now(), _enterprise(request, pk)
    if not is_chemical(enterprise):
        raise Http404
    if not may_assess(person, enterprise, now):
        raise PermissionDenied(_("您现在的岗位不能评估这里的风险。"))
    if request.method == "GET":
        return _form(request, enterprise, request.GET)
    try:
        made = diagnose_enterprise(enterprise, answers_in(request.POST), actor=person, now=now)
    except Unassessable as error:
        return _form(request, enterprise, request.POST, error)
    messages.success(request, _("已提交，等监管部门的另一人复核；复核后成为企业的静态等级。"))
    return redirect("risk_assessment", made.pk)


def _form(
    request: HttpRequest,
    enterprise: Enterprise,
    given: Mapping[str, str],
    refused: Unassessable | None = None,
) -> HttpResponse:
    found: Diagnosis | None = None
    try:
        found = diagnose(answers_in(given))
    except Unassessable as error:
        refused = error
    grouped = groups(given)
    anchors = {one.question.code: one.anchor for group in grouped for one in group.asked}
    context = {
        "enterprise": enterprise,
        "groups": grouped,
        "table": table(),
        "found": found,
        "score": None if found is None else rounded(found.score),
        "missing": [] if found is None else [(one, anchors[one.code]) for one in found.missing],
        "doubts": contradicted(enterprise, answers_in(given)),
        "refused": refused.sentence if refused else None,
    }
    status = 422 if refused and request.method == "POST" else 200  # a live answer must be drawn, not dropped
    return render(request, "sites/risks/diagnosis.html", context, status=status)


def _enterprise(request: HttpRequest, pk: int) -> Enterprise:
    rows = Enterprise.objects.visible_to(person_of(request)).select_related("unit")
    found: Enterprise = get_object_or_404(rows, pk=pk)
    return found
