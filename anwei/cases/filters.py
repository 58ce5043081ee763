"""What the list of cases can be narrowed by."""

from __future__ import annotations

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anwei.cases.kinds import kinds
from anwei.cases.lifecycle import Phase
from anwei.cases.models import PHASE_CHOICES, Case
from anwei.ledgers.listing import LedgerFilter, key_filter, search_box
from anwei.org.models import SECTOR_CHOICES
from anwei.sites.filters import township_choices

OPEN = ~Q(phase=Phase.CLOSED)


def kind_choices() -> list[tuple[str, str]]:
    """Return the kinds of the installed rooms."""
    return [(kind.code, str(kind.label)) for kind in kinds()]


class CaseFilter(LedgerFilter):
    """The bar of the case list."""

    DUE = [("open", _("未办结")), ("overdue", _("超期")), ("closed", _("已办结"))]

    search = django_filters.CharFilter(method="by_words", widget=search_box(_("搜索 编号、标题、企业")))
    kind = django_filters.ChoiceFilter(choices=kind_choices, empty_label=_("类别 全部"))
    phase = django_filters.ChoiceFilter(choices=PHASE_CHOICES, empty_label=_("阶段 全部"))
    due = django_filters.ChoiceFilter(method="by_due", choices=DUE, empty_label=_("期限 全部"))
    sector = django_filters.ChoiceFilter(choices=SECTOR_CHOICES, empty_label=_("行业 全部"))
    township = django_filters.ChoiceFilter(
        field_name="territory", lookup_expr="startswith", choices=township_choices, empty_label=_("乡镇 全部")
    )
    enterprise = key_filter()

    class Meta:
        model = Case
        fields: list[str] = []

    def by_words(self, rows: QuerySet[Case], name: str, value: str) -> QuerySet[Case]:
        """Every word must occur in the number, the title or the enterprise."""
        for word in value.split():
            rows = rows.filter(
                Q(number__icontains=word)
                | Q(title__icontains=word)
                | Q(enterprise__unit__name__icontains=word)
            )
        return rows

    def by_due(self, rows: QuerySet[Case], name: str, value: str) -> QuerySet[Case]:
        """Overdue is computed, never stored."""
        if value == "closed":
            return rows.exclude(OPEN)
        rows = rows.filter(OPEN)
        return rows.filter(deadline__lt=timezone.now()) if value == "overdue" else rows
