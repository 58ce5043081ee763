"""An installation by GB 18218-2018: what stands in it, the calculation step by step, its assessments."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from anwei.ledgers.beside import asides_of
from anwei.org.policy import person_of, signed_in
from anwei.org.register_rules import may_keep_registers
from anwei.sites.models import Installation
from anwei.sites.risks.assessing import may_assess
from anwei.sites.risks.confirming import may_confirm
from anwei.sites.risks.inventory import assess_installation, computed, quantity_t, stock_of
from anwei.sites.risks.queries import history_of, waits
from anwei.standards.major_hazard.assessment import share_of
from anwei.standards.major_hazard.tables import rules
from anwei.standards.risk.records import Record
from anwei.standards.sentences import Sentence, Unassessable, decimal, rounded


@signed_in
@require_GET
def risk_installation(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an installation with the calculation on what is registered now."""
    person, now, installation = person_of(request), timezone.now(), _installation(request, pk)
    record: Record | None = None
    refused: Sentence | None = None
    try:
        record = computed(installation)
    except Unassessable as error:
        refused = error.sentence
    history = list(history_of(installation))
    context = {
        "installation": installation,
        "inventory": _inventory(installation),
        "record": record,
        "refused": refused,
        "history": history,
        "waiting": (waiting := next((one for one in history if waits(one)), None)),
        "may_confirm": waiting is not None and may_confirm(person, waiting),
        "confirmed": next((one for one in history if one.confirmed_at), None),
        "standard": rules(),
        "may_assess": may_assess(person, installation, now),
        "may_write": may_keep_registers(person),
        "today": timezone.localdate(),
        "asides": asides_of(installation, person, now),
    }
    return render(request, "sites/risks/installation.html", context)


@signed_in
@require_POST
def risk_installation_assess(request: HttpRequest, pk: int) -> HttpResponse:
    """Assess an installation as it stands, when a review is due though nothing changed."""
    person, now, installation = person_of(request), timezone.now(), _installation(request, pk)
    if not may_assess(person, installation, now):
        raise PermissionDenied(_("您现在的岗位不能评估这里的风险。"))
    try:
        made = assess_installation(installation, actor=person, now=now)
    except Unassessable as error:
        messages.error(request, error.sentence.said(_))
        return redirect("risk_installation", pk)
    messages.success(request, _("已重新辨识分级，等监管部门的另一人复核。"))
    return redirect("risk_assessment", made.pk)


def _inventory(installation: Installation) -> list[dict[str, object]]:
    """Return the chemicals with what the standard says of each, or why it cannot."""
    lines: list[dict[str, object]] = []
    for chemical in installation.chemicals.order_by("pk"):
        line: dict[str, object] = {"chemical": chemical, "quantity": quantity_t(chemical)}
        try:
            share = share_of(stock_of(chemical))
        except Unassessable as error:
            line["refused"] = error.sentence
        else:
            line |= {
                "critical": decimal(share.critical),
                "ratio": rounded(share.ratio),
                "beta": decimal(share.beta),
                "confirm": share.confirm,
            }
        lines.append(line)
    return lines


def _installation(request: HttpRequest, pk: int) -> Installation:
    rows = Installation.objects.visible_to(person_of(request)).select_related("enterprise__unit")
    found: Installation = get_object_or_404(rows, pk=pk)
    return found
