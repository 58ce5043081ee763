"""The list of a register, made from its declaration: filters, table, totals, and the words for a filter."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from functools import partial
from typing import Any

import django_filters
import django_tables2 as tables
from django import forms
from django.db import models
from django.db.models import Count, Q, QuerySet, Sum
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anwei.ledgers.cells import Choosing
from anwei.ledgers.children import named_parent
from anwei.ledgers.declaration import Column, Ledger, Stock
from anwei.ledgers.examination import choosings_of
from anwei.ledgers.listing import (
    NOT_CARRIED,
    ClampedPaginator,
    LedgerFilter,
    LedgerTable,
    Listing,
    key_filter,
    remembered,
    search_box,
)
from anwei.ledgers.outgoing import told

NUMBERS = {"class": "number"}
COLUMNS = "columns"  # the parameter that names the chosen columns
UNFILLED = "-"  # the value of a filter that asks for what is empty
SINCE, UNTIL = "since", "until"
ENDS = (SINCE, UNTIL)
STOOD = "stood"  # the parameter that asks for what stood at the end of a day: past_limit@2026-10-31
EARLIEST = date(1900, 1, 1)  # before it no moment of the county can be told in every time zone


class RegisterListing(Listing):
    """A register as one person sees it now."""

    def __init__(self, request: HttpRequest, ledger: Ledger, person: Any, *, pick: bool = False) -> None:
        self.ledger = ledger
        self.columns = chosen_columns(ledger, remembered(request, ledger.code))
        told_by_choice = [column for column in ledger.columns if column.filtered or not column.display]
        choosings = choosings_of(ledger, person, told_by_choice)
        super().__init__(
            request,
            name=ledger.code,
            rows=ledger.visible(person),
            filterset=filterset_of(ledger, choosings),
            table=table_of(ledger, self.columns, choosings, pick=pick),
        )

    @property
    def carried_columns(self) -> list[str]:
        """The columns that were chosen, for the forms that must not lose them."""
        return self.parameters.getlist(COLUMNS)

    @property
    def kept(self) -> list[tuple[str, str]]:
        """The filter without the columns, for the form that chooses them."""
        return [
            (name, str(value))
            for name, value in self.parameters.items()
            if name not in (COLUMNS, *NOT_CARRIED)
        ]

    @property
    def personal(self) -> bool:
        """Whether the register holds personal columns."""
        return any(column.personal for column in self.ledger.columns)

    def paginator(self, rows: Any, per_page: int, **options: Any) -> ClampedPaginator:
        """Return the pages; the rows are counted in the pass that sums them."""
        paginator = ClampedPaginator(rows, per_page, **options)
        paginator.count = self._sums["n_rows"]
        return paginator

    @property
    def stood(self) -> str:
        """What stood on which day, in words; "" where the list is of now."""
        return stood_words(self.ledger, self.parameters)

    @property
    def totals(self) -> list[Any]:
        """The sums under the table, by place; empty where nothing is summed."""
        if len(self._sums) == 1:
            return []
        return [_told(self._sums.get(f"sum_{column.name}", "")) for column in self.columns]

    @cached_property
    def _sums(self) -> dict[str, Any]:
        summed = {f"sum_{column.name}": Sum(column.path) for column in self.columns if column.total}
        sums: dict[str, Any] = self.rows.order_by().aggregate(n_rows=Count("pk"), **summed)
        return sums


def _told(total: Any) -> Any:
    """Return a sum without the zeros that the database writes behind it."""
    return f"{total.normalize():f}" if isinstance(total, Decimal) else total


class UnfilledFilter(django_filters.ChoiceFilter):  # type: ignore[misc]
    """A choice, one of which may be that nothing is filled in."""

    def filter(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        """Return the rows of a choice."""
        if value == UNFILLED:
            return rows.filter(**{self.field_name: ""})
        chosen: QuerySet[Any] = super().filter(rows, value)
        return chosen


def chosen_columns(ledger: Ledger, parameters: QueryDict) -> tuple[Column, ...]:
    """Return the columns that `columns=` names, in the order of the register; else those shown at first."""
    names = set(parameters.getlist(COLUMNS))
    chosen = tuple(column for column in ledger.columns if column.name in names)
    return chosen or tuple(column for column in ledger.columns if column.shown)


def filtered_rows(ledger: Ledger, parameters: QueryDict, person: Any) -> QuerySet[Any]:
    """Return the visible rows that pass a filter.

    Raises ValueError for a parameter that is no filter or a value that is no choice of it.
    """
    choosings = choosings_of(ledger, person, [column for column in ledger.columns if column.filtered])
    named = filterset_of(ledger, choosings)
    known = named.base_filters
    unknown = sorted(set(parameters) - set(known))
    if unknown:
        names = _("、").join(unknown)
        raise ValueError(
            _("没有筛选项 %(names)s；有：%(known)s。") % {"names": names, "known": _("、").join(known)}
        )
    bar = named(parameters, queryset=ledger.visible(person))
    if not bar.is_valid():
        raise ValueError("；".join(str(text) for texts in bar.errors.values() for text in texts))
    rows: QuerySet[Any] = bar.qs
    return rows


def words_of(ledger: Ledger, parameters: QueryDict, person: Any) -> str:
    """Return a filter in words: 状态 生产，搜索 化工."""
    choosings = choosings_of(ledger, person, [column for column in ledger.columns if column.filtered])
    told_parts = [
        f"{ledger.column(name).label} {choosing.text(_value(choosing, str(parameters[name])))}"
        for name, choosing in choosings.items()
        if parameters.get(name)
    ]
    if (parent := named_parent(ledger, parameters, person)) is not None and ledger.parent not in choosings:
        told_parts.append(f"{ledger.column(ledger.parent).label} {parent}")
    if ledger.period and (since_until := [parameters.get(name) or "…" for name in ENDS]) != ["…", "…"]:
        told_parts.append(f"{ledger.column(ledger.period).label} {'–'.join(since_until)}")
    if asked := stood_words(ledger, parameters):
        told_parts.append(asked)
    if parameters.get("search"):
        told_parts.append(_("搜索 %(words)s") % {"words": parameters["search"]})
    return _("，").join(told_parts)


def filterset_of(ledger: Ledger, choosings: dict[str, Choosing]) -> type[LedgerFilter]:
    """Return the filter bar: a search box over the searched columns, a choice for each filtered one."""
    filters: dict[str, Any] = {}
    searched = [column for column in ledger.columns if column.searched]
    if searched:
        hint = _("搜索 %(labels)s") % {"labels": _("、").join(str(column.label) for column in searched)}
        paths = tuple(column.display or column.path for column in searched)
        filters["search"] = django_filters.CharFilter(
            method=partial(_by_words, paths), widget=search_box(hint)
        )
    for column in ledger.columns:
        if column.filtered:
            filters[column.name] = _filter_of(column, choosings.get(column.name))
    if ledger.parent and ledger.parent not in filters:
        filters[ledger.parent] = key_filter(ledger.column(ledger.parent).path)
    filters |= {name: key_filter(path) for name, path in ledger.narrowed_by if name not in filters}
    if ledger.period:
        filters |= _ends_of(ledger.column(ledger.period))
    if ledger.stocks:
        filters[STOOD] = django_filters.CharFilter(
            method=partial(_that_stood, ledger), widget=forms.HiddenInput()
        )
    meta = type("Meta", (), {"model": ledger.model, "fields": []})
    return type(f"{ledger.code}_filter", (LedgerFilter,), {**filters, "Meta": meta})


def table_of(
    ledger: Ledger, columns: Sequence[Column], choosings: dict[str, Choosing], *, pick: bool = False
) -> type[LedgerTable]:
    """Return the table; its first column leads to the row, and rows can be picked for a batch act."""
    texts = {name: dict(choosing.pairs) for name, choosing in choosings.items()}
    made: dict[str, Any] = {
        column.name: RegisterColumn(ledger, column, texts.get(column.name), leads=place == 0, pick=pick)
        for place, column in enumerate(columns)
    }
    return type(
        f"{ledger.code}_table", (LedgerTable,), {**made, "Meta": type("Meta", (LedgerTable.Meta,), {})}
    )


class RegisterColumn(tables.Column):  # type: ignore[misc]
    """A column of a register on the screen."""

    def __init__(
        self, ledger: Ledger, column: Column, texts: dict[Any, str] | None, *, leads: bool, pick: bool
    ) -> None:
        attributes = {"td": NUMBERS, "th": NUMBERS} if column.kind in ("integer", "number") else {}
        super().__init__(
            verbose_name=column.label,
            accessor="pk",
            order_by=(column.display or column.path,),
            orderable=column.sortable,
            attrs=attributes,
        )
        self.ledger, self.column, self.texts, self.leads, self.pick = ledger, column, texts, leads, pick

    def render(self, record: Any) -> Any:
        """Return the cell; the first leads to the row's page."""
        value = told(self.column, record, self.texts)
        if value in (None, ""):
            value = "—"
        if not self.leads:
            return format_html('<span class="clip clip-long" title="{}">{}</span>', value, value)
        address = address_of_row(self.ledger, record)
        link = format_html('<a class="clip clip-long" href="{}" title="{}">{}</a>', address, value, value)
        if not self.pick:
            return link
        box = '<input type="checkbox" name="row" form="batch" value="{}" aria-label="{}"> {}'
        return format_html(box, record.pk, value, link)


def address_of_row(ledger: Ledger, row: Any) -> str:
    """Return where the list leads from a row: to the register's page of it, or at once to the room's."""
    if ledger.opened_from_list and ledger.opens is not None:
        return ledger.opens(row)
    return reverse("ledger_row", args=[ledger.code, row.pk])


def _filter_of(column: Column, choosing: Choosing | None) -> django_filters.Filter:
    everything = _("%(label)s 全部") % {"label": column.label}
    lookup = "startswith" if column.filtered == "startswith" else "exact"
    if column.kind == "boolean":
        return django_filters.ChoiceFilter(
            field_name=column.path,
            choices=[("True", gettext_lazy("是")), ("False", gettext_lazy("否"))],
            empty_label=everything,
        )
    pairs = [(str(value), text) for value, text in choosing.pairs] if choosing else []
    if not pairs:
        return django_filters.CharFilter(
            field_name=column.path,
            lookup_expr="startswith" if column.filtered == "startswith" else "icontains",
            widget=forms.TextInput(attrs={"placeholder": column.label, "aria-label": column.label}),
        )
    if column.default == "":
        pairs.append((UNFILLED, _("（未填）")))
    return UnfilledFilter(field_name=column.path, lookup_expr=lookup, choices=pairs, empty_label=everything)


def _ends_of(column: Column) -> dict[str, django_filters.Filter]:
    """Return the filters of a period by the days of a column; both ends belong to it."""
    words = (_("%(label)s从"), _("%(label)s到"))
    made = {}
    for name, text in zip(ENDS, words, strict=True):
        hint = text % {"label": column.label}
        widget = forms.DateInput(attrs={"type": "date", "aria-label": hint, "title": hint})
        made[name] = django_filters.DateFilter(method=partial(_by_day, column.path), widget=widget)
    return made


def _by_day(path: str, rows: QuerySet[Any], name: str, day: date) -> QuerySet[Any]:
    """Keep what lies on or after a day (`since`), or on or before it (`until`)."""
    day = max(day, EARLIEST)
    bound: date = day
    if isinstance(rows.model._meta.get_field(path), models.DateTimeField):
        bound = timezone.make_aware(datetime.combine(day, time.min if name == SINCE else time.max))
    return rows.filter(**{f"{path}__{'gte' if name == SINCE else 'lte'}": bound})


def stood(stock: str, day: date) -> str:
    """Return the value of `STOOD` that asks for what stood at the end of a day."""
    return f"{stock}@{day.isoformat()}"


def stood_words(ledger: Ledger, parameters: QueryDict) -> str:
    """Return in words what stood on which day: 2026-10-31 未销号; "" where nothing readable is asked."""
    stock, day = _stood(ledger, parameters.get(STOOD, ""))
    return f"{day} {stock.label}" if stock and day else ""


def _stood(ledger: Ledger, asked: str) -> tuple[Stock | None, date | None]:
    name, _separator, day = asked.partition("@")
    try:
        return ledger.stocks.get(name), date.fromisoformat(day)
    except ValueError:
        return None, None


def _that_stood(ledger: Ledger, rows: QuerySet[Any], name: str, asked: str) -> QuerySet[Any]:
    """Keep what stood at the end of a day; nothing for what cannot be read."""
    stock, day = _stood(ledger, asked)
    return rows.none() if stock is None or day is None else rows.filter(pk__in=stock.on(day).values("pk"))


def _by_words(paths: Sequence[str], rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
    """Every word must occur in one of the searched columns."""
    for word in value.split():
        query = Q()
        for path in paths:
            query |= Q(**{f"{path}__icontains": word})
        rows = rows.filter(query)
    return rows


def _value(choosing: Choosing, text: str) -> Any:
    return next((value for value, _text in choosing.pairs if str(value) == text), text)
