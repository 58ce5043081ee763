"""Enforcement as figures: who may issue orders, what these say of remedies, how long a penalty is shown."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anwei.hazards.penalties.publishing import DEFAULT_MONTHS, DEFAULT_WITHDRAWN, SHOWN, WITHDRAWN
from anwei.hazards.powers import POWERS
from anwei.hazards.remedies import GOVERNMENT, SETTING, county_bodies, county_code, government_bodies
from anwei.hazards.remedies import LONGEST as LONGEST_NAME
from anwei.org.models import Unit
from anwei.portal.system.figures import Field, Figure, Value, length, whole
from anwei.standards.remedies import remedies

LONGEST = 100
MONTHS = "months"
MOST_MONTHS = 36  # 三年: no penalty is shown longer


class Powers:
    """By which document a township has the power of enforcement; by default none has it."""

    code, key = "powers", POWERS
    label = gettext_lazy("乡镇执法权")
    hint = gettext_lazy(
        "填写赋权或者委托执法的文件文号后，该乡镇（街道）可以出具执法文书、登记处罚；没有填写的，只做检查记录和移送。"
    )

    def figures(self, own: Value) -> list[Figure]:
        """Return a row for each township."""
        townships = Unit.objects.filter(kind=Unit.Kind.TOWNSHIP, closed_on=None).order_by("pk")
        return [
            Figure(
                str(unit.pk),
                str(unit.get_kind_display()),
                unit.name,
                own.get(str(unit.pk)) or _("没有执法权"),
                _("没有执法权"),
                _("行政处罚法第24条"),
                "MEMORY",
                (Field("document", _("赋权或者委托文件"), own.get(str(unit.pk), "")),),
                str(unit.pk) in own,
            )
            for unit in townships
        ]

    def changed(self, own: Value, name: str, entered: Mapping[str, str]) -> Value:
        """Enter the document of one township."""
        document = entered.get("document", "").strip()
        if not document or len(document) > LONGEST:
            raise ValueError(_("文件文号为 1 至 %(n)d 字。") % {"n": LONGEST})
        return {**own, name: document}

    def reset(self, own: Value, name: str) -> Value:
        """Leave one township out."""
        return {key: document for key, document in own.items() if key != name}


class Remedies:
    """To which bodies an order tells its addressee to turn; the terms are of the law and stand fast."""

    code, key = "remedies", SETTING
    label = gettext_lazy("执法文书的权利告知")
    hint = gettext_lazy("指令书、决定书告知的复议机关和法院。期限由法律规定，不能改；名称按县里实际填写。")

    def figures(self, own: Value) -> list[Figure]:
        """Return a row for each remedy, against departments and townships and against the government."""
        against = (
            ("", _("部门、乡镇作出的"), county_bodies(county_code())),
            (GOVERNMENT, _("县级人民政府自己作出的"), government_bodies()),
        )
        return [
            Figure(
                f"{before}{key}",
                _("%(remedy)s（%(whose)s）") % {"remedy": one.label, "whose": whose},
                _("%(remedy)s，%(term)s内") % {"remedy": one.label, "term": one.term},
                own.get(f"{before}{key}", default[key]),
                default[key],
                f"{one.citation}；{one.competent_citation}",
                "TEMPLATE",
                (Field("name", _("机关名称"), own.get(f"{before}{key}", default[key])),),
                f"{before}{key}" in own,
            )
            for before, whose, default in against
            for key, one in remedies().items()
        ]

    def changed(self, own: Value, name: str, entered: Mapping[str, str]) -> Value:
        """Enter one name."""
        body = entered.get("name", "").strip()
        if not body or len(body) > LONGEST_NAME:
            raise ValueError(_("机关名称为 1 至 %(n)d 字。") % {"n": LONGEST_NAME})
        return {**own, name: body}

    def reset(self, own: Value, name: str) -> Value:
        """Let the default hold."""
        return {key: body for key, body in own.items() if key != name}


class Publication:
    """For how long the public reads a penalty, and why one was withdrawn."""

    code, key = "penalties", SHOWN
    label = gettext_lazy("处罚公示期")
    hint = gettext_lazy("处罚公示满这个期限后自动撤下；没有条款规定，县里可改。")

    def figures(self, own: Value) -> list[Figure]:
        """Return the two rows."""
        rows = (
            (MONTHS, DEFAULT_MONTHS, _("行政处罚"), _("公示多久")),
            (WITHDRAWN, DEFAULT_WITHDRAWN, _("撤回的处罚"), _("撤回说明公开多久")),
        )
        return [self._figure(own, *row) for row in rows]

    def _figure(self, own: Value, key: str, default: int, label: str, said: str) -> Figure:
        months = int(own.get(key, {}).get("limit", default))
        if not 1 <= months <= MOST_MONTHS:
            raise ValueError(_("公示期为 1 至 %(n)d 个月。") % {"n": MOST_MONTHS})
        return Figure(
            key,
            label,
            said,
            length(months, "month"),
            length(default, "month"),
            _("无条款，可改"),
            "TEMPLATE",
            (Field("limit", _("个月"), months, is_number=True),),
            key in own,
        )

    def changed(self, own: Value, name: str, entered: Mapping[str, str]) -> Value:
        """Enter the months."""
        return {**own, name: {"limit": whole(entered, "limit")}}

    def reset(self, own: Value, name: str) -> Value:
        """Let the default hold."""
        return {key: months for key, months in own.items() if key != name}
