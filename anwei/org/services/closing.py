"""Public bodies that are no more: one is closed on a day, and only when nothing hangs on it any longer.

A room above says what of its own still hangs on a unit by a module `unit_closing.py`, found when the rooms
are made ready.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from anwei.org.holdings import day_of
from anwei.org.models import Holding, SectorDuty, Unit
from anwei.org.services.errors import OrgError

Hindrance = Callable[[Unit], str]
_hindrances: list[Hindrance] = []


def register_hindrance(hindrance: Hindrance) -> None:
    """Add what says in words what still hangs on a unit, "" for nothing; called once by a room above."""
    _hindrances.append(hindrance)


def require_closable(unit: Unit | None, closed_on: date, now: datetime) -> None:
    """Raise OrgError unless a unit may be closed on a day: not a later one, and nothing hangs on it."""
    if closed_on > day_of(now):
        raise OrgError(_("撤销日期不能晚于今天。"))
    if unit is not None and (found := [*_own(unit, now), *filter(None, (one(unit) for one in _hindrances))]):
        words = {"unit": unit, "what": _("、").join(found)}
        raise OrgError(_("“%(unit)s”还有%(what)s，不能撤销。") % words)


def require_open(unit: Unit, until: date | None = None) -> None:
    """Raise OrgError where a unit is closed before a day, or at all when no day is given."""
    if unit.closed_on is not None and (until is None or until > unit.closed_on):
        sentence = _("“%(unit)s”已于 %(day)s 撤销。")
        raise OrgError(sentence % {"unit": unit, "day": unit.closed_on})


def _own(unit: Unit, now: datetime) -> list[str]:
    today = day_of(now)
    found = []
    lasting = Q(to_on__isnull=True) | Q(to_on__gte=today)
    if n_holders := Holding.objects.filter(lasting, post__unit=unit).count():
        found.append(_("%(n)d 名在任人员") % {"n": n_holders})
    if n_children := unit.children.filter(closed_on__isnull=True).count():
        found.append(_("%(n)d 个下级单位") % {"n": n_children})
    if n_duties := SectorDuty.objects.filter(lasting, unit=unit).count():
        found.append(_("%(n)d 项行业监管分工") % {"n": n_duties})
    return found
