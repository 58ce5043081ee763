"""The layers of the map: this room declares the registry, every room with something in a place adds to it.

A room contributes by a module `map_layers`, found when the rooms are made ready.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import CharField, Count, Expression, F, Q, QuerySet, Value
from django.urls import reverse

from anwei.org.models import Person

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Label = str | _StrPromise


class Box(NamedTuple):
    """What lies between two meridians and two parallels, in degrees."""

    west: float
    south: float
    east: float
    north: float


class Feature(NamedTuple):
    """One point of a layer: longitude and latitude in degrees (CGCS2000), None where unknown."""

    pk: int
    longitude: float | None
    latitude: float | None
    name: str
    category: str
    whose: str = ""  # whose it is, where the name does not say


@dataclass(frozen=True)
class Category:
    """One line of a layer's legend; `mark` is a colour (with its shape) or one character."""

    code: str
    label: Label
    mark: str
    urgent: bool = False

    @property
    def is_colour(self) -> bool:
        """Whether the mark is one of the shapes that stand for a colour."""
        return len(self.mark) > 1


Rows = QuerySet[Any]
LONGITUDE, LATITUDE = F("longitude"), F("latitude")


@dataclass(frozen=True)
class Points:
    """Where the points of a layer stand: the rows a person may see, and the columns that say what of each.

    `category` names the column with the code of its category, `names` and `whose` columns of which the first
    with a text tells; `x` and `y` are longitude and latitude in degrees.
    """

    rows: Callable[[Person], Rows]
    category: str
    names: tuple[str, ...]
    whose: tuple[str, ...] = ()
    x: Expression | F = LONGITUDE
    y: Expression | F = LATITUDE

    def features(self, person: Person, box: Box | None) -> Iterator[Feature]:
        """Yield what a person may see, within a box or all, in the order of the keys."""
        rows = self._placed(person).order_by("pk")
        if box is not None:
            rows = rows.filter(x__range=(box.west, box.east), y__range=(box.south, box.north))
        n_names = len(self.names)
        for pk, x, y, code, *texts in rows.values_list(
            "pk", "x", "y", self.category, *self.names, *self.whose
        ):
            name, whose = (next(filter(None, some), "") for some in (texts[:n_names], texts[n_names:]))
            yield Feature(pk, x, y, name, code, whose)

    def counts(self, person: Person, layer: str) -> Rows:
        """Return code of the layer, of a category, whether there is a place, and how many; one query."""
        rows = self._placed(person).annotate(layer=Value(layer, CharField()), has_place=Q(x__isnull=False))
        counted: Rows = rows.order_by().values("layer", self.category, "has_place").annotate(n=Count("pk"))
        return counted.values_list("layer", self.category, "has_place", "n")

    def _placed(self, person: Person) -> Rows:
        rows: Rows = self.rows(person).annotate(x=self.x, y=self.y)
        return rows


@dataclass(frozen=True)
class Layer:
    """One layer: `points` gives what a person may see of it; `page` opens one.

    `near`: the list of what lies within a radius tells it; `shown`: the map begins with it.
    """

    code: str
    label: Label
    categories: tuple[Category, ...]
    points: Points
    page: str
    place: int
    near: bool = True
    shown: bool = False

    @property
    def address(self) -> str:
        """The address of the page of the thing with the key 0."""
        return reverse(self.page, args=[0])

    def category(self, code: str) -> Category:
        """Return the category of this code, the last one for what has none of its own."""
        return next((each for each in self.categories if each.code == code), self.categories[-1])


_layers: dict[str, Layer] = {}


def register_layer(layer: Layer) -> None:
    """Add a layer; called once, when the room's module is imported."""
    _layers[layer.code] = layer


def layers() -> list[Layer]:
    """Return all layers in the order of the legend."""
    return sorted(_layers.values(), key=lambda layer: layer.place)


def layer_of(code: str) -> Layer:
    """Return a layer by its code. Raises LookupError."""
    return _layers[code]


@dataclass(frozen=True)
class Counted:
    """A layer with how many of each category have a place, and how many things have none."""

    layer: Layer
    categories: list[tuple[Category, int]]
    n_without_place: int

    @property
    def n(self) -> int:
        """How many are drawn."""
        return sum(n for _category, n in self.categories)


def counted(person: Person) -> Iterator[Counted]:
    """Yield every layer with its counts of what `person` may see; one query for all."""
    first, *others = (layer.points.counts(person, layer.code) for layer in layers())
    found = {tuple(key): n for *key, n in first.union(*others, all=True)}
    for layer in layers():
        categories = [(one, found.get((layer.code, one.code, True), 0)) for one in layer.categories]
        of_layer = [(placed, n) for (code, _category, placed), n in found.items() if code == layer.code]
        yield Counted(layer, categories, sum(n for placed, n in of_layer if not placed))
