"""The list of documents: its bar and its columns."""

from __future__ import annotations

import django_filters
import django_tables2 as tables
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from anwei.cases.models import Document
from anwei.ledgers.listing import LedgerFilter, LedgerTable, key_filter, search_box

CELLS = "cases/documents/cells/"


class DocumentFilter(LedgerFilter):
    """The bar of the list; withdrawn documents are left out unless they are asked for."""

    STATES = [("withdrawn", _("已撤回")), ("all", _("含已撤回"))]

    search = django_filters.CharFilter(
        method="by_words", widget=search_box(_("搜索 名称、文件名、企业、场所"))
    )
    kind = django_filters.ChoiceFilter(choices=Document.Kind.choices, empty_label=_("种类 全部"))
    state = django_filters.ChoiceFilter(method="by_state", choices=STATES, empty_label=_("状态 在册"))
    enterprise = key_filter()
    site = key_filter()
    point = key_filter()
    camera = key_filter()

    class Meta:
        model = Document
        fields: list[str] = []

    def by_words(self, rows: QuerySet[Document], name: str, value: str) -> QuerySet[Document]:
        """Every word must occur in the title, the name of the file, of the enterprise or of the place."""
        for word in value.split():
            found = Q(title__icontains=word) | Q(name__icontains=word)
            found |= Q(enterprise__unit__name__icontains=word) | Q(site__name__icontains=word)
            rows = rows.filter(found)
        return rows

    def by_state(self, rows: QuerySet[Document], name: str, value: str) -> QuerySet[Document]:
        """Leave all, or those withdrawn alone (`filter_queryset` leaves out the withdrawn ones otherwise)."""
        return rows.filter(withdrawn_at__isnull=False) if value == "withdrawn" else rows

    def filter_queryset(self, queryset: QuerySet[Document]) -> QuerySet[Document]:
        """Narrow by the bar; without a state to what stands."""
        rows: QuerySet[Document] = super().filter_queryset(queryset)
        return rows if self.form.cleaned_data.get("state") else rows.filter(withdrawn_at__isnull=True)


class DocumentTable(LedgerTable):
    """Documents: what, of which enterprise or place and thing, until when, by whom."""

    title = tables.TemplateColumn(template_name=f"{CELLS}title.html", verbose_name=_("名称"))
    kind = tables.Column(verbose_name=_("种类"))
    enterprise = tables.TemplateColumn(
        template_name=f"{CELLS}enterprise.html",
        verbose_name=_("企业或场所、对象"),
        order_by=("enterprise__unit__name",),
    )
    dated_on = tables.DateColumn(format="Y-m-d", verbose_name=_("文件日期"))
    valid_until = tables.DateColumn(format="Y-m-d", verbose_name=_("有效期至"))
    added_by = tables.Column(verbose_name=_("提交人"), orderable=False)
    added_at = tables.DateTimeColumn(format="Y-m-d H:i", verbose_name=_("提交时间"))

    class Meta(LedgerTable.Meta):
        pass

    def value_title(self, record: Document) -> str:
        """Return the title."""
        return record.title

    def value_enterprise(self, record: Document) -> str:
        """Return in whose file it is, and the thing."""
        about, whose = record.thing, record.whose
        return str(whose) if about == whose else f"{whose} {about}"
