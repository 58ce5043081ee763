"""On which day the figures of the month before are frozen, as a figure."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anwei.oversight.timetable import FREEZE_ON, LAST_DAY, SETTING
from anwei.portal.system.figures import Field, Figure, Value

NAME = "freeze_on"


class FreezeDay:
    """The day of the month on which the month before is frozen by itself."""

    code, key = "statistics", SETTING
    label = gettext_lazy("统计定版")
    hint = gettext_lazy("上个月的统计指标在每月哪一天定版。定版以前迟报的还计入；已定版的不受影响。")

    def figures(self, own: Value) -> list[Figure]:
        """Return the one row."""
        day = int(own.get(NAME, FREEZE_ON))
        words = _("每月 %(day)d 日")
        return [
            Figure(
                NAME,
                _("统计"),
                _("上月定版的日子"),
                words % {"day": day},
                words % {"day": FREEZE_ON},
                _("无条款，可改"),
                "TEMPLATE",
                (Field("day", _("每月几日"), day, is_number=True),),
                NAME in own,
            )
        ]

    def changed(self, own: Value, name: str, entered: Mapping[str, str]) -> Value:
        """Enter the day."""
        text = entered.get("day", "").strip()
        if not text.isdecimal() or not 1 <= int(text) <= LAST_DAY:
            raise ValueError(_("请填 1 到 %(last)d 之间的日子。") % {"last": LAST_DAY})
        return {**own, name: int(text)}

    def reset(self, own: Value, name: str) -> Value:
        """Leave it out."""
        return {key: value for key, value in own.items() if key != name}
