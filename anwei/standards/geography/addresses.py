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
_PROVINCES = {
    "11": "北京", "12": "天津", "13": "河北", "14": "山西", "15": "内蒙古", "21": "辽宁",
    "22": "吉林", "23": "黑龙江", "31": "上海", "32": "江苏", "33": "浙江", "34": "安徽",
    "35": "福建", "36": "江西", "37": "山东", "41": "河南", "42": "湖北", "43": "湖南",
    "44": "广东", "45": "广西", "46": "海南", "50": "重庆", "51": "四川", "52": "贵州",
    "53": "云南", "54": "西藏", "61": "陕西", "62": "甘肃", "63": "青海", "64": "宁夏",
    "65": "新疆",
}  # fmt: skip  # GB/T 2260, the first two digits
_PROVINCE = re.compile(rf"({'|'.join(_PROVINCES.values())})(?:省|市|(?:壮族|回族|维吾尔)?自治区)")
_CITY = re.compile(r"[^省市县区旗镇乡村路街道]{2,8}?(?:市(?!场|政|郊|民|区)|自治州|地区|盟)")
_COUNTY = re.compile(r"[^省市县区旗镇乡村路街道]{1,8}?(?:县|旗|区|市(?!场|政|郊|民|区))")
_NO_COUNTY = re.compile(r"(?:园|厂|矿|小|社|校|库|新|开发|工业|产业|示范|集聚)区$|^[本我全该]县$")
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
    bare: bool = False  # no township or village is written with its 镇, 乡, 村: the name may be anything's

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
        townships = {
            place.code: name for place, name in written.items() if len(place.code) == TOWNSHIP_DIGITS
        }
        weights = {place: len(name) for place, name in written.items()}
        for place in weights:
            if len(place.code) > TOWNSHIP_DIGITS:
                weights[place] += len(townships.get(place.code[:TOWNSHIP_DIGITS], ""))
        best = max(weights.values())
        places = sorted(
            (place for place, weight in weights.items() if weight == best), key=lambda place: place.code
        )
        names = [written[place] for place in places]
        names += [townships.get(place.code[:TOWNSHIP_DIGITS], "") for place in places]
        return Match(tuple(places), max(names[: len(places)], key=len), not any(map(_SUFFIXES.search, names)))

    def _found(self, address: str) -> Iterable[tuple[str, list[Place]]]:
        for start in range(len(address)):
            for end in range(start + 1, min(len(address), start + self._longest) + 1):
                name = address[start:end]
                if name in self._names:
                    yield name, self._names[name]
                if name in self._stems and not address.startswith(_ROADS, end):
                    yield name, self._stems[name]


def elsewhere(address: str, county: Place, above: Iterable[str] = ()) -> str:
    """Return the other province, city or county that an address begins with, "" where it names none.

    `county` has a code of six digits, which for a real one tells its province (GB/T 2260); `above` are the
    names of city and province as far as they are known: a city that is not among them is another one.
    """
    text, own = _plain(address), _PROVINCES.get(county.code[:2], "")
    known = {_plain(name) for name in (county.name, *above)}
    province = _PROVINCE.match(text)
    if province and own and province[1] != own:
        return province[0]
    if _plain(county.name) in text:
        return ""
    for level in (_PROVINCE, _CITY, _COUNTY):
        if (part := level.match(text)) and not _NO_COUNTY.search(part[0]):
            if part[0] not in known and not (level is _PROVINCE and part[1] == own):
                return part[0]
            text = text[part.end() :]
    return ""


def township_of_address(text: str, townships: Iterable[Place]) -> Match | None:
    """Return the township or village that an address names; for many addresses make one Gazetteer."""
    return Gazetteer(townships).find(text)


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())
