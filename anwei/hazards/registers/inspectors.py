"""行政执法证: who of a body may inspect, under which number, until when."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy

from anwei.cases.errors import CaseError, NotYourTurn
from anwei.hazards.models import Inspector
from anwei.hazards.models.campaigns import bodies_touched
from anwei.hazards.planning.bodies import INSPECTING, bodies_at
from anwei.hazards.services.inspectors import refuse_others, save_inspectors
from anwei.ledgers.declaration import Column, Ledger, register
from anwei.org.models import Unit
from anwei.org.register_rules import NAME_HEADERS, UNIT_HEADERS, may_keep_registers
from anwei.org.unit_names import without_blanks


def inspecting_bodies(person: Any) -> Iterable[tuple[int, str]]:
    """Return the bodies that inspect, in or around what a person sees of the public bodies."""
    bodies = Unit.objects.filter(kind__in=INSPECTING, closed_on=None)
    if person is not None:
        bodies = bodies.filter(bodies_touched(person, "territory"))
    return bodies.values_list("pk", "name")


def may_write(person: Any) -> bool:
    """Say whether a person keeps registers at a body that inspects; of which bodies, each row says."""
    return may_keep_registers(person) and bool(bodies_at(person))


INSPECTORS = register(
    Ledger(
        code="inspectors",
        label=gettext_lazy("执法证台账"),
        model=Inspector,
        related=("person", "unit"),
        key=("number",),
        also_known_by=(("unit", "full_name"),),
        order=("unit__territory", "unit__name", "number"),
        save=save_inspectors,
        errors=(CaseError, NotYourTurn),
        may_write=may_write,
        refuse_together=refuse_others,
        explanation=gettext_lazy(
            "检查人员的行政执法证：各单位登记本单位任职的人员，县里可以统一导入；到期前 90 天起列入到期清单。"
        ),
        empty=gettext_lazy("从 Excel 导入本单位的执法证名册，或逐个登记；部门的检查须有至少两名持证人员。"),
        columns=(
            Column(
                "full_name",
                label=gettext_lazy("姓名"),
                path="person__full_name",
                synonyms=("执法人员", "持证人", *NAME_HEADERS),
                clean=without_blanks,
                searched=True,
                required=True,
                example="张三",
            ),
            Column(
                "unit",
                display="unit__name",
                choices=inspecting_bodies,
                synonyms=("执法机关", "执法主体", *UNIT_HEADERS),
                searched=True,
                filtered=True,
            ),
            Column("number", synonyms=("证号", "证件编号", "执法证编号"), searched=True, example="湘A-0001"),
            Column("valid_until", synonyms=("有效期", "到期日期", "有效期截止", "证件有效期")),
        ),
    )
)
