"""The empty sheet of a register: headings, drop-downs, and a second page that explains each column."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from xlsxwriter import Workbook
from xlsxwriter.utility import xl_col_to_name

from anwei.ledgers.cells import Choosing
from anwei.ledgers.declaration import Column, Ledger

ROWS = 5_000  # rows below the heading that carry drop-downs
MAX_CHOICES = 2_000
CHOICES_SHEET = "options"
WORDS = {
    "text": gettext_lazy("文字"),
    "integer": gettext_lazy("整数"),
    "number": gettext_lazy("数字"),
    "boolean": gettext_lazy("是或否"),
    "date": gettext_lazy("日期，如 2026-11-25"),
    "choice": gettext_lazy("从下拉列表中选"),
}


def template_sheet(ledger: Ledger, person: Any) -> bytes:
    """Return an XLSX that `read_file` takes as it is once rows are filled in."""
    content = BytesIO()
    with Workbook(content, {"in_memory": True}) as book:
        sheet, notes = book.add_worksheet(str(ledger.label)[:31]), book.add_worksheet(_("填写说明"))
        choices = book.add_worksheet(CHOICES_SHEET)
        choices.hide()
        must = book.add_format({"bold": True, "bg_color": "#e8eff7", "bottom": 1, "font_color": "#b91c1c"})
        may = book.add_format({"bold": True, "bg_color": "#eef1f4", "bottom": 1})
        text = book.add_format({"num_format": "@"})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.freeze_panes(1, 0)
        for place, heading in enumerate((_("列"), _("必填"), _("填什么"), _("例"), _("也认得的表头"))):
            notes.write_string(0, place, heading, may)
            notes.set_column(place, place, (16, 6, 48, 24, 40)[place])
        for place, column in enumerate(ledger.entered):
            label = f"{column.label}*" if column.required else str(column.label)
            kept_as = day if column.kind == "date" else None if column.kind in ("integer", "number") else text
            sheet.set_column(place, place, max(12, 3 * len(label)), kept_as)
            sheet.write_string(0, place, label, must if column.required else may)
            options = _options(column, person)
            if options:
                choices.write_column(0, place, options)
                name = xl_col_to_name(place, col_abs=True)
                source = f"={CHOICES_SHEET}!{name}$1:{name}${len(options)}"
                sheet.data_validation(
                    1, place, ROWS, place, {"validate": "list", "source": source, "error_type": "warning"}
                )
            words = str(column.explanation) or str(WORDS[column.kind or "text"])
            required = _("是") if column.required else ""
            line = (str(column.label), required, words, column.example, _("、").join(column.synonyms))
            for at, cell in enumerate(line):
                notes.write_string(place + 1, at, cell)
    return content.getvalue()


def _options(column: Column, person: Any) -> list[str]:
    if column.kind == "boolean":
        return [_("是"), _("否")]
    if column.choices is None:
        return []
    options = [text for _value, text in Choosing(column, person).pairs]
    return options if len(options) <= MAX_CHOICES else []
