"""Responsibility letters of a year: who has signed, who has not; what to print and what came back."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from anwei.ledgers.listing import ClampedPaginator, number_in
from anwei.ledgers.models import Change
from anwei.ledgers.papers.files import DOCX, JPEG, PDF, path_of
from anwei.ledgers.services import county_setting
from anwei.org import forms
from anwei.org.letters import SETTING, Letter, duty_list_docx, letter_docx, letters, upper_of
from anwei.org.models import Post, Signing, Unit
from anwei.org.policy import person_of, signed_in
from anwei.org.rights import may_arrange, require, units_seen
from anwei.org.views.acts import act_page, acting, arranging

ROWS = 50


@signed_in
@require_GET
def signings(request: HttpRequest) -> HttpResponse:
    """Show which letters of `?year=` are signed; the unsigned ones first; narrowed by words and by state."""
    year = _year(request)
    seen = set(Unit.objects.visible_to(person_of(request)).values_list("pk", flat=True))
    rows = [letter for letter in letters(year) if letter.lower.pk in seen]
    state, words = request.GET.get("state", ""), request.GET.get("search", "").strip()
    shown = [
        letter
        for letter in rows
        if state in ("", "signed" if letter.signing else "unsigned") and letter.holds(words)
    ]
    n_unsigned = sum(letter.signing is None for letter in rows)
    page = ClampedPaginator(shown, ROWS).get_page(request.GET.get("page", "1"))
    context = {
        "year": year,
        "state": state,
        "words": words,
        "page": page,
        "rows": list(zip(page, _records(page), strict=True)),
        "n_letters": len(rows),
        "n_unsigned": n_unsigned,
        "n_signed": len(rows) - n_unsigned,
        "years": (year - 1, year, year + 1),
        "own_sides": bool(county_setting(SETTING, {})),
    }
    return render(request, "org/signings.html", context)


@arranging
@acting
def sign_letter(request: HttpRequest, year: int, pk: int) -> HttpResponse:
    """Write down that the letter of a unit was signed, with its scan or the paper's number."""
    lower = get_object_or_404(units_seen(person_of(request)), pk=pk)
    require(may_arrange(person_of(request), lower))
    form = forms.SignForm(
        request.POST or None,
        request.FILES or None,
        year=year,
        upper=_upper(lower, year),
        lower=lower,
        initial={"signed_on": timezone.localdate()},
    )
    return act_page(
        request, form, _("责任书签订：%(what)s") % {"what": lower}, _("登记签订"), reverse("signings")
    )


@signed_in
@require_GET
def letter(request: HttpRequest, year: int, pk: int) -> HttpResponse:
    """Give out a responsibility letter to print and sign."""
    lower = get_object_or_404(Unit.objects.visible_to(person_of(request)), pk=pk)
    content = letter_docx(_upper(lower, year), lower, year, timezone.localdate())
    return download(content, f"{year}安全生产责任书-{lower}.docx")


@signed_in
@require_GET
def duty_list(request: HttpRequest, pk: int) -> HttpResponse:
    """Give out the duty list of a post."""
    seen = Post.objects.filter(unit__in=units_seen(person_of(request))).select_related("unit")
    post = get_object_or_404(seen, pk=pk)
    by, at = str(person_of(request)), timezone.now()
    return download(duty_list_docx(post, timezone.localdate(), by=by, at=at), f"安全生产责任清单-{post}.docx")


@signed_in
@require_GET
def signing_scan(request: HttpRequest, pk: int) -> FileResponse:
    """Give out the scan of a signed letter."""
    seen = Signing.objects.filter(lower__in=Unit.objects.visible_to(person_of(request))).exclude(scan="")
    signing = get_object_or_404(seen, pk=pk)
    path = path_of(signing.scan)
    if not path.exists():
        raise Http404
    with path.open("rb") as file:
        media_type = PDF if file.read(5) == b"%PDF-" else JPEG
    return FileResponse(
        path.open("rb"), content_type=media_type, as_attachment=True, filename=signing.scan_name
    )


def _records(shown: Iterable[Letter]) -> list[Change | None]:
    """Return for each letter the sealed record of its return: by whom, when, with which digest."""
    keys = [str(letter.signing.pk) if letter.signing else "" for letter in shown]
    changes = Change.objects.filter(register="org.signing", row__in=keys, verb="sign")
    found = {change.row: change for change in changes.select_related("actor")}
    return [found.get(key) for key in keys]


def _upper(lower: Unit, year: int) -> Unit:
    upper = upper_of(lower, year)
    if upper is None:
        raise Http404(_("这个单位没有须签订的责任书。"))
    return upper


def _year(request: HttpRequest) -> int:
    asked = number_in(request.GET.get("year", ""))
    return asked if asked and 2000 <= asked <= 2100 else timezone.localdate().year


def download(content: bytes, name: str) -> HttpResponse:
    """Return a DOCX to be saved under a name."""
    disposition = f"attachment; filename*=UTF-8''{quote(name)}"
    return HttpResponse(content, content_type=DOCX, headers={"Content-Disposition": disposition})
