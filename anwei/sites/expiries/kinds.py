"""Kinds of things that end on a day, declared by the rooms that keep them, and the one list of them all.

A room declares its kinds in a module `expiry_kinds.py`, found when the rooms are made ready.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import CharField, DateField, F, QuerySet, Value
from django.db.models.functions import Cast
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from anwei.org.models import Person

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

WINDOWS = (30, 60, 90)  # days ahead; each band begins where the one before ends
EXPIRED = 0
BANDS = {
    EXPIRED: gettext_lazy("已过期"),
    30: gettext_lazy("30 天内"),
    60: gettext_lazy("31—60 天"),
    90: gettext_lazy("61—90 天"),
}
WITHOUT_DAY = date(1900, 1, 1)  # of what must be done at once, whatever the day: at the end of what is over


@dataclass(frozen=True)
class ExpiryKind:
    """One kind: its rows that count on a day (`rows`, scoped by `visible_to` later), their last day and name.

    `day`, `whose`, `territory`, `sector` and `owner` (the key of the enterprise) are paths of the model;
    `what` makes an expression in the reader's language; `opens` leads to a row, `act` says what must be done.
    What has no `day` must be done at once, which `undated` says.
    """

    code: str
    label: _StrPromise
    act: _StrPromise
    rows: Callable[[date], Any]
    day: str
    what: Callable[[], Any]
    opens: Callable[[int], str]
    whose: str = "enterprise__unit__name"
    territory: str = "enterprise__unit__territory"
    sector: str = "enterprise__sector"
    owner: str = "enterprise_id"
    undated: _StrPromise | str = ""


@dataclass(frozen=True)
class Expiry:
    """One row of the list."""

    kind: ExpiryKind
    today: date
    key: int
    day: date
    what: str
    whose: str
    territory: str
    sector: str | None
    owner: int | None

    @property
    def band(self) -> int:
        """The band of `BANDS` that it stands in."""
        if self.kind.undated or self.day < self.today:
            return EXPIRED
        return next(window for window in WINDOWS if (self.day - self.today).days <= window)

    @property
    def url(self) -> str:
        """Where the row is."""
        return self.kind.opens(self.key)

    @property
    def remaining(self) -> str:
        """How long it still holds, or since when it does not, in words."""
        n_days = (self.day - self.today).days
        if self.kind.undated:
            return str(self.kind.undated)
        if n_days == 0:
            return _("今天到期")
        if n_days < 0:
            return ngettext("已过期 %(n)d 天", "已过期 %(n)d 天", -n_days) % {"n": -n_days}
        return ngettext("还有 %(n)d 天", "还有 %(n)d 天", n_days) % {"n": n_days}


_kinds: dict[str, ExpiryKind] = {}


def declare_expiry_kind(kind: ExpiryKind) -> None:
    """Add a kind to the list; called once, when the room's module is imported."""
    _kinds[kind.code] = kind


def expiry_kinds() -> tuple[ExpiryKind, ...]:
    """Return the kinds of the installed rooms."""
    return tuple(_kinds.values())


def expiries(
    person: Person, today: date, *, codes: Collection[str] = (), narrowed: dict[str, Any] | None = None
) -> list[Expiry]:
    """Return what `person` may see that ended or ends within 90 days, the longest over first; one query.

    `codes` names some kinds; `narrowed` filters by `township` (a prefix), `sector` and `owner` (a key).
    """
    asked = [kind for kind in expiry_kinds() if not codes or kind.code in codes]
    parts = [_rows(kind, person, today, narrowed or {}) for kind in asked]
    if not parts:
        return []
    found = parts[0].union(*parts[1:], all=True)
    rows = [Expiry(_kinds[code], today, *row) for code, *row in found]
    return sorted(rows, key=lambda row: (row.band, bool(row.kind.undated), row.day, row.kind.code, row.key))


def _rows(kind: ExpiryKind, person: Person, today: date, narrowed: dict[str, Any]) -> QuerySet[Any, Any]:
    """Return the rows of one kind as the tuples of `Expiry`, its code first."""
    rows = kind.rows(today).visible_to(person).order_by()
    if township := narrowed.get("township"):
        rows = rows.filter(**{f"{kind.territory}__startswith": township})
    if sector := narrowed.get("sector"):
        rows = rows.filter(**{kind.sector: sector})
    if owner := narrowed.get("owner"):
        rows = rows.filter(**{kind.owner: owner})
    if not kind.undated:
        rows = rows.filter(**{f"{kind.day}__lte": today + timedelta(days=WINDOWS[-1])})
    day = Cast(Value(WITHOUT_DAY), DateField()) if kind.undated else F(kind.day)
    paths = (F(kind.whose), F(kind.territory), F(kind.sector), F(kind.owner))
    tuples: QuerySet[Any, Any] = rows.values_list(
        Value(kind.code, CharField()), F("pk"), day, kind.what(), *paths
    )
    return tuples
