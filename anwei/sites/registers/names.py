"""What a sheet of enterprises does not say outright: the township in an address, one enterprise twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from anwei.ledgers.declaration import seen
from anwei.org.models import Territory
from anwei.org.scope import COUNTY_DIGITS
from anwei.sites.models import Enterprise
from anwei.standards.enterprise_names import alike_names
from anwei.standards.geography.addresses import TOWNSHIP_DIGITS, Gazetteer, Place, elsewhere


def township_of(person: Any) -> Callable[[str], tuple[str, str, bool] | None]:
    """Return a reader of addresses: the code of the township one names, how it was found, whether surely.

    It is not sure where a name stands without its 镇 or 村. It raises ValueError, with the places, where an
    address may lie in several townships, or begins with another county, city or province.
    """
    names = dict(Territory.objects.values_list("code", "name"))
    gazetteer = Gazetteer(Place(code, name) for code, name in names.items() if len(code) >= TOWNSHIP_DIGITS)
    counties = [Place(code, name) for code, name in names.items() if len(code) == COUNTY_DIGITS]
    above = [name for code, name in names.items() if len(code) < COUNTY_DIGITS]

    def read(address: str) -> tuple[str, str, bool] | None:
        found = gazetteer.find(address)
        if found is None:
            return None
        others = [elsewhere(address, county, above) for county in counties]
        if others and all(others):
            raise ValueError(_("不能为空；地址写的是“%(place)s”，看不出属于哪个乡镇") % {"place": others[0]})
        townships = [names.get(code, code) for code in found.townships]
        if len(townships) > 1:
            raise ValueError(_("不能为空；从地址看可能是：%(names)s") % {"names": _("、").join(townships)})
        words = {"written": found.written, "township": townships[0]}
        if found.bare:
            sentence = _("空着，地址里的“%(written)s”像是“%(township)s”，请核对")
        else:
            sentence = _("空着，按地址里的“%(written)s”填为“%(township)s”")
        return found.townships[0], sentence % words, not found.bare

    return read


def doubt_alike_names(rows: Sequence[Mapping[str, Any]], person: Any) -> list[str]:
    """Return for each new enterprise a sentence where its name resembles another's of the same township.

    Compared are the enterprises that `person` may see and the earlier rows of the sheet, township by
    township; a number or a direction that differs tells two names apart (`enterprise_names.same_name`).
    """
    places: dict[str, list[int]] = defaultdict(list)
    for place, row in enumerate(rows):
        places[_township(row["territory"])].append(place)
    known = _known_names(places, person)
    doubts = [""] * len(rows)
    for township, mine in places.items():
        names = [str(rows[place]["name"]) for place in mine]
        for one, other, _score in _likest(alike_names(names, names), earlier=True):
            doubts[mine[one]] = _("与表内的“%(name)s”名称相似，请核对是否同一企业") % {"name": names[other]}
        others = known[township]
        for one, other, _score in _likest(alike_names(names, others)):
            doubts[mine[one]] = _("与已登记的“%(name)s”名称相似，请核对是否同一企业") % {
                "name": others[other]
            }
    return doubts


def _likest(
    found: Iterable[tuple[int, int, float]], *, earlier: bool = False
) -> Iterable[tuple[int, int, float]]:
    """Return of each name the pair that is most alike; among the names of one sheet only earlier others."""
    best: dict[int, tuple[int, int, float]] = {}
    for pair in found:
        if (not earlier or pair[1] < pair[0]) and (pair[0] not in best or pair[2] > best[pair[0]][2]):
            best[pair[0]] = pair
    return best.values()


def _known_names(townships: Iterable[str], person: Any) -> dict[str, list[str]]:
    """Return the names registered in these townships that a person may see."""
    lying = Q()
    for township in townships:
        lying |= Q(unit__territory__startswith=township)
    known: dict[str, list[str]] = defaultdict(list)
    rows = seen(Enterprise, person).filter(lying).order_by("pk")
    for name, territory in rows.values_list("unit__name", "unit__territory"):
        known[_township(territory)].append(name)
    return known


def _township(territory: str) -> str:
    return territory[:TOWNSHIP_DIGITS]
