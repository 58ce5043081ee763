"""Names of public bodies as lists write them: with blanks, short, without their ending."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from typing import Any

from anwei.ledgers.cells import BODIES, folded, respelt
from anwei.ledgers.declaration import seen
from anwei.org.models import PUBLIC_BODIES, Territory, Unit
from anwei.org.scope import COUNTY_DIGITS

COMMON = ("有限责任公司", "股份有限公司", "有限公司", *BODIES, "政府")
N_NEAR, ALIKE = 3, 0.7  # two characters of three in common, in their order
SHORTEST = 3  # characters of a short form that says whose it is: 应急局, not 王村
TELLING = frozenset("一二三四五六七八九十东西南北上下前后大小新老0123456789")  # 东张村 is not 西张村
N_ASKED = 200  # names that get suggestions: each is compared with every unit (some 20 ms at 5,000)
BLANKS = re.compile(r"(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])")


def without_blanks(name: str) -> str:
    """Return a Chinese name without the blanks that a list puts into it: 马 千里, 临渊县 应急管理局."""
    return BLANKS.sub("", name)


def unit_speller(person: Any) -> Callable[[str], tuple[str, str] | None]:
    """Return the reader that knows a registered unit by another spelling of its name, where only one fits.

    Blanks, full width and capitals do not count; a short name and a name without its ending (栖梧镇) are
    those of a unit that `person` sees.
    """
    names: dict[str, set[str]] = defaultdict(set)
    for name in Unit.objects.values_list("name", flat=True):
        names[folded(name)].add(name)
    others: dict[str, set[str]] = defaultdict(set)
    for name, short, kind in seen(Unit, person).values_list("name", "short_name", "kind"):
        others[folded(short)].add(name)
        if kind in PUBLIC_BODIES and (ending := next((end for end in BODIES if name.endswith(end)), "")):
            others[folded(name.removesuffix(ending))].add(name)
    registered = {name for same in names.values() for name in same}

    def respell(text: str) -> tuple[str, str] | None:
        if not text or text in registered:
            return None
        found = names.get(folded(text)) or others.get(folded(text)) or set()
        name = next(iter(found)) if len(found) == 1 else text
        return None if name == text else (name, respelt(text, name))

    return respell


def near_units(names: Sequence[str], person: Any) -> dict[str, list[str]]:
    """Return for each name the units that `person` sees under one almost alike, the likest first."""
    counties = [place.name for place in Territory.objects.all() if len(place.pk) == COUNTY_DIGITS]
    cores: dict[str, list[str]] = {}
    for unit in seen(Unit, person):
        cores.setdefault(_core(unit.name, counties), []).append(unit.name)
    near: dict[str, list[str]] = {}
    for name in names[:N_ASKED]:
        core = _core(name, counties)
        found = [core] if core in cores else []
        found += get_close_matches(core, cores, n=N_NEAR, cutoff=ALIKE)
        found += [other for other in cores if _shortens(core, other) or _shortens(other, core)]
        alike = [other for other in dict.fromkeys(found) if _telling(other) == _telling(core)]
        near[name] = [unit for other in alike for unit in cores[other]][:N_NEAR]
    return near


def _shortens(short: str, name: str) -> bool:
    """Say whether a name is shortened: 应急局 has first, last and further letters of 应急管理局."""
    if not SHORTEST <= len(short) < len(name) or short[0] != name[0] or short[-1] != name[-1]:
        return False
    letters = iter(name)
    return all(letter in letters for letter in short)


def _telling(core: str) -> list[str]:
    """Return the numbers and directions of a name in their order: by them alone neighbours differ."""
    return [letter for letter in core if letter in TELLING]


def _core(name: str, counties: Sequence[str]) -> str:
    """Return what tells a name from others: without the county it begins with and its common ending."""
    plain = folded(name)
    county = next((county for county in (*counties, "本县", "县") if plain.startswith(county)), "")
    core = plain.removeprefix(county)
    ending = next((ending for ending in COMMON if core.endswith(ending)), "")
    return core.removesuffix(ending) or plain
