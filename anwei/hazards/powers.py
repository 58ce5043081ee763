"""Who may issue orders of enforcement: departments; a township where the power was delegated to it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from anwei.ledgers.services import county_setting
from anwei.org.models import Unit

POWERS = "hazards.powers"  # key of the county's Setting: {unit: the document by which it has the power}
LOCAL = (Unit.Kind.TOWNSHIP, Unit.Kind.VILLAGE, Unit.Kind.GRID)


def why_not(unit: Unit) -> str:
    """Return in a sentence why a unit may not issue orders of enforcement, "" where it may.

    The power of a township rests on a document (行政处罚法 第24条), which the county enters; by default none
    has it. Who has it not keeps the record and hands over (安全生产法 第69条).
    """
    if unit.kind not in LOCAL or county_setting(POWERS, {}).get(str(unit.pk)):
        return ""
    return _(
        "%(unit)s没有赋权或者委托执法的文件（行政处罚法第24条），不能出具执法文书、责令停产停业或者处罚；"
        "请做好检查记录，并拟隐患移送函，移送有管辖权的部门（安全生产法第69条）。"
    ) % {"unit": unit}
