"""The columns of the enterprise list: once for the screen, once for the sheet."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.utils.translation import gettext_lazy

from anwei.ledgers.listing import LedgerTable
from anwei.sites.colour import COLOUR_CHOICES
from anwei.sites.models import Enterprise
from anwei.sites.queries import TOWNSHIP_DIGITS

CELLS = "sites/cells/"


class EnterpriseTable(LedgerTable):
    """Enterprises: their colour now, where, what for, how many people."""

    colour = tables.TemplateColumn(
        template_name=f"{CELLS}colour.html", verbose_name=gettext_lazy("实时颜色"), order_by=("gravity", "pk")
    )
    name = tables.TemplateColumn(
        template_name=f"{CELLS}name.html",
        verbose_name=gettext_lazy("企业"),
        accessor="unit__name",
        order_by=("unit__name",),
    )
    credit_code = tables.Column(verbose_name=gettext_lazy("统一社会信用代码"))
    sector = tables.Column(verbose_name=gettext_lazy("行业"))
    township = tables.Column(
        verbose_name=gettext_lazy("乡镇"), accessor="unit__territory", order_by=("unit__territory",)
    )
    status = tables.Column(verbose_name=gettext_lazy("状态"))
    workers = tables.Column(
        verbose_name=gettext_lazy("从业人数"),
        attrs={"td": {"class": "number"}, "th": {"class": "number"}},
        default="—",
    )

    class Meta(LedgerTable.Meta):
        pass

    def __init__(self, *arguments: Any, townships: dict[str, str], **options: Any) -> None:
        """Take the names of the townships by code."""
        super().__init__(*arguments, **options)
        self.townships = townships

    def value_colour(self, record: Any) -> str:
        """Return the word of the colour."""
        return str(dict(COLOUR_CHOICES)[record.colour])

    def value_name(self, record: Enterprise) -> str:
        """Return the full name."""
        return record.unit.name

    def render_township(self, value: str) -> str:
        """Return the township's name, or the code where it has none."""
        return self.townships.get(value[:TOWNSHIP_DIGITS], value)
