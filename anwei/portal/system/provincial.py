"""The headers of the province's sheet of hazards as figures, one for each column of the ledger it takes."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anwei.hazards.registers.hazards import HAZARDS
from anwei.portal.system.figures import Field, Figure, Value
from anwei.standards.hazards.provincial import PROVINCIAL_SHEET, default_columns

LONGEST = 40


class ProvincialSheet:
    """What the province calls each column; an empty header leaves the column out."""

    code = "provincial-sheet"
    key = PROVINCIAL_SHEET
    label = gettext_lazy("省平台隐患表的列")
    hint = gettext_lazy("按省里模板的列名填写；留空的列不导出。导入时这些列名也认。")

    def figures(self, own: Value) -> list[Figure]:
        """Return one figure a column. Raises ValueError where two columns would have one header."""
        headers = {**default_columns(), **own}
        used = [header for header in headers.values() if header]
        if len(used) > len(set(used)):
            raise ValueError(_("两列不能用同一个列名。"))
        return [
            Figure(
                name,
                _("隐患台账"),
                str(HAZARDS.column(name).label),
                header or _("不导出"),
                default_columns()[name],
                _("无条款，可改"),
                "TEMPLATE",
                (Field("header", _("省平台的列名"), header),),
                name in own,
            )
            for name, header in headers.items()
        ]

    def changed(self, own: Value, name: str, entered: Mapping[str, str]) -> Value:
        """Enter one header."""
        header = entered.get("header", "").strip()
        if len(header) > LONGEST:
            raise ValueError(_("列名不超过 %(n)d 个字。") % {"n": LONGEST})
        return {**own, name: header}

    def reset(self, own: Value, name: str) -> Value:
        """Leave one out."""
        return {key: value for key, value in own.items() if key != name}
