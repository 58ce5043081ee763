"""The list of one register: filter, columns, saved views, batch act, print, export."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from anwei.ledgers.batch import NotDone, change_column
from anwei.ledgers.cells import Choosing
from anwei.ledgers.children import address_of, named_parent
from anwei.ledgers.declaration import Ledger, ledger_of
from anwei.ledgers.export import attachment
from anwei.ledgers.listing import NOT_FILTERS, remembered
from anwei.ledgers.models import SavedView
from anwei.ledgers.outgoing import MEDIA_TYPES, Outgoing, sheet_of
from anwei.ledgers.register_page import COLUMNS, RegisterListing, chosen_columns, filtered_rows, words_of
from anwei.ledgers.release import NeedsReason, NotExported, release

LONGEST_VIEW = 2000  # of SavedView.query: as an address spells it, nine characters a Chinese one
OF_EXPORTS = ("form", "full", "reason", "csrfmiddlewaretoken")  # what an address may hold beside the filter


def found(code: str) -> Ledger:
    """Return a register by its code. Raises Http404."""
    try:
        return ledger_of(code)
    except LookupError as error:
        raise Http404(code) from error


def reader(request: HttpRequest) -> Any:
    """Return the person behind a request that has passed its policy."""
    return request.user


@require_GET
def register(request: HttpRequest, code: str) -> HttpResponse:
    """Show one register as filtered, sorted and cut to columns by the person."""
    ledger = found(code)
    may_write = ledger.may_write(request.user)
    bulk = [column for column in ledger.columns if column.bulk and column.choices] if may_write else []
    listing = RegisterListing(request, ledger, request.user, pick=bool(bulk))
    parent = named_parent(ledger, listing.parameters, request.user)
    context = {
        "ledger": ledger,
        "parent": parent,
        "parent_address": address_of(parent),
        "parent_query": f"{ledger.parent}={parent.pk}" if parent is not None else "",
        "listing": listing,
        "may_write": may_write,
        "may_add": ledger.may_add(request.user),
        "chosen": {column.name for column in listing.columns},
        "views": SavedView.objects.filter(person=reader(request), ledger=code),
        "bulk": [(column, Choosing(column, request.user).pairs) for column in bulk],
    }
    return render(request, "ledgers/register.html", context)


def printed(request: HttpRequest, code: str) -> HttpResponse:
    """Show the filtered rows without frame, for paper; ask for a reason first where one is needed."""
    outgoing = _outgoing(request, found(code))
    try:
        release(outgoing.leaving, "print")
    except NotExported as error:
        return _kept_back(request, outgoing, "print", error)
    lines = outgoing.lines()
    context = {
        "ledger": outgoing.ledger,
        "heading": next(lines),
        "lines": lines,
        "watermark": outgoing.leaving.watermark,
    }
    return render(request, "ledgers/printed.html", context)


def export(request: HttpRequest, code: str) -> HttpResponse:
    """Give out the filtered rows as a file; ask for a reason first where one is needed."""
    outgoing = _outgoing(request, found(code))
    form = _given(request).get("form", "xlsx")
    try:
        content = sheet_of(outgoing, form)
    except NotExported as error:
        return _kept_back(request, outgoing, form, error)
    return attachment(str(outgoing.ledger.label), form, content, MEDIA_TYPES[form])


@require_POST
def batch(request: HttpRequest, code: str) -> HttpResponse:
    """Set one column of the chosen rows, through the register's own service."""
    ledger = found(code)
    if not ledger.may_write(request.user):
        raise PermissionDenied(_("您现在的岗位不能修改此台账。"))
    column, _separator, value = request.POST.get("set", "").partition("=")
    try:
        n_changed = change_column(
            ledger,
            [key for key in request.POST.getlist("row") if key.isdecimal()],
            column,
            value,
            actor=request.user,
            now=timezone.now(),
            reason=request.POST.get("reason", ""),
        )
    except NotDone as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("已修改 %(n)d 条，变更已记入各条的变更记录。") % {"n": n_changed})
    return redirect(f"{reverse('ledger', args=[code])}?{request.POST.get('query', '')}")


@require_POST
def views(request: HttpRequest, code: str) -> HttpResponse:
    """Keep the present view under a name, or forget one."""
    ledger, name = found(code), request.POST.get("name", "").strip()[:40]
    if forget := request.POST.get("forget", ""):
        SavedView.objects.filter(
            person=reader(request), ledger=code, pk=forget if forget.isdecimal() else 0
        ).delete()
    elif name:
        query = QueryDict(request.POST.get("query", "")).urlencode()
        if len(query) > LONGEST_VIEW:
            messages.error(request, _("筛选条件太长，不能保存为视图，请减少条件。"))
        else:
            SavedView.objects.update_or_create(
                person=reader(request), ledger=ledger.code, name=name, defaults={"query": query}
            )
            messages.success(request, _("已保存视图“%(name)s”，在本页右上方随时打开。") % {"name": name})
    return redirect(f"{reverse('ledger', args=[code])}?{request.POST.get('query', '')}")


def _given(request: HttpRequest) -> QueryDict:
    """Return what a person asks for: by an address at first, by a form where a reason was missing."""
    return request.POST if request.method == "POST" else request.GET


def _outgoing(request: HttpRequest, ledger: Ledger) -> Outgoing:
    """Return what leaves: the rows of the address's filter, in the chosen columns or all.

    An address asks for the reason and never brings it: a link that somebody else made gives out nothing.
    """
    parameters = remembered(request, ledger.code).copy()
    columns = chosen_columns(ledger, parameters) if COLUMNS in parameters else ()
    for name in (*NOT_FILTERS, *OF_EXPORTS):
        parameters.pop(name, None)
    try:
        rows = filtered_rows(ledger, parameters, request.user)
    except ValueError as error:
        raise Http404(str(error)) from error
    words: Any = words_of(ledger, parameters, request.user)
    return Outgoing(
        ledger,
        rows,
        request.user,
        timezone.now(),
        columns,
        words,
        full=_given(request).get("full") == "1",
        reason=request.POST.get("reason", ""),
    )


def _kept_back(request: HttpRequest, outgoing: Outgoing, form: str, error: NotExported) -> HttpResponse:
    """Ask for the reason that is missing, or say why nothing leaves."""
    label, back = outgoing.ledger.label, reverse("ledger", args=[outgoing.ledger.code])
    context: dict[str, Any] = {"label": label, "back": back, "sentence": error}
    if not isinstance(error, NeedsReason):
        return render(request, "ledgers/refused.html", context, status=413)
    kept = [("form", [form]), *([("full", ["1"])] if outgoing.full else [])]
    context |= {"kept": kept, "n_rows": outgoing.leaving.n_rows, "by_post": True}
    return render(request, "ledgers/export_reason.html", context)
