"""Doors of the registers: the room below knows no policy, so each view gets its own here."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest
from django.urls import path

from anwei.ledgers.views import proposals, registers, rows, sheets
from anwei.org.accounts.recent import recent
from anwei.org.policy import signed_in
from anwei.portal.register_index import register_index

ONE = "ledgers/<slug:code>/"
OF_RIGHTS = ("people", "posts", "roster", "sector-duties", "units")


def writing(view: Callable[..., Any]) -> Callable[..., Any]:
    """Return the view of a form for people with an account; before it writes rights, it asks who it is."""
    asking = recent(view)

    @wraps(view)
    def asked(request: HttpRequest, code: str, *args: Any, **kwargs: Any) -> Any:
        return (asking if code in OF_RIGHTS else view)(request, code, *args, **kwargs)

    return signed_in(asked)


urlpatterns = [
    path("proposals/", signed_in(proposals.proposals), name="proposals"),
    path("proposals/<int:pk>/", signed_in(proposals.proposal), name="proposal"),
    path("proposals/<int:pk>/<slug:act>/", signed_in(proposals.decide), name="proposal_decide"),
    path("ledgers/", register_index, name="ledgers"),
    path(ONE, signed_in(registers.register), name="ledger"),
    path(f"{ONE}print/", signed_in(registers.printed), name="ledger_print"),
    path(f"{ONE}export/", signed_in(registers.export), name="ledger_export"),
    path(f"{ONE}batch/", signed_in(registers.batch), name="ledger_batch"),
    path(f"{ONE}views/", signed_in(registers.views), name="ledger_views"),
    path(f"{ONE}template.xlsx", signed_in(sheets.template), name="ledger_template"),
    path(f"{ONE}import/", signed_in(sheets.hand_in_sheet), name="ledger_import"),
    path(f"{ONE}import/<int:pk>/", writing(sheets.sheet), name="ledger_sheet"),
    path(f"{ONE}import/<int:pk>/errors.xlsx", signed_in(sheets.sheet_errors), name="ledger_sheet_errors"),
    path(f"{ONE}grid/", writing(sheets.grid), name="ledger_grid"),
    path(f"{ONE}new/", writing(rows.form), name="ledger_new"),
    path(f"{ONE}<int:pk>/", signed_in(rows.row), name="ledger_row"),
    path(f"{ONE}<int:pk>/edit/", writing(rows.form), name="ledger_edit"),
    path(f"{ONE}<int:pk>/end/", writing(rows.end), name="ledger_end"),
]
