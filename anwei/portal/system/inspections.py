"""The numbers of inspections as figures: the yearly cap, the days that make visits one, whom first."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anwei.portal.system.figures import Field, Figure, Value, whole
from anwei.standards.inspections.rules import FIGURES, WEIGHTS, figures, weights

MOST_POINTS = 100
WEIGHT_LABELS = {
    "red": gettext_lazy("实时风险红色"),
    "orange": gettext_lazy("实时风险橙色"),
    "yellow": gettext_lazy("实时风险黄色"),
    "major": gettext_lazy("每个未销号重大隐患"),
    "overdue": gettext_lazy("每个超期隐患"),
    "repeat": gettext_lazy("每个重复隐患"),
    "never": gettext_lazy("从未检查"),
    "month": gettext_lazy("每满一个月没有检查"),
}


class Inspections:
    """How often a body may come, and what weighs how much in the suggestion of whom to visit."""

    code, key = "inspections", FIGURES
    label = gettext_lazy("涉企检查")
    hint = gettext_lazy(
        "每个单位每年对同一企业检查几次、相隔几天以内的检查建议合并、建议检查对象怎样计分。上限由县里公布，其余没有条款规定，县里可改。"
    )

    def figures(self, own: Value) -> list[Figure]:
        """Return the numbers, then the weights."""
        rows = [
            Figure(
                row.key,
                _("检查频次"),
                _(row.label),
                f"{own.get(row.key, row.value)} {_(row.unit)}",
                f"{row.value} {_(row.unit)}",
                row.citation,
                row.confidence,
                (Field("value", _(row.label), int(own.get(row.key, row.value)), is_number=True),),
                row.key in own,
                _(row.note),
            )
            for row in figures().values()
        ]
        default = weights({})
        for key, weight in weights(own).items():
            label = str(WEIGHT_LABELS[key])
            rows.append(
                Figure(
                    f"{WEIGHTS}.{key}",
                    _("建议检查对象的计分"),
                    label,
                    _("%(n)d 分") % {"n": weight.points},
                    _("%(n)d 分") % {"n": default[key].points},
                    _("无条款，可改"),
                    "TEMPLATE",
                    (Field("value", label, weight.points, is_number=True),),
                    key in own.get(WEIGHTS, {}),
                    _(weight.note),
                )
            )
        return rows

    def changed(self, own: Value, name: str, entered: Mapping[str, str]) -> Value:
        """Enter one of them."""
        number, weight = whole(entered, "value"), name.removeprefix(f"{WEIGHTS}.")
        if weight != name:
            if number > MOST_POINTS:
                raise ValueError(_("计分为 0 至 %(n)d。") % {"n": MOST_POINTS})
            return {**own, WEIGHTS: {**own.get(WEIGHTS, {}), weight: number}}
        row = figures()[name]
        if not row.least <= number <= row.most:
            words = {"label": _(row.label), "least": row.least, "most": row.most}
            raise ValueError(_("%(label)s为 %(least)d 至 %(most)d。") % words)
        return {**own, name: number}

    def reset(self, own: Value, name: str) -> Value:
        """Leave one out."""
        weight = name.removeprefix(f"{WEIGHTS}.")
        kept = {key: value for key, value in own.items() if key != name}
        if weight != name:
            kept[WEIGHTS] = {key: value for key, value in own.get(WEIGHTS, {}).items() if key != weight}
        return kept
