"""What was known of an enterprise at a moment: declared by the rooms, found by discovery, nothing of later.

A room contributes by a module `features`, found when the rooms are made ready. A feature reads what had
happened and was recorded by the moment it is asked for, never a flag of today: a test cuts the future off and
asks each of them again (tests/analytics/test_features.py).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, QuerySet

from anwei.ledgers.columns import Label, seen
from anwei.org.models import Person
from anwei.sites.models import Enterprise

Value = float | str
Values = Mapping[int, Value]
Ask = Callable[[datetime, QuerySet[Enterprise]], Values]


@dataclass(frozen=True)
class Ground:
    """One row on which a value rests: when it was, in words, and where it stands (or "")."""

    on: date | datetime | None
    words: str
    address: str = ""


Grounds = Callable[[datetime, Enterprise, Person], Iterable[Ground]]


def no_grounds(at: datetime, enterprise: Enterprise, person: Person) -> Iterable[Ground]:
    """Return no row: the value stands in the enterprise's own record."""
    return ()


@dataclass(frozen=True)
class Feature:
    """One thing known of each enterprise at a moment, in bulk.

    `values` leaves out whom it has nothing of: that means `otherwise` (0 of what is counted, None where it is
    not known). `sentence` says a value in words; `grounds` are the rows of one enterprise that a person sees.
    `direction`: more is worse (1), better (-1), or neither (0), which binds the learned model. A value is a
    number, or a code where the feature is a `category`.
    """

    key: str
    label: Label
    sentence: Callable[[Any], str]
    values: Ask
    direction: int = 1
    otherwise: float | None = 0.0
    category: bool = False
    grounds: Grounds = no_grounds


@dataclass(frozen=True)
class Harm:
    """Something bad that happened to an enterprise: when, when it was known here, and where it stands."""

    enterprise: int
    at: datetime
    known_at: datetime
    words: str
    address: str


@dataclass(frozen=True)
class HarmKind:
    """A kind of harm that a score shall foretell; `happened` yields those of a span that were known `by`.

    What is `sought` is found by whoever goes and looks: where one goes more often there is more of it.
    """

    key: str
    label: Label
    happened: Callable[[datetime, datetime, datetime], Iterator[Harm]]
    sought: bool = False


_features: dict[str, Feature] = {}
_harms: dict[str, HarmKind] = {}


def contribute_features(*features: Feature) -> None:
    """Add features; called once, when the room's module is imported."""
    for one in features:
        _features[one.key] = one


def contribute_harms(*kinds: HarmKind) -> None:
    """Add kinds of harm; called once, when the room's module is imported."""
    for kind in kinds:
        _harms[kind.key] = kind


def features() -> Collection[Feature]:
    """Return every feature of the installed rooms."""
    return _features.values()


def feature(key: str) -> Feature | None:
    """Return a feature by its key, None where no room has it (any more)."""
    return _features.get(key)


def harm_kinds() -> Mapping[str, HarmKind]:
    """Return the kinds of harm of the installed rooms by key."""
    return _harms


def full(one: Feature, told: Values, keys: Iterable[int]) -> dict[int, Value | None]:
    """Return the value of each of the enterprises, `otherwise` where there is nothing."""
    return {key: told.get(key, one.otherwise) for key in keys}


Rows = Callable[[datetime], QuerySet[Any]]
Told = Callable[[Any, datetime], Ground]


def of(
    rows: QuerySet[Any], enterprises: QuerySet[Enterprise], enterprise: str = "enterprise"
) -> QuerySet[Any]:
    """Return the rows of the enterprises, unordered; `enterprise` is the path to it."""
    return rows.filter(**{f"{enterprise}__in": enterprises.order_by().values("pk")}).order_by()


def counted(rows: Rows, enterprise: str = "enterprise") -> Ask:
    """Return what counts the rows of each enterprise that there were at a moment."""

    def values(at: datetime, enterprises: QuerySet[Enterprise]) -> Values:
        found = of(rows(at), enterprises, enterprise).values(enterprise).annotate(n_rows=Count("pk"))
        return {key: float(n) for key, n in found.values_list(enterprise, "n_rows")}

    return values


def gathered(
    rows: Rows,
    columns: tuple[str, ...],
    measure: Callable[..., float],
    gather: Callable[[list[float]], float],
    enterprise: str = "enterprise",
) -> Ask:
    """Return what measures each row by its columns (first the moment) and gathers it for each enterprise."""

    def values(at: datetime, enterprises: QuerySet[Enterprise]) -> Values:
        measured: dict[int, list[float]] = defaultdict(list)
        for key, *told in of(rows(at), enterprises, enterprise).values_list(enterprise, *columns):
            measured[key].append(measure(at, *told))
        return {key: gather(found) for key, found in measured.items()}

    return values


def standing_on(rows: Rows, told: Told, enterprise: str = "enterprise", order: str = "pk") -> Grounds:
    """Return what lists the rows of one enterprise that a person sees, each told as a ground."""

    def grounds(at: datetime, one: Enterprise, person: Person) -> Iterator[Ground]:
        of_one = rows(at).filter(**{enterprise: one.pk})
        known = of_one.filter(pk__in=seen(of_one.model, person).order_by().values("pk"))
        for row in known.order_by(order):
            yield told(row, at)

    return grounds


def numbered(words: Any) -> Callable[[Any], str]:
    """Return what says a whole number in a sentence with `n`, `ngettext_lazy(one, many, "n")`."""
    return lambda n: str(words % {"n": int(n)})


def mean(found: list[float]) -> float:
    """Return the mean of one or more numbers."""
    return sum(found) / len(found)
