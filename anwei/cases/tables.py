"""The columns of the case list: once for the screen, once for the sheet."""

from __future__ import annotations

from datetime import datetime

import django_tables2 as tables
from django.utils.translation import gettext_lazy

from anwei.cases.kinds import kind_of
from anwei.cases.models import Case
from anwei.cases.templatetags.cases import phase_label, turn
from anwei.ledgers.listing import LedgerTable

CELLS = "cases/cells/"


class CaseTable(LedgerTable):
    """Cases: number, what, whose turn, until when."""

    number = tables.TemplateColumn(template_name=f"{CELLS}number.html", verbose_name=gettext_lazy("编号"))
    kind = tables.TemplateColumn(template_name=f"{CELLS}kind.html", verbose_name=gettext_lazy("类别、等级"))
    title = tables.TemplateColumn(template_name=f"{CELLS}title.html", verbose_name=gettext_lazy("事由"))
    enterprise = tables.TemplateColumn(
        template_name=f"{CELLS}enterprise.html",
        verbose_name=gettext_lazy("单位、部位"),
        order_by=("enterprise__unit__name",),
    )
    phase = tables.TemplateColumn(template_name=f"{CELLS}phase.html", verbose_name=gettext_lazy("状态"))
    turn = tables.TemplateColumn(
        template_name=f"{CELLS}turn.html",
        verbose_name=gettext_lazy("现由谁办"),
        accessor="pk",
        orderable=False,
    )
    opened_at = tables.TemplateColumn(template_name=f"{CELLS}opened.html", verbose_name=gettext_lazy("立案"))
    deadline = tables.TemplateColumn(template_name=f"{CELLS}deadline.html", verbose_name=gettext_lazy("剩余"))

    class Meta(LedgerTable.Meta):
        pass

    def value_number(self, record: Case) -> str:
        """Return the number."""
        return record.number

    def value_kind(self, record: Case) -> str:
        """Return the kind."""
        return str(kind_of(record).label)

    def value_title(self, record: Case) -> str:
        """Return the title."""
        return record.title

    def value_enterprise(self, record: Case) -> str:
        """Return enterprise and site."""
        return " ".join(str(part) for part in (record.enterprise, record.site) if part)

    def value_phase(self, record: Case) -> str:
        """Return the phase or the outcome."""
        return str(phase_label(record))

    def value_turn(self, record: Case) -> str:
        """Return the post whose turn it is."""
        return str(turn(record) or "")

    def value_opened_at(self, record: Case) -> datetime:
        """Return the moment itself."""
        return record.opened_at

    def value_deadline(self, record: Case) -> datetime | None:
        """Return the deadline itself, so that the sheet can compute with it."""
        return record.deadline
