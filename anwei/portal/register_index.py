"""The index of the registers: which stand together under one heading, in the order they are looked for."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from anwei.ledgers.declaration import Ledger, ledgers, row_counts
from anwei.org.policy import person_of, signed_in

GROUPS = (
    (
        gettext_lazy("企业档案"),
        ("enterprises", "licences", "insurances", "management-documents", "safety-funds", "contacts"),
    ),
    (gettext_lazy("风险"), ("risk-points", "installations", "chemicals", "processes", "weather")),
    (gettext_lazy("设备与监控"), ("equipment", "cameras")),
    (
        gettext_lazy("场所与在建项目"),
        (
            "sites",
            "road-sections",
            "nine-small",
            "self-built",
            "projects",
            "project-parties",
            "dangerous-works",
        ),
    ),
    (gettext_lazy("隐患排查治理"), ("hazards", "past-hazards", "inspectors")),
    (gettext_lazy("事故与目标"), ("accidents", "opening-figures", "targets")),
    (gettext_lazy("组织与责任"), ("units", "posts", "people", "roster", "sector-duties")),
)


def grouped(registers: tuple[Ledger, ...]) -> list[tuple[str, list[Ledger]]]:
    """Return the registers under their headings; what no group names stands under the last one."""
    by_code = {ledger.code: ledger for ledger in registers}
    groups = [
        (str(label), [by_code.pop(code) for code in codes if code in by_code]) for label, codes in GROUPS
    ]
    return [(label, found) for label, found in [*groups, (_("其他"), [*by_code.values()])] if found]


@signed_in
@require_GET
def register_index(request: HttpRequest) -> HttpResponse:
    """Show each register that the person sees rows of or may add to, with how many rows they see."""
    person = person_of(request)
    n_rows = row_counts(ledgers(), person)
    used = tuple(each for each in ledgers() if n_rows[each.code] or each.may_add(person))
    groups = [(label, [(each, n_rows[each.code]) for each in found]) for label, found in grouped(used)]
    return render(request, "register_index.html", {"groups": groups})
