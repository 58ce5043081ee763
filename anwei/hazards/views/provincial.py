"""The filtered hazards as the province's sheet."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from anwei.hazards.provincial import provincial_columns
from anwei.hazards.registers.hazards import HAZARDS
from anwei.ledgers.export import attachment
from anwei.ledgers.listing import NOT_FILTERS, remembered
from anwei.ledgers.outgoing import Outgoing, sheet_of
from anwei.ledgers.register_page import filtered_rows, words_of
from anwei.org.policy import person_of, signed_in


@signed_in
@require_GET
def hazard_provincial(request: HttpRequest) -> HttpResponse:
    """Give out the hazards of the ledger's filter in the columns of the province's sheet.

    What was untrue or merged into another is none: the sheet has no column to say so.
    """
    person, parameters = person_of(request), remembered(request, HAZARDS.code).copy()
    for name in NOT_FILTERS:
        parameters.pop(name, None)
    try:
        rows = filtered_rows(HAZARDS, parameters, person)
    except ValueError as error:
        raise Http404(str(error)) from error
    words = words_of(HAZARDS, parameters, person)
    outgoing = Outgoing(
        HAZARDS, rows.filter(counted=True), person, timezone.now(), provincial_columns(HAZARDS), words
    )
    return attachment(_("省平台隐患表"), "xlsx", sheet_of(outgoing, "xlsx"))
