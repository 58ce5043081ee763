"""Doors of the registers: the room below knows no policy, so each view gets its own here."""

from __future__ import annotations

from django.urls import path

from anwei.ledgers.views import registers, rows, sheets
from anwei.org.policy import signed_in

ONE = "ledgers/<slug:code>/"

urlpatterns = [
    path("ledgers/", signed_in(registers.index), name="ledgers"),
    path(ONE, signed_in(registers.register), name="ledger"),
    path(f"{ONE}print/", signed_in(registers.printed), name="ledger_print"),
    path(f"{ONE}export/", signed_in(registers.export), name="ledger_export"),
    path(f"{ONE}batch/", signed_in(registers.batch), name="ledger_batch"),
    path(f"{ONE}views/", signed_in(registers.views), name="ledger_views"),
    path(f"{ONE}template.xlsx", signed_in(sheets.template), name="ledger_template"),
    path(f"{ONE}import/", signed_in(sheets.hand_in_sheet), name="ledger_import"),
    path(f"{ONE}import/<int:pk>/", signed_in(sheets.sheet), name="ledger_sheet"),
    path(f"{ONE}import/<int:pk>/errors.xlsx", signed_in(sheets.sheet_errors), name="ledger_sheet_errors"),
    path(f"{ONE}grid/", signed_in(sheets.grid), name="ledger_grid"),
    path(f"{ONE}new/", signed_in(rows.form), name="ledger_new"),
    path(f"{ONE}<int:pk>/", signed_in(rows.row), name="ledger_row"),
    path(f"{ONE}<int:pk>/edit/", signed_in(rows.form), name="ledger_edit"),
]
