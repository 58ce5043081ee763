"""年度目标: what was set for a year, for whom, by which document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anwei.cases.counted import township_choices
from anwei.ledgers.declaration import Column, Ledger, register
from anwei.org.register_rules import PLACE_HEADERS, SECTOR_ALIASES, in_sight, may_keep_duties
from anwei.oversight.models import Target

FIRST_YEAR = 2000


def check(values: Mapping[str, Any]) -> str:
    """Refuse years that are none."""
    if not FIRST_YEAR <= (values.get("year") or 0) <= timezone.localdate().year + 1:
        return _("年份应在 %(first)d 年到明年之间") % {"first": FIRST_YEAR}
    return ""


def sees(person: Any, row: Target | None, values: Mapping[str, Any]) -> bool:
    """Say whether a person would see a target with these values."""
    return in_sight(person, values["territory"], values["sector"])


TARGETS = register(
    Ledger(
        code="targets",
        label=gettext_lazy("年度目标任务"),
        model=Target,
        key=("year", "territory", "sector", "measure"),
        order=("-year", "territory", "sector", "measure"),
        may_write=may_keep_duties,
        check=check,
        sees=sees,
        explanation=gettext_lazy("市里下达给县、县里分解到乡镇和行业的事故控制指标；县级工作人员登记。"),
        empty=gettext_lazy("从 Excel 导入目标责任书里的控制指标，或逐条登记。"),
        columns=(
            Column("year", synonyms=("年度",), sensitive=True, example="2026"),
            Column(
                "territory",
                choices=township_choices,
                synonyms=("责任单位", *PLACE_HEADERS),
                filtered=True,
                sensitive=True,
            ),
            Column(
                "sector",
                synonyms=("行业领域", "所属行业"),
                aliases=SECTOR_ALIASES,
                filtered=True,
                sensitive=True,
                explanation=gettext_lazy("不分行业的留空"),
            ),
            Column(
                "measure",
                synonyms=("指标", "指标名称", "控制内容"),
                aliases={
                    "死亡": Target.Measure.DEATHS,
                    "起数": Target.Measure.ACCIDENTS,
                    "较大事故": Target.Measure.LARGER,
                },
                filtered=True,
                sensitive=True,
            ),
            Column(
                "most", synonyms=("控制数", "指标数", "控制指标数", "目标值"), sensitive=True, example="5"
            ),
            Column("document", synonyms=("文号", "文件", "依据"), shown=True, example="安委〔2026〕1号"),
        ),
    )
)
