"""What the list of enterprises can be narrowed by."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anwei.ledgers.listing import LedgerFilter, search_box
from anwei.org.models import SECTOR_CHOICES
from anwei.sites.colour import COLOUR_CHOICES, WATCH_CHOICES
from anwei.sites.models import Enterprise
from anwei.sites.queries import township_names
from anwei.sites.statuses import counted_on


def township_choices() -> list[tuple[str, str]]:
    """Return code and name of the county's townships; called anew for every bar."""
    return list(township_names().items())


class EnterpriseFilter(LedgerFilter):
    """The bar of the enterprise list."""

    search = django_filters.CharFilter(
        method="by_words",
        widget=search_box(_("搜索 企业、信用代码")),
    )
    colour = django_filters.ChoiceFilter(choices=COLOUR_CHOICES, empty_label=_("颜色 全部"))
    watch = django_filters.ChoiceFilter(choices=WATCH_CHOICES, empty_label=_("监测 全部"))
    sector = django_filters.ChoiceFilter(choices=SECTOR_CHOICES, empty_label=_("行业 全部"))
    township = django_filters.ChoiceFilter(
        field_name="unit__territory",
        lookup_expr="startswith",
        choices=township_choices,
        empty_label=_("乡镇 全部"),
    )
    status = django_filters.ChoiceFilter(choices=Enterprise.Status.choices, empty_label=_("状态 全部"))

    counted = django_filters.BooleanFilter(method="by_counting", widget=forms.HiddenInput())  # of links alone

    class Meta:
        model = Enterprise
        fields: list[str] = []

    def by_words(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Every word must occur in the name or begin the credit code."""
        for word in value.split():
            rows = rows.filter(
                Q(unit__name__icontains=word)
                | Q(unit__short_name__icontains=word)
                | Q(credit_code__istartswith=word)
            )
        return rows

    def by_counting(self, rows: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:
        """Leave out the enterprises that stand in no denominator today."""
        return counted_on(timezone.localdate(), rows) if value else rows
