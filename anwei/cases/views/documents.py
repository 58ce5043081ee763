"""Documents: the list, one with its file, handing in, withdrawing."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anwei.cases.documents.forms import DocumentForm
from anwei.cases.documents.listing import DocumentFilter, DocumentTable
from anwei.cases.documents.queries import documents_of, gets_file, gets_original
from anwei.cases.documents.services import (
    NOT_KEEPER,
    add_document,
    file_of,
    may_add,
    may_withdraw,
    withdraw_document,
)
from anwei.cases.errors import CaseError
from anwei.cases.evidence import confined, path_of, response
from anwei.cases.intake import Upload
from anwei.cases.models import Document
from anwei.cases.models.documents import THINGS
from anwei.cases.originals import COPY_TYPE, copy_of, has_copy
from anwei.cases.photos import thumbnail
from anwei.ledgers.confined import Failed
from anwei.ledgers.listing import Listing, number_in
from anwei.ledgers.models import Change
from anwei.org.models import Person
from anwei.org.policy import person_of, signed_in
from anwei.sites.models import Enterprise
from anwei.sites.things import address_of_thing


@signed_in
@require_GET
def documents(request: HttpRequest) -> HttpResponse:
    """Show the documents of a person's scope."""
    listing = Listing(
        request,
        name="documents",
        rows=documents_of(person_of(request)),
        filterset=DocumentFilter,
        table=DocumentTable,
    )
    if sheet := listing.export(pgettext("several", "文档")):
        return sheet
    return render(request, "cases/documents/list.html", {"listing": listing})


@signed_in
@require_GET
def document(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one document: what it is, who handed it in, its file, its sealed changes."""
    person, now = person_of(request), timezone.now()
    shown = get_object_or_404(documents_of(person), pk=pk)
    context = {
        "document": shown,
        "thing": shown.thing,
        "whose": shown.whose,
        "whose_address": address_of_thing(shown.whose),
        "thing_address": address_of_thing(shown.thing),
        "is_photo": has_copy(shown),
        "gets_file": gets_file(person, shown, now),
        "may_withdraw": shown.withdrawn_at is None and may_withdraw(person, shown, now),
        "changes": Change.objects.filter(register="cases.document", row=str(pk))
        .select_related("actor")
        .order_by("-number"),
    }
    return render(request, "cases/documents/document.html", context)


@signed_in
@require_GET
def document_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Give out the file, or with `?size=small` the small picture of a photo."""
    person, now = person_of(request), timezone.now()
    shown = get_object_or_404(documents_of(person), pk=pk)
    if not gets_file(person, shown, now):
        raise PermissionDenied(_("这份文档已经撤回。"))
    try:
        if request.GET.get("size") == "small" and has_copy(shown):
            return confined(HttpResponse(thumbnail(path_of(shown.stored_as)), content_type=COPY_TYPE))
        if has_copy(shown) and not gets_original(person, shown, now):
            return confined(HttpResponse(copy_of(shown), content_type=COPY_TYPE))
        return response(shown)
    except (FileNotFoundError, Failed) as error:
        raise Http404 from error


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def document_new(request: HttpRequest) -> HttpResponse:
    """Hand in a document on `?enterprise=`, or on the thing that `?site=`, `?equipment=` ... names."""
    person, now = person_of(request), timezone.now()
    thing = _named_thing(request, person)
    whose = file_of(thing)
    if not may_add(person, whose, now):
        raise PermissionDenied(NOT_KEEPER)
    form = DocumentForm(request.POST or None, request.FILES or None)
    if form.is_bound and form.is_valid():
        told = form.cleaned_data
        file = told.pop("file")
        try:
            made = add_document(thing, Upload(file.name, file.read()), **told, actor=person, now=now)
        except CaseError as error:
            form.add_error("file", str(error))
        else:
            messages.success(request, _("已存入档案，文件指纹（SHA-256）已封存。"))
            return redirect("document", made.pk)
    context = {
        "form": form,
        "thing": thing,
        "whose": whose,
        "whose_address": address_of_thing(whose),
        "back": address_of_thing(thing),
    }
    return render(request, "cases/documents/new.html", context, status=422 if form.is_bound else 200)


@signed_in
@require_POST
def document_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Withdraw a document for a reason."""
    person = person_of(request)
    shown = get_object_or_404(Document.objects.visible_to(person), pk=pk)
    try:
        withdraw_document(shown, actor=person, now=timezone.now(), reason=request.POST.get("reason", ""))
    except CaseError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("已撤回。记录和理由保留，文件不再提供给他人。"))
    return redirect("document", pk)


def _named_thing(request: HttpRequest, person: Person) -> Any:
    """Return what the address names, within the person's scope. Raises Http404."""
    models: dict[str, Any] = {"enterprise": Enterprise}
    models |= {name: Document._meta.get_field(name).related_model for name in THINGS}
    for name, model in models.items():
        if key := number_in(request.GET.get(name, "")):
            thing = get_object_or_404(model.objects.visible_to(person), pk=key)
            whose = file_of(thing)
            if not type(whose).objects.visible_to(person).filter(pk=whose.pk).exists():
                raise Http404
            return thing
    raise Http404
