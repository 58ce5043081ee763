"""Names as figures: the system's own, and the marks by which issuers number their papers (机关代字)."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anwei.ledgers.papers.numbers import ISSUERS
from anwei.org.models import Unit
from anwei.portal.system.figures import Field, Figure, Value

LONGEST = 20
ISSUING = (
    Unit.Kind.GOVERNMENT,
    Unit.Kind.COMMITTEE,
    Unit.Kind.COMMITTEE_OFFICE,
    Unit.Kind.DEPARTMENT,
    Unit.Kind.TOWNSHIP,
)


class Issuers:
    """What stands for a unit in the numbers of its papers."""

    code, key = "issuers", ISSUERS
    label = gettext_lazy("机关代字")
    hint = gettext_lazy("公文文号中代表发文单位的字，例如“云安办”。未设时用单位简称。")

    def figures(self, own: Value) -> list[Figure]:
        """Return a row for each unit that issues papers."""
        return [
            Figure(
                str(unit.pk),
                str(unit.get_kind_display()),
                unit.name,
                own.get(str(unit.pk)) or unit.short_name or unit.name,
                unit.short_name or unit.name,
                "GB/T 9704-2012 7.2.5",
                "VERIFIED",
                (Field("mark", _("机关代字"), own.get(str(unit.pk), "")),),
                str(unit.pk) in own,
            )
            for unit in Unit.objects.filter(kind__in=ISSUING).order_by("pk")
        ]

    def changed(self, own: Value, name: str, entered: Mapping[str, str]) -> Value:
        """Enter one mark."""
        mark = entered.get("mark", "").strip()
        if not mark or len(mark) > LONGEST or set(mark) & set("〔〕号\n"):
            raise ValueError(_("机关代字为 1 至 %(n)d 字，不含〔〕和“号”。") % {"n": LONGEST})
        return {**own, name: mark}

    def reset(self, own: Value, name: str) -> Value:
        """Leave one mark out."""
        return {key: mark for key, mark in own.items() if key != name}
