"""Enterprises: the list with state colours, the file of one (一企一档) on screen and paper, its places."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from anwei.ledgers.beside import asides_of
from anwei.ledgers.children import children_of
from anwei.ledgers.declaration import ledgers
from anwei.ledgers.export import attachment
from anwei.ledgers.listing import Listing, number_in
from anwei.ledgers.outgoing import MEDIA_TYPES
from anwei.ledgers.release import NeedsReason, NotExported
from anwei.org.models import Person
from anwei.org.policy import person_of, signed_in
from anwei.sites.colour import COLOUR_CHOICES, colour_counts
from anwei.sites.enterprise_file import Asked, grouped, sheets_of
from anwei.sites.file.docx import file_docx
from anwei.sites.file.head import duty_contact, figures_of, reasons_of
from anwei.sites.file.registers import PARTS
from anwei.sites.filters import EnterpriseFilter
from anwei.sites.models import Enterprise, Site
from anwei.sites.pictures import pictures_of, sources_of
from anwei.sites.queries import (
    TOWNSHIP_DIGITS,
    enterprises_of,
    township_names,
)
from anwei.sites.tables import EnterpriseTable
from anwei.sites.timeline import EVENTS_A_PAGE, MOST_PAGES, newest, sources
from anwei.sites.timeline import Asked as AskedEvents


@signed_in
@require_GET
def enterprises(request: HttpRequest) -> HttpResponse:
    """Show the enterprises of a person's scope, coloured by what their sensors say now."""
    person = person_of(request)
    listing = Listing(
        request,
        name="enterprises",
        rows=enterprises_of(person),
        filterset=EnterpriseFilter,
        table=EnterpriseTable,
        townships=township_names(),
    )
    if sheet := listing.export(_("企业")):
        return sheet
    counts = _colours_of(listing, person)
    words = dict(COLOUR_CHOICES)
    context = {"listing": listing, "colours": [(code, words[code], n) for code, n in counts.items() if n]}
    return render(request, "sites/enterprises.html", context)


def _colours_of(listing: Listing, person: Person) -> dict[str, int]:
    """Return how many of the list have each colour, whichever colour the list is narrowed to."""
    others = listing.parameters.copy()
    others.pop("colour", None)
    rows = EnterpriseFilter(others, queryset=enterprises_of(person)).qs
    return colour_counts(Enterprise.objects.filter(pk__in=rows.order_by().values("pk")))


@signed_in
@require_GET
def enterprise(request: HttpRequest, pk: int) -> HttpResponse:
    """Show everything about one enterprise on one page."""
    person, now = person_of(request), timezone.now()
    shown = get_object_or_404(enterprises_of(person), pk=pk)
    filled = sheets_of(shown, person, now)
    told = [part.model for part in PARTS]
    context = {
        "enterprise": shown,
        "township": township_names().get(shown.unit.territory[:TOWNSHIP_DIGITS], shown.unit.territory),
        "figures": figures_of(shown, filled),
        "contact": duty_contact(shown, person),
        "reasons": reasons_of(filled),
        "answerable": next(parts["answerable"] for _sheet, parts in filled if "answerable" in parts),
        "registers": children_of(
            shown, person, leaving_out=[ledger.code for ledger in ledgers() if ledger.model in told]
        ),
        "groups": list(grouped(filled)),
    }
    return render(request, "sites/enterprise.html", context)


@signed_in
@require_GET
def enterprise_timeline(request: HttpRequest, pk: int) -> HttpResponse:
    """Show everything dated about one enterprise, of every kind or of `?kind=`, the newest first."""
    person, now = person_of(request), timezone.now()
    shown = get_object_or_404(enterprises_of(person), pk=pk)
    kind = request.GET.get("kind", "")
    kind = kind if kind in {source.kind for source in sources()} else ""
    number = min(max(number_in(request.GET.get("page", "1")) or 1, 1), MOST_PAGES)
    found = newest(AskedEvents(shown, person, now, number * EVENTS_A_PAGE + 1), kind)
    context = {
        "enterprise": shown,
        "sources": sources(),
        "kind": kind,
        "number": number,
        "events": found[(number - 1) * EVENTS_A_PAGE : number * EVENTS_A_PAGE],
        "has_next": len(found) > number * EVENTS_A_PAGE and number < MOST_PAGES,
    }
    return render(request, "sites/file/timeline.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def enterprise_export(request: HttpRequest, pk: int) -> HttpResponse:
    """Give out the whole file of an enterprise as DOCX; with telephone numbers in full only for a reason.

    An address asks for the reason and never brings it: a link that somebody else made gives out nothing.
    """
    person, now = person_of(request), timezone.now()
    shown = get_object_or_404(enterprises_of(person), pk=pk)
    given = request.POST if request.method == "POST" else request.GET
    asked = Asked(shown, person, now, full=given.get("full") == "1")
    try:
        content = file_docx(asked, reason=request.POST.get("reason", ""))
    except NeedsReason as error:
        context = {
            "label": shown,
            "back": reverse("enterprise", args=[pk]),
            "sentence": error,
            "kept": [("full", ["1"])],
            "n_rows": 1,
            "by_post": True,
        }
        return render(request, "ledgers/export_reason.html", context)
    except NotExported as error:
        context = {"label": shown, "back": reverse("enterprise", args=[pk]), "sentence": error}
        return render(request, "ledgers/refused.html", context, status=413)
    return attachment(
        _("企业档案-%(name)s") % {"name": shown.unit.name}, "docx", content, MEDIA_TYPES["docx"]
    )


@signed_in
@require_GET
def site(request: HttpRequest, pk: int) -> HttpResponse:
    """Show everything about one place, whether it belongs to an enterprise or not."""
    person = person_of(request)
    places = Site.objects.visible_to(person).select_related("unit", "enterprise__unit")
    shown = get_object_or_404(places, pk=pk)
    township = township_names().get(shown.territory[:TOWNSHIP_DIGITS], shown.territory)
    pictures = pictures_of(shown, person)
    context = {
        "site": shown,
        "pictures": pictures,
        "township": township,
        "asides": asides_of(shown, person, timezone.now()),
        "registers": children_of(shown, person),
    }
    answer = render(request, "sites/site.html", context)
    answer._csp_update = sources_of(pictures)  # type: ignore[attr-defined]  # as django-csp's csp_update does
    return answer
