"""What happens to a case besides the verbs of its table, and how the timeline tells it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anwei.cases.models import Entry
from anwei.ledgers.erasure import ERASED
from anwei.standards.calendar import COUNTY_TIME

REMIND, OVERDUE, SUPERVISE, WARN = "remind", "overdue", "supervise", "warn"  # the acts of a ladder's rungs
ASKED, EXTENDED, NOT_EXTENDED = "extension_asked", "extended", "extension_refused"
RECOUNTED, TRANSFER = "recounted", "transfer"


def _overdue(entry: Entry) -> str:
    return _("“%(clock)s”超期") % {"clock": _(entry.content["clock"])} + _told(entry)


def _rung(entry: Entry) -> str:
    words = {"rung": _(entry.content["label"]), "clock": _(entry.content["clock"])}
    return str(_("%(rung)s：“%(clock)s”") % words) + _told(entry)


def _told(entry: Entry) -> str:
    """Say which posts were told, and for which vacant ones others were."""
    told, vacant = entry.content.get("told", ()), entry.content.get("vacant", ())
    line = _("，已通知%(posts)s") % {"posts": _("、").join(told)} if told else ""
    return line + (_("（%(posts)s空缺）") % {"posts": _("、").join(vacant)} if vacant else "")


def _asked(entry: Entry) -> str:
    return str(_("已申请延期：%(number)s，申请延至 %(until)s") % entry.content)


def _extended(entry: Entry) -> str:
    words = {
        "clock": _(entry.content["clock"]),
        "from": _moment(entry.content["from"]),
        "to": _moment(entry.content["to"]),
        "number": entry.content["extension"],
        "signer": entry.content["signer"],
    }
    return _("“%(clock)s”由 %(from)s 延至 %(to)s，%(number)s，签批人 %(signer)s") % words


def _not_extended(entry: Entry) -> str:
    return str(_("%(number)s不予延期：%(reason)s（%(signer)s）") % entry.content)


def _recounted(entry: Entry) -> str:
    words = {"clock": _(entry.content["clock"]), "to": _moment(entry.content["to"])}
    return _("放假安排公布，“%(clock)s”改为 %(to)s 到期") % words


def _transfer(entry: Entry) -> str:
    words = {"from": entry.content["from"]["name"], "to": entry.content["to"]["name"]}
    return _("由“%(from)s”移交“%(to)s”") % words


EVENTS: dict[str, Callable[[Entry], str]] = {
    REMIND: _rung,
    OVERDUE: _overdue,
    SUPERVISE: _rung,
    WARN: _rung,
    ASKED: _asked,
    EXTENDED: _extended,
    NOT_EXTENDED: _not_extended,
    RECOUNTED: _recounted,
    TRANSFER: _transfer,
}
TYPED: dict[str, Promise] = {  # what somebody typed a reason for, and what is left when it was erased
    ASKED: gettext_lazy("已申请延期"),
    EXTENDED: gettext_lazy("已延期"),
    NOT_EXTENDED: gettext_lazy("不予延期"),
    TRANSFER: gettext_lazy("已移交"),
}


def contribute_event(verb: str, told: Callable[[Entry], str], erased: Promise) -> None:
    """Add what happens to a case of another room beside its verbs; `erased` stands where the text is gone."""
    EVENTS[verb], TYPED[verb] = told, erased


def line(entry: Entry) -> str:
    """Return what the timeline says of an event, also of one whose text was erased."""
    return str(TYPED[entry.verb]) if entry.content == ERASED else EVENTS[entry.verb](entry)


def _moment(text: str) -> str:
    return date_format(datetime.fromisoformat(text).astimezone(COUNTY_TIME), "Y-m-d H:i")
