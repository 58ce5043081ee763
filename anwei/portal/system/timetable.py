"""The times of the nightly backup and the weekly drill, as figures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anwei.portal.schedule import DEFAULTS, SETTING, load
from anwei.portal.system.figures import Field, Figure, Value, whole


class Timetable:
    """When the background makes its backups and proves one, and how many it keeps."""

    code, key = "timetable", SETTING
    label = gettext_lazy("备份时间")
    hint = gettext_lazy("每晚自动备份、每周自动恢复演练的时间，以及保留的份数。没有条款规定，县里可改。")

    def figures(self, own: Value) -> list[Figure]:
        """Return the four figures."""
        load(own)
        days = tuple((str(number + 1), str(name)) for number, name in WEEKDAYS.items())
        labels = {
            "backup_at": (_("备份"), _("每晚备份时间"), ()),
            "kept": (_("备份"), _("保留份数（每晚备份）"), ()),
            "drill_on": (_("恢复演练"), _("每周演练的日子"), days),
            "drill_at": (_("恢复演练"), _("演练时间"), ()),
        }
        current = {**DEFAULTS, **own}
        return [
            Figure(
                name,
                group,
                label,
                _shown(current[name], choices),
                _shown(DEFAULTS[name], choices),
                _("无条款，可改"),
                "TEMPLATE",
                (Field("value", label, str(current[name]), name == "kept", choices),),
                name in own,
            )
            for name, (group, label, choices) in labels.items()
        ]

    def changed(self, own: Value, name: str, entered: Mapping[str, str]) -> Value:
        """Enter one of them."""
        if name in ("kept", "drill_on"):
            number = whole(entered, "value")
            if name == "kept" and not 2 <= number <= 400:
                raise ValueError(_("保留份数为 2 至 400。"))
            return {**own, name: number}
        try:
            at = time.fromisoformat(entered.get("value", "").strip())
        except ValueError as fault:
            raise ValueError(_("时间请写成 02:30 的样子。")) from fault
        return {**own, name: f"{at:%H:%M}"}

    def reset(self, own: Value, name: str) -> Value:
        """Leave one out."""
        return {key: value for key, value in own.items() if key != name}


def _shown(value: str | int, choices: tuple[tuple[str, str], ...]) -> str:
    return dict(choices).get(str(value), str(value))
