"""What a person sees of a hot spot: the places within the own scope by name, the others as a sum."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from anwei.analytics.patterns.counting import LOOKS, address_of, has_looks
from anwei.analytics.patterns.models import HotSpot, HotSpotSearch
from anwei.org.models import Person
from anwei.org.scope import grants
from anwei.sites.models import Enterprise

NAMED = 3  # places in a heading
ENTERPRISES = HotSpotSearch.Scale.ENTERPRISES


@dataclass(frozen=True)
class Sight:
    """A hot spot and its places [key, name, count] in sight; `n_hidden` others had `hidden` together."""

    spot: HotSpot
    places: Sequence[tuple[Any, str, int]]
    n_hidden: int
    hidden: int

    @property
    def words(self) -> str:
        """Where it is and how much: what is kept in words names no place."""
        return _("%(where)s：%(words)s") % {
            "where": self._where,
            "words": self.spot.words.rpartition("：")[2],
        }

    @property
    def _where(self) -> str:
        n_places = len(self.places) + self.n_hidden
        if not self.places:
            return self._others
        if self.spot.search.scale == ENTERPRISES:
            name = self.places[0][1]
            return _("%(place)s一带 %(n)d 家企业") % {"place": name, "n": n_places} if n_places > 1 else name
        named = _("、").join(name for _key, name, _n in self.places[:NAMED])
        if n_places > min(len(self.places), NAMED):
            return _("%(places)s等 %(n)d 个乡镇") % {"places": named, "n": n_places}
        return named

    @property
    def _others(self) -> str:
        if self.spot.search.scale == ENTERPRISES:
            return _("管辖范围以外的 %(n)d 家") % {"n": self.n_hidden}
        return _("管辖范围以外的 %(n)d 个乡镇") % {"n": self.n_hidden}

    @property
    def doors(self) -> list[tuple[str, int, str, int | None]]:
        """Name, count, rows and visits of each place; those out of sight together, without rows.

        Visits are None where they say nothing.
        """
        spot = self.spot
        place = "enterprise" if spot.search.scale == ENTERPRISES else "township"
        looks = {one[0]: one[LOOKS] for one in spot.areas} if has_looks(spot) else {}
        shown = [
            (name, n, address_of(spot, **{place: str(key)}), looks.pop(key, None))
            for key, name, n in self.places
        ]
        if not self.n_hidden:
            return shown
        return [*shown, (self._others, self.hidden, "", sum(looks.values()) if has_looks(spot) else None)]

    @property
    def weekly(self) -> list[int]:
        """The counts of the places in sight by week."""
        search = self.spot.search
        keys = {key for key, _name, _n in self.places}
        at = [place for place, (key, _name) in enumerate(search.areas) if key in keys]
        n_weeks = len(search.counts[0]) if search.counts else 0
        return [sum(search.counts[place][week] for place in at) for week in range(n_weeks)]

    @property
    def villages(self) -> list[tuple[str, int]]:
        """Those of the townships in sight of which rows say the village."""
        seen = tuple(str(key) for key, _name, _n in self.places)
        return [(name, n) for code, name, n in self.spot.villages if code.startswith(seen)]


def sights(spots: Iterable[HotSpot], person: Person) -> list[Sight]:
    """Return what a person sees of hot spots."""
    found = list(spots)
    keys = {key for spot in found if spot.search.scale == ENTERPRISES for key, *_told in spot.areas}
    seen = Enterprise.objects.visible_to(person).filter(pk__in=keys).select_related("unit")
    names = {one.pk: str(one) for one in seen} if keys else {}
    return [_sight(spot, names, person) for spot in found]


def _sight(spot: HotSpot, names: dict[int, str], person: Person) -> Sight:
    visited = has_looks(spot)  # then it tells something where there was nothing
    areas = [(key, name, n) for key, name, n, *_looks in spot.areas if n or visited]
    if spot.search.scale == ENTERPRISES:
        places = [(key, names[key], n) for key, _name, n in areas if key in names]
    else:
        places = [(code, name, n) for code, name, n in areas if _touches(person, code)]
    hidden = sum(n for *_place, n in areas) - sum(n for *_place, n in places)
    return Sight(spot, places, len(areas) - len(places), hidden)


def _touches(person: Person, code: str) -> bool:
    """Say whether a township lies in or around where a person acts for a body."""
    bodies = (grant.territory for grant in grants(person) if grant.enterprise is None)
    return any(code.startswith(territory) or territory.startswith(code) for territory in bodies)
