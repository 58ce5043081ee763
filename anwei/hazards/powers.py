"""Who may issue orders of enforcement: departments and the government; others where it was given to them."""

from __future__ import annotations

from django.utils.translation import gettext as _

from anwei.ledgers.services import county_setting
from anwei.org.models import PUBLIC_BODIES, Unit

POWERS = "hazards.powers"  # key of the county's Setting: {unit: the document by which it has the power}
ORDERING = (Unit.Kind.DEPARTMENT, Unit.Kind.GOVERNMENT)


def why_not(unit: Unit) -> str:
    """Return in a sentence why a unit may not issue orders of enforcement, "" where it may.

    The power of a township, or of another body that is no department, rests on a document (行政处罚法 第20、
    24条), which the county enters; by default none has it. Who has it not keeps the record and hands over
    (安全生产法 第69条). An enterprise never has it.
    """
    if unit.kind not in PUBLIC_BODIES:
        return _("责令停产停业和执法文书由监管部门作出，企业不能对自己作出：需要停产停业的，请移送监管部门。")
    if unit.kind in ORDERING or county_setting(POWERS, {}).get(str(unit.pk)):
        return ""
    return _(
        "%(unit)s没有赋权或者委托执法的文件（行政处罚法第24条），不能出具执法文书、责令停产停业或者处罚；"
        "请做好检查记录，并拟隐患移送函，移送有管辖权的部门（安全生产法第69条）。"
    ) % {"unit": unit}
