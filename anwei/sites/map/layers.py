"""The layers of the map: this room declares the registry, every room with something in a place adds to it.

A room contributes by a module `map_layers`, found when the rooms are made ready.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Expression, F, QuerySet
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
Source = Callable[[Person, "Box | None"], Iterable[Feature]]


@dataclass(frozen=True)
class Layer:
    """One layer: `features` gives what a person may see of it, within a box or all; `page` opens one.

    `near`: the list of what lies within a radius tells it; `shown`: the map begins with it.
    """

    code: str
    label: Label
    categories: tuple[Category, ...]
    features: Source
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


def placed(rows: Rows, box: Box | None, x: Expression | F, y: Expression | F) -> Rows:
    """Return rows with their place as `x` and `y`, those within the box only, in the order of their keys."""
    rows = rows.annotate(x=x, y=y).order_by("pk")
    if box is not None:
        rows = rows.filter(x__range=(box.west, box.east), y__range=(box.south, box.north))
    return rows


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
    """Yield every layer with its counts of what `person` may see."""
    for layer in layers():
        found: Counter[tuple[str, bool]] = Counter(
            (one.category, one.longitude is not None) for one in layer.features(person, None)
        )
        categories = [(category, found[category.code, True]) for category in layer.categories]
        without = sum(n for (_code, has_place), n in found.items() if not has_place)
        yield Counted(layer, categories, without)
