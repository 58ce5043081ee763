"""The page of an accident: what happened, how its grade follows, and a death that came later."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from anwei.cases.indicators import plain
from anwei.emergency.forms import LateDeathForm
from anwei.emergency.models import Accident
from anwei.emergency.services.accidents import label_of, late_until, record_late_death
from anwei.org.policy import person_of, signed_in
from anwei.org.register_rules import may_keep_registers
from anwei.standards.accidents import accident_grades
from anwei.standards.hazards.criteria import criterion
from anwei.standards.risk.accident_types import accident_type

CONDITIONS = ("chemicals", "equipment", "process", "conditions")


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def accident(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an accident; a POST counts one late death, and stays on the page with a sentence where refused."""
    person, now = person_of(request), timezone.now()
    rows = Accident.objects.visible_to(person).select_related("enterprise__unit", "site")
    row: Accident = get_object_or_404(rows, pk=pk)
    may_write = may_keep_registers(person) and row.counts
    form = LateDeathForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            told = {name: form.cleaned_data[name] for name in ("reason", "key")}
            record_late_death(row, form.death(), actor=person, now=now, **told)
        except ValueError as error:
            form.add_error(None, str(error))
        else:
            messages.success(
                request, _("已计入，事故等级按新的人数重新确定；已定版的月份请在统计指标中更正。")
            )
            return redirect("accident", pk=pk)
    context = {
        "row": row,
        "loss": plain(row.loss),
        "type": accident_type(row.type),
        "grade": accident_grades()[row.grade],
        "criterion": criterion(row.criterion) if row.criterion else None,
        "conditions": [(label_of(name), getattr(row, name)) for name in CONDITIONS if getattr(row, name)],
        "late_until": late_until(row),
        "may_write": may_write,
        "form": form,
    }
    return render(request, "emergency/accident.html", context, status=422 if form.errors else 200)
