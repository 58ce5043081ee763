"""Who signs the yearly responsibility letter with whom, as figures: one a kind of unit."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anwei.org.letters import CHOICES, SETTING, SIDES
from anwei.org.models import Unit
from anwei.portal.system.figures import Field, Figure, Value


class Sides:
    """With whom departments, townships, villages and enterprises sign."""

    code, key = "letters", SETTING
    label = gettext_lazy("责任书与谁签订")
    hint = gettext_lazy("各类单位每年与谁签订安全生产责任书。法律没有规定，县里可改；已签订的不受影响。")

    def figures(self, own: Value) -> list[Figure]:
        """Return a row for each kind of unit that signs."""
        choices = tuple((side, str(label)) for side, label in CHOICES.items())
        return [
            Figure(
                str(kind),
                _("责任书"),
                str(Unit.Kind(kind).label),
                str(CHOICES[own.get(kind, default)]),
                str(CHOICES[default]),
                _("无条款，可改"),
                "TEMPLATE",
                (Field("side", _("与谁签订"), own.get(kind, default), choices=choices),),
                kind in own,
            )
            for kind, default in SIDES.items()
        ]

    def changed(self, own: Value, name: str, entered: Mapping[str, str]) -> Value:
        """Enter the side of one kind."""
        side = entered.get("side", "")
        if side not in CHOICES:
            raise ValueError(_("请从列表中选择。"))
        return {**own, name: side}

    def reset(self, own: Value, name: str) -> Value:
        """Leave one kind out."""
        return {key: side for key, side in own.items() if key != name}
