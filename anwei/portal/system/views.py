"""System pages of figures and words: what a county sets for itself, with source, reason and change log."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from anwei.ledgers.models import Change, Setting
from anwei.ledgers.services import change_setting, county_setting
from anwei.org.accounts.passwords import profile
from anwei.org.accounts.recent import recent
from anwei.org.models import Post
from anwei.org.policy import county_administrators, person_of
from anwei.portal.system.bands import LecBands, LsBands
from anwei.portal.system.clocks import Deadlines, Ladders, WarningClocks
from anwei.portal.system.enforcement import Powers, Publication, Remedies
from anwei.portal.system.figures import FigureSet, differences, figure_of, reset_figure, set_figure
from anwei.portal.system.freezing import FreezeDay
from anwei.portal.system.inspections import Inspections
from anwei.portal.system.letters import Sides
from anwei.portal.system.names import Issuers
from anwei.portal.system.provincial import ProvincialSheet
from anwei.portal.system.timetable import Timetable
from anwei.portal.worries import worries
from anwei.standards import papers as paper_texts
from anwei.standards.sectors import sectors
from anwei.standards.setpoints import setpoints

SETS: dict[str, FigureSet] = {
    one.code: one
    for one in (
        WarningClocks(),
        Deadlines(),
        Ladders(),
        Issuers(),
        Sides(),
        Timetable(),
        Powers(),
        Remedies(),
        Publication(),
        LecBands(),
        LsBands(),
        Inspections(),
        ProvincialSheet(),
        FreezeDay(),
    )
}
LOG_LINES = 20
SIGNS = {">=": "≥", "<=": "≤", ">": ">", "<": "<", "": ""}
LEVELS = {
    "limit": gettext_lazy("限值"),
    "high-high": gettext_lazy("高高限"),
    "high": gettext_lazy("高限"),
    "low": gettext_lazy("低限"),
    "low-low": gettext_lazy("低低限"),
    "first": gettext_lazy("一级报警"),
    "second": gettext_lazy("二级报警"),
    "alarm": gettext_lazy("报警"),
    "trip": gettext_lazy("断电"),
    "reset": gettext_lazy("复电"),
    "stop": gettext_lazy("停止作业"),
    "check": gettext_lazy("查明原因"),
    "seal": gettext_lazy("封闭"),
    "danger": gettext_lazy("处理积聚"),
    "major_hidden_danger": gettext_lazy("重大隐患"),
    "require": gettext_lazy("应当设置"),
    "site": gettext_lazy("按现场定"),
}


@county_administrators(Post.Kind.SYSTEM_ADMIN)
@require_GET
def system(request: HttpRequest) -> HttpResponse:
    """Show what there is to set and to check, and first what waits for the administrator."""
    asked = [worry for worry in worries({}, timezone.now()) if worry.administers]
    context = {"sets": SETS.values(), "worries": asked, "passwords": profile()}
    return render(request, "system/index.html", context)


@county_administrators(Post.Kind.SYSTEM_ADMIN)
@require_GET
def system_figures(request: HttpRequest, code: str) -> HttpResponse:
    """Show a set of figures: how each stands, its default and where that comes from, and what was changed."""
    return figures_page(request, _set(code), "system/figures.html")


@county_administrators(Post.Kind.SYSTEM_ADMIN)
@require_http_methods(["GET", "POST"])
@recent
def system_figure(request: HttpRequest, code: str, name: str) -> HttpResponse:
    """Set one figure, or let its default hold again; a reason is asked for either."""
    return figure_page(request, _set(code), name, "system/figure.html")


def figures_page(request: HttpRequest, figures: FigureSet, template: str, **more: object) -> HttpResponse:
    """Show the figures of a set with what was changed; the page of one lies beneath, by its name."""
    context = {
        "set": figures,
        "figures": figures.figures(county_setting(figures.key, {})),
        "setting": Setting.objects.filter(pk=figures.key).select_related("changed_by").first(),
        "changes": changes_of(figures.key, figures=figures),
        **more,
    }
    return render(request, template, context)


def figure_page(request: HttpRequest, figures: FigureSet, name: str, template: str) -> HttpResponse:
    """Show the form of one figure of a set; a POST sets it and leads back to all, which lie above."""
    row = figure_of(figures, name)
    if row is None:
        raise Http404
    error = ""
    if request.method == "POST":
        hand: dict[str, Any] = {
            "actor": person_of(request),
            "now": timezone.now(),
            "reason": request.POST.get("reason", ""),
        }
        try:
            if "reset" in request.POST:
                reset_figure(figures, name, **hand)
            else:
                set_figure(figures, name, request.POST, **hand)
        except ValueError as fault:
            error = str(fault)
        else:
            messages.success(request, _("已保存，并写入变更记录。"))
            return redirect(request.path.rstrip("/").rpartition("/")[0] + "/")
    context = {"set": figures, "figure": row, "error": error, "entered": request.POST}
    return render(request, template, context, status=422 if error else 200)


@county_administrators(Post.Kind.SYSTEM_ADMIN)
@require_GET
def system_templates(request: HttpRequest) -> HttpResponse:
    """Show the templates of papers."""
    own = set(
        Setting.objects.filter(pk__startswith=paper_texts.SETTING)
        .exclude(value={})
        .values_list("pk", flat=True)
    )
    rows = [(one, paper_texts.SETTING + key in own) for key, one in paper_texts.default_templates().items()]
    return render(request, "system/templates.html", {"rows": rows})


@county_administrators(Post.Kind.SYSTEM_ADMIN)
@require_http_methods(["GET", "POST"])
@recent
def system_template(request: HttpRequest, key: str) -> HttpResponse:
    """Word a template of papers for the county, or let the product's own wording hold again."""
    if key not in paper_texts.default_templates():
        raise Http404
    setting, error = paper_texts.SETTING + key, ""
    current = paper_texts.template(key, county_setting(setting, {}))
    worded = {"title": current.title, "body": current.body.strip()}
    if request.method == "POST":
        worded = {name: request.POST.get(name, "").replace("\r\n", "\n").strip() for name in worded}
        value = {} if "reset" in request.POST else worded
        try:
            paper_texts.template(key, value)
            change_setting(
                setting,
                value,
                default={},
                actor=person_of(request),
                now=timezone.now(),
                reason=request.POST.get("reason", ""),
            )
        except ValueError as fault:
            error = str(fault)
        else:
            messages.success(request, _("已保存，并写入变更记录。"))
            return redirect("system_template", key=key)
    context = {
        "template": current,
        "worded": worded,
        "gaps": [f"{{{label}}}" for label in current.fields.values()],
        "is_own": bool(county_setting(setting, {})),
        "error": error,
        "changes": changes_of(setting),
    }
    return render(request, "system/template.html", context, status=422 if error else 200)


@county_administrators(Post.Kind.SYSTEM_ADMIN)
@require_GET
def system_dictionaries(request: HttpRequest) -> HttpResponse:
    """Show the sectors with the names that sources use for them, and the set-points with their clauses."""
    named = [(row, [alias for alias in row.aliases if not alias.isascii()]) for row in sectors().values()]
    limits = [(row, LEVELS[row.level], SIGNS[row.op]) for row in setpoints().values()]
    context = {"sectors": named, "setpoints": limits}
    return render(request, "system/dictionaries.html", context)


def _set(code: str) -> FigureSet:
    if code not in SETS:
        raise Http404
    return SETS[code]


def changes_of(
    *keys: str, figures: FigureSet | None = None
) -> list[tuple[Change, list[tuple[str, str, str]]]]:
    """Return the newest changes of county settings, each with what it changed of `figures`, where given."""
    found = Change.objects.filter(register="ledgers.setting", row__in=keys).select_related("actor")
    return [
        (
            change,
            []
            if figures is None
            else differences(figures, change.content["before"], change.content["after"]),
        )
        for change in found.order_by("-pk")[:LOG_LINES]
    ]
