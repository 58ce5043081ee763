"""建议抽查: what to look at again, the sample by lot, what was seen; for the committee's office alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anwei.cases.errors import CaseError, NotYourTurn, RefusedEvidence
from anwei.hazards.models import Hazard, RecheckDraw, RecheckItem
from anwei.hazards.services.draws import fresh_seed
from anwei.hazards.signals.forms import DrawForm, LookForm
from anwei.hazards.signals.office import for_the_office
from anwei.hazards.signals.sampling import borne_out, draw, drawn, population_of, record
from anwei.hazards.signals.sentences import FAMILIES, numbers_of, sentence
from anwei.hazards.signals.suggestions import WINDOW, Subject, newest
from anwei.hazards.tasks import compute_signals
from anwei.ledgers.export import download
from anwei.ledgers.listing import ClampedPaginator
from anwei.ledgers.release import Leaving, NotExported, release
from anwei.org.models import Person
from anwei.org.policy import person_of
from anwei.org.responsibility import Vacant
from anwei.sites.models import Enterprise

A_PAGE = 30
SHOWN_DRAWS = 12


@for_the_office
@require_GET
def hazard_recheck(request: HttpRequest) -> HttpResponse:
    """Show what is suggested, what was drawn, and how often a suggestion was borne out."""
    return _page(request, DrawForm())


@for_the_office
@require_POST
def hazard_recheck_compute(request: HttpRequest) -> HttpResponse:
    """Let the background compute what is suggested."""
    compute_signals.enqueue()
    messages.success(request, _("已交后台重新计算，一般几分钟内完成，刷新本页可见。"))
    return redirect("hazard_recheck")


@for_the_office
@require_POST
def hazard_recheck_draw(request: HttpRequest) -> HttpResponse:
    """Draw a sample."""
    form, report = DrawForm(request.POST), newest()
    if form.is_valid() and report is not None:
        try:
            told = dict(form.cleaned_data)
            seed = fresh_seed(told.pop("public_number"))
            made = draw(report, actor=person_of(request), now=timezone.now(), seed=seed, **told)
        except (CaseError, NotYourTurn) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("已抽取，名单如下；逐件到现场看过后登记结果。"))
            return redirect("hazard_recheck_list", pk=made.pk)
    return _page(request, form)


@for_the_office
@require_GET
def hazard_recheck_list(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a drawn sample with its reasons and results; `?form=xlsx` or `csv` gives it out."""
    person = person_of(request)
    made = get_object_or_404(RecheckDraw.objects.select_related("drawn_by"), pk=pk)
    rows = _told(_visible(made.items.all(), person))
    if (form := request.GET.get("form", "")) in ("xlsx", "csv"):
        leaving = Leaving("hazards.recheck", len(rows), person, timezone.now(), query=made.seed)
        try:
            release(leaving, form)
        except NotExported as error:
            raise PermissionDenied(str(error)) from error
        return download(_("抽查名单"), form, _lines(rows), leaving.watermark)
    keys = [f"{'hazard' if row['item'].hazard_id else 'enterprise'}:{row['about'].pk}" for row in rows]
    context = {
        "draw": made,
        "rows": rows,
        "agrees": keys == drawn(made),
        "n_population": len(made.population),
    }
    return render(request, "hazards/recheck/list.html", context)


@for_the_office
@require_http_methods(["GET", "HEAD", "POST"])
def hazard_recheck_item(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down what was seen of one drawn item; earlier looks stay."""
    person = person_of(request)
    rows = _visible(RecheckItem.objects.select_related("draw"), person)
    item = get_object_or_404(rows, pk=pk)
    form = LookForm(request.POST, request.FILES) if request.method == "POST" else LookForm()
    if form.is_bound and form.is_valid():
        try:
            made = record(item, form.look(), actor=person, now=timezone.now())
        except (CaseError, NotYourTurn, RefusedEvidence, Vacant) as error:
            form.add_error(None, str(error))
        else:
            words = _("已记录：%(outcome)s。") % {"outcome": made.get_outcome_display()}
            if made.hazard is not None:
                words = _("已记录：不符。已登记隐患%(number)s，由“%(post)s”核实定级。") % {
                    "number": made.hazard.number,
                    "post": made.hazard.supervisor,
                }
            messages.success(request, words)
            return redirect("hazard_recheck_list", pk=item.draw_id)
    looks = item.rechecks.select_related("by", "hazard", "document")
    context = {"row": _told([item])[0], "form": form, "looks": looks}
    return render(request, "hazards/recheck/item.html", context, status=422 if form.errors else 200)


def _page(request: HttpRequest, form: DrawForm) -> HttpResponse:
    person, report = person_of(request), newest()
    context: dict[str, Any] = {
        "form": form,
        "report": report,
        **_draws(request.GET.get("draws", "1")),
        "borne": [(FAMILIES.get(one.family), one) for one in borne_out()],  # type: ignore[call-overload]
        "days": WINDOW.days,
    }
    if report is not None:
        content = report.content
        hazards, enterprises, inspectors = (
            ClampedPaginator(content[name], A_PAGE).get_page(request.GET.get(asked, "1"))
            for name, asked in (("hazards", "page"), ("enterprises", "firms"), ("inspectors", "people"))
        )
        everybody = [*hazards, *enterprises, *inspectors]
        numbers = numbers_of(signal for one in everybody for signal in one["signals"])
        context |= {
            "content": content,
            "page": hazards,
            "enterprises_page": enterprises,
            "inspectors_page": inspectors,
            "n_population": len(population_of(report)),
            "hazards": _subjects(
                hazards, Hazard.objects.visible_to(person).select_related("enterprise__unit", "site"), numbers
            ),
            "enterprises": _subjects(
                enterprises,
                Enterprise.objects.visible_to(person).select_related("unit"),
                numbers,
            ),
            "inspectors": _subjects(inspectors, Person.objects.all(), numbers),
        }
    return render(request, "hazards/recheck/page.html", context, status=422 if form.errors else 200)


def _draws(asked: str) -> dict[str, Any]:
    """Return a page of the draws, the newest first, each with how many of its items were looked at."""
    draws = RecheckDraw.objects.prefetch_related("items__rechecks")
    page = ClampedPaginator(draws, SHOWN_DRAWS).get_page(asked)
    told = [(made, list(made.items.all())) for made in page]
    lines = [(made, sum(bool(item.rechecks.all()) for item in items), len(items)) for made, items in told]
    return {"draws": lines, "draws_page": page}


def _subjects(
    told: Iterable[Subject], rows: QuerySet[Any], numbers: dict[int, str]
) -> list[tuple[Model, list[str]]]:
    """Return the rows that are there, each with its reasons in words, in the order of what is told."""
    chosen = list(told)
    known = rows.in_bulk([one["key"] for one in chosen])
    return [
        (known[one["key"]], [sentence(signal, numbers) for signal in one["signals"]])
        for one in chosen
        if one["key"] in known
    ]


def _visible(items: QuerySet[RecheckItem], person: Person) -> QuerySet[RecheckItem]:
    hazards = Hazard.objects.visible_to(person).order_by().values("pk")
    enterprises = Enterprise.objects.visible_to(person).order_by().values("pk")
    seen = items.filter(hazard__in=hazards) | items.filter(enterprise__in=enterprises)
    seen = seen.select_related("hazard__enterprise__unit", "hazard__site", "enterprise__unit")
    return seen.prefetch_related("rechecks__by", "rechecks__hazard").order_by("draw", "place")


def _told(items: Iterable[RecheckItem]) -> list[dict[str, Any]]:
    rows = list(items)
    numbers = numbers_of(signal for item in rows for signal in item.signals)
    return [
        {
            "item": item,
            "about": item.hazard or item.enterprise,
            "reasons": [sentence(signal, numbers) for signal in item.signals],
            "last": next(reversed(item.rechecks.all()), None),
        }
        for item in rows
    ]


def _lines(rows: Sequence[dict[str, Any]]) -> list[list[Any]]:
    heading = [
        _("序号"),
        _("对象"),
        _("企业或地点"),
        _("建议抽查的理由"),
        _("抽查结果"),
        _("抽查时间"),
        _("抽查情况"),
    ]
    return [
        heading,
        *(
            [
                row["item"].place,
                str(row["about"]),
                str(
                    row["about"]
                    if row["item"].enterprise
                    else row["about"].enterprise or row["about"].site or ""
                ),
                " ".join(row["reasons"]) or _("随机对照"),
                row["last"].get_outcome_display() if row["last"] else "",
                row["last"].at if row["last"] else None,
                row["last"].note if row["last"] else "",
            ]
            for row in rows
        ),
    ]
