"""The search box of the map: enterprises, places and townships by name, address or code, with their place."""

from __future__ import annotations

from dataclasses import dataclass

from anwei.ledgers.search.finding import entries_of, find
from anwei.org.models import Person
from anwei.sites.map.misplaced import rows_of
from anwei.sites.map.townships import township_regions
from anwei.standards.geography.regions import Region

MOST = 30
MODELS = ("sites.enterprise", "sites.site")


@dataclass(frozen=True)
class Hit:
    """One result; without a place (degrees, CGCS2000) the map cannot go there, but its page can be opened."""

    title: str
    detail: str
    url: str
    kind: str
    pk: int
    place: tuple[float, float] | None


def search_map(person: Person, query: str) -> list[Hit]:
    """Return what `person` may see whose name, address or code holds the words, the best first."""
    found = find(person, query)
    entries = [entry for entry in entries_of(found.keys, person) if entry.register in MODELS][:MOST]
    places: dict[tuple[str, int], tuple[float, float]] = {}
    for register in MODELS:
        keys = [entry.row for entry in entries if entry.register == register]
        rows = rows_of(register.partition(".")[2], person).filter(pk__in=keys, longitude__isnull=False)
        places |= {(register, pk): (x, y) for pk, x, y in rows.values_list("pk", "longitude", "latitude")}
    return [
        Hit(
            entry.title,
            entry.detail,
            entry.url,
            entry.register.partition(".")[2],
            int(entry.row),
            places.get((entry.register, int(entry.row))),
        )
        for entry in entries
    ]


def townships_named(query: str) -> list[Region]:
    """Return the townships with a polygon whose name or code holds the query."""
    words = query.strip()
    return [one for one in township_regions().values() if words and (words in one.name or words == one.code)]
