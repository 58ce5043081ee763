"""Which township or village an address names: 泽州县巴公镇东四义村 and 巴公东四义 alike."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

TOWNSHIP_DIGITS = 9  # a village's code of 12 digits begins with its township's
_PEOPLES = (
    "回|满|蒙古|苗|彝|壮|布依|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|高山|拉祜|水|东乡|纳西|景颇|柯尔克孜|土"
    "|达斡尔|仫佬|羌|布朗|撒拉|毛南|仡佬|锡伯|阿昌|普米|塔吉克|怒|乌孜别克|俄罗斯|鄂温克|德昂|保安|裕固|京"
    "|塔塔尔|独龙|鄂伦春|赫哲|门巴|珞巴|基诺|朝鲜|藏|维吾尔"
)
_SUFFIXES = re.compile(
    rf"(?:街道办事处|地区办事处|办事处|街道|镇|(?:(?:{_PEOPLES})族)*(?:民族)?乡"
    r"|社区居委会|社区居民委员会|社区|村民委员会|村委会|居民委员会|居委会|村)$"
)
_ROADS = ("路", "街", "巷", "大道", "大街")  # 解放 in 解放路 is a road, not 解放街道


@dataclass(frozen=True)
class Place:
    """A township (9 digits) or village (12 digits) by its code and full name."""

    code: str
    name: str


@dataclass(frozen=True)
class Match:
    """The places an address may name: one, or several where it does not tell them apart."""

    places: tuple[Place, ...]
    written: str  # the longest name found, as it stands in the address

    @property
    def certain(self) -> bool:
        """Whether the address names one place only."""
        return len(self.places) == 1

    @property
    def townships(self) -> tuple[str, ...]:
        """The codes of the townships (first nine digits) that the places are in, in order."""
        return tuple(dict.fromkeys(place.code[:TOWNSHIP_DIGITS] for place in self.places))


class Gazetteer:
    """The townships and villages of a county, ready to be found in many addresses."""

    def __init__(self, places: Iterable[Place]) -> None:
        """Index places by their full names and by their names without 镇, 乡, 街道, 村 and the like."""
        self._names: dict[str, list[Place]] = defaultdict(list)
        self._stems: dict[str, list[Place]] = defaultdict(list)
        for place in places:
            name = _plain(place.name)
            self._names[name].append(place)
            stem = _SUFFIXES.sub("", name)
            if stem and name.endswith("族乡"):
                self._names[stem + "乡"].append(place)  # 回龙乡 for 回龙回族乡
            if stem != name and len(stem) >= 2:  # one character is found in every second address
                self._stems[stem].append(place)
        self._longest = max(map(len, [*self._names, *self._stems]), default=0)

    def find(self, address: str) -> Match | None:
        """Return what an address names: the longest names; a village counts with its township's name."""
        written: dict[Place, str] = {}
        for name, places in self._found(_plain(address)):
            for place in places:
                written[place] = max(written.get(place, ""), name, key=len)
        if not written:
            return None
        lengths = {
            place.code: len(name) for place, name in written.items() if len(place.code) == TOWNSHIP_DIGITS
        }
        weights = {place: len(name) for place, name in written.items()}
        for place in weights:
            if len(place.code) > TOWNSHIP_DIGITS:
                weights[place] += lengths.get(place.code[:TOWNSHIP_DIGITS], 0)
        best = max(weights.values())
        places = sorted(
            (place for place, weight in weights.items() if weight == best), key=lambda place: place.code
        )
        return Match(tuple(places), max((written[place] for place in places), key=len))

    def _found(self, address: str) -> Iterable[tuple[str, list[Place]]]:
        for start in range(len(address)):
            for end in range(start + 1, min(len(address), start + self._longest) + 1):
                name = address[start:end]
                if name in self._names:
                    yield name, self._names[name]
                if name in self._stems and not address.startswith(_ROADS, end):
                    yield name, self._stems[name]


def township_of_address(text: str, townships: Iterable[Place]) -> Match | None:
    """Return the township or village that an address names; for many addresses make one Gazetteer."""
    return Gazetteer(townships).find(text)


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())
