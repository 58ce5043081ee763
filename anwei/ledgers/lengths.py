"""Lengths of time in words."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

MINUTE, HOUR, DAY = 60, 3600, 86400


def duration_words(seconds: float) -> str:
    """Return a length of time in the two largest units an official would say ("4 天 8 小时")."""
    whole = max(0, int(seconds))
    if whole < MINUTE:
        return ngettext("%(n)d 秒", "%(n)d 秒", whole) % {"n": whole}
    minutes, hours, days = whole // MINUTE, whole // HOUR, whole // DAY
    if minutes < 60:
        return ngettext("%(n)d 分钟", "%(n)d 分钟", minutes) % {"n": minutes}
    if days < 1:
        return _("%(hours)d 小时 %(minutes)d 分") % {"hours": hours, "minutes": minutes % 60}
    return _("%(days)d 天 %(hours)d 小时") % {"days": days, "hours": hours % 24}
