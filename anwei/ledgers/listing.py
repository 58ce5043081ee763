"""One page of a register: filtered by one bar that remembers, sorted, paged, exported as filtered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote_plus

import django_filters
import django_tables2 as tables
from django import forms
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import cached_property

from anwei.ledgers.export import download
from anwei.ledgers.release import Leaving, NeedsReason, NotExported, release

ROWS_A_PAGE = 20
KEY_DIGITS = 18  # what every database keeps in a whole number
NOT_CARRIED = ("page", "export", "remember", "reset", "reason")
NOT_FILTERS = (*NOT_CARRIED, "sort", "columns")


class LedgerFilter(django_filters.FilterSet):  # type: ignore[misc]
    """A bar of filters in the house style; each names itself in its first choice."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, field in self.form.fields.items():
            widget = field.widget
            widget.attrs["class"] = "form-select" if isinstance(widget, forms.Select) else "form-control"
            if isinstance(widget, forms.Select):
                widget.attrs["aria-label"] = field.empty_label
                if self.form.data.get(name):
                    widget.attrs["class"] += " chosen"


def number_in(text: str) -> int | None:
    """Return the whole number that a query string holds, None for what can be no page and no primary key."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= KEY_DIGITS else None


def key_filter(field_name: str | None = None) -> django_filters.NumberFilter:
    """Return a filter by primary key that links set and nobody sees."""
    return django_filters.NumberFilter(
        field_name=field_name,
        widget=forms.HiddenInput(),
        min_value=1,
        max_value=10**KEY_DIGITS - 1,
        decimal_places=0,
    )


def search_box(hint: Any) -> forms.TextInput:
    """Return the bar's search box; the bar listens to it by its type."""
    return forms.TextInput(attrs={"type": "search", "placeholder": hint, "aria-label": hint})


class ClampedPaginator(Paginator):  # type: ignore[type-arg]
    """Answers a page number that is no number, or past the end, with the nearest page."""

    def validate_number(self, number: int | float | str) -> int:
        """Return the page number nearest to what was asked for."""
        return min(max(number_in(str(number)) or 1, 1), max(self.num_pages, 1))


class LedgerTable(tables.Table):  # type: ignore[misc]
    """A table in the house style: one line a row, sortable headings, cards on a phone.

    A `personal` one tells of people, unmasked: it leaves as a sheet only with a reason.
    """

    personal = False

    class Meta:
        template_name = "ledgers/table.html"
        attrs = {"class": "ledger stack"}
        order_by_field = "sort"


def remembered(request: HttpRequest, name: str) -> QueryDict:
    """Return the parameters of this visit, or those of the filter bar's last use when the address has none.

    Only the bar itself is remembered (its form sends `remember`): a link from another page must not change
    what the reader set here. `?reset=1` forgets.
    """
    key = f"filters:{name}"
    if "reset" in request.GET:
        request.session.pop(key, None)
        return QueryDict()
    if "remember" in request.GET:
        kept = request.GET.copy()
        for parameter in ("page", "export", "remember", "tab"):
            kept.pop(parameter, None)
        request.session[key] = kept.urlencode()
    elif not set(request.GET) - {"export", "page"}:
        parameters = QueryDict(request.session.get(key, ""), mutable=True)
        parameters.update(request.GET)
        return parameters
    return request.GET


class Listing:
    """A register as one person sees it now; templates read `table`, `filterset` and `query`."""

    paginator: Callable[..., Paginator[Any]] = ClampedPaginator

    def __init__(
        self,
        request: HttpRequest,
        *,
        name: str,
        rows: QuerySet[Any],
        filterset: type[django_filters.FilterSet],
        table: type[LedgerTable],
        rows_a_page: int = ROWS_A_PAGE,
        **table_options: Any,
    ) -> None:
        self.name, self.request = name, request
        self.parameters = remembered(request, name)
        self.filterset = filterset(self.parameters, queryset=rows, request=request)
        self.rows = self.filterset.qs
        self.table = table(self.rows, order_by=self.parameters.get("sort") or None, **table_options)
        self.table.paginate(self.paginator, per_page=rows_a_page, page=self.parameters.get("page", "1"))

    @property
    def count(self) -> int:
        """How many rows pass the filter."""
        return int(self.table.paginator.count)

    @cached_property
    def query(self) -> str:
        """The filter as a query string, without page and export: what every link of the page carries on."""
        kept = self.parameters.copy()
        for parameter in NOT_CARRIED:
            kept.pop(parameter, None)
        return kept.urlencode()

    @property
    def filtered(self) -> bool:
        """Whether the bar narrows anything, so that an empty page can say why it is empty."""
        return any(value for key, value in self.parameters.items() if key not in NOT_FILTERS)

    def export(self, name: str) -> HttpResponse | None:
        """Return the sheet that `?export=csv|xlsx` asks for: every filtered row, the table's own columns.

        It leaves by the gate of every export: marked, remembered, and where it must be with a reason.
        """
        form = self.parameters.get("export", "")
        if form not in {"csv", "xlsx"}:
            return None
        leaving = Leaving(
            self.name,
            self.count,
            self.request.user,
            timezone.now(),
            personal=self.table.personal,
            full=self.table.personal,
            query=unquote_plus(self.query),
            reason=self.parameters.get("reason", ""),
        )
        try:
            release(leaving, form)
        except NeedsReason as error:
            kept = [*QueryDict(self.query).lists(), ("export", [form])]
            context = {"label": name, "kept": kept, "sentence": error, "n_rows": self.count}
            return render(self.request, "ledgers/export_reason.html", context)
        except NotExported as error:
            return render(
                self.request, "ledgers/refused.html", {"label": name, "sentence": error}, status=413
            )
        return download(name, form, self.table.as_values(), leaving.watermark)
