"""Whether two names mean the same enterprise: 泽州县东山煤业有限公司 and 东山煤矿."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache

from anwei.standards.alike_texts import pairs_of, shared_part

SAME = 0.8  # from here on a person should compare two names
_FORMS = re.compile(
    r"(集团)?(股份有限公司|有限责任公司|有限公司|股份公司|责任公司|总公司|分公司|公司|合伙企业|集团)"
)
_PLACES = re.compile(
    r"^[\u4e00-\u9fff]{1,8}?(自治区|省|自治州|市|自治县|县|区|旗)(?!镇|乡|街道)(?=[\u4e00-\u9fff]{2})"
)
_TOWNSHIPS = re.compile(r"^[\u4e00-\u9fff]{2,4}?(街道|镇|乡)(?=[\u4e00-\u9fff]{2})")
# the same trade in other words; a longer word stands before the word within it
_VARIANTS = (
    ("煤业", "煤矿"),
    ("煤炭", "煤矿"),
    ("矿业", "矿"),
    ("化学工业", "化工"),
    ("化学", "化工"),
    ("加油加气站", "加油站"),
    ("加气加油站", "加油站"),
    ("烟花爆竹", "烟花"),
    ("鞭炮", "烟花"),
    ("机械制造", "机械"),
    ("机械加工", "机械"),
    ("建材厂", "建材"),
    ("燃气", "天然气"),
    ("第一", "一"),
    ("第二", "二"),
    ("第三", "三"),
    ("1号", "一"),
    ("2号", "二"),
    ("3号", "三"),
    ("商贸", "贸易"),
)
_KINDS = re.compile(r"(厂|店|部|场|中心|商行)$")
_NUMERALS = frozenset("一二三四五六七八九十东西南北新老上下0123456789")
_CROWD = 200  # names behind one key; more is a word of the trade, not of the name


def same_name(first: str, second: str) -> float:
    """Return how alike two enterprise names are, from 0 to 1; SAME and above is worth a person's look.

    Legal form, brackets, full width, province, city, county and township in front and variants of the trade
    do not count. Names that differ by a number or a direction (一矿 and 二矿, 东山 and 西山) stay below SAME.
    """
    one, other = core(first), core(second)
    if not one or not other:
        return 0.0
    if one == other:
        return 1.0
    score = shared_part(one, other)
    return score if _numerals(one) == _numerals(other) else min(score, 0.5)


def _numerals(text: str) -> list[str]:
    """Return the numbers and directions of a name in their order: 12 and 21 are two enterprises."""
    return [letter for letter in text if letter in _NUMERALS]


@lru_cache(maxsize=20_000)
def core(name: str) -> str:
    """Return what is a name's own: without legal form, brackets' signs, places in front, in one spelling."""
    plain = unicodedata.normalize("NFKC", name).upper()
    plain = "".join(letter for letter in plain if letter.isalnum())
    for pattern in (_FORMS, _PLACES, _PLACES, _PLACES, _TOWNSHIPS):
        shorter = pattern.sub("", plain)
        plain = shorter if len(shorter) >= 2 else plain
    for variant, standard in _VARIANTS:
        plain = plain.replace(variant, standard)
    shorter = _KINDS.sub("", plain)
    return shorter if len(shorter) >= 3 else plain


def blocking_keys(name: str) -> frozenset[str]:
    """Return the pairs of neighbouring characters of a name's core; alike names share a rare one."""
    return frozenset(pairs_of(core(name)))


def alike_names(
    names: Sequence[str], others: Sequence[str], *, least: float = SAME
) -> list[tuple[int, int, float]]:
    """Return the places of each name and other name that are alike at least so much, with how much.

    Only names with the same core or with a pair of characters in common that is no word of the trade
    (among the two rarest of the name's pairs) are compared: 5,000 against 5,000 take about a second.
    """
    holders: dict[str, list[int]] = defaultdict(list)
    cores: dict[str, list[int]] = defaultdict(list)
    for place, other in enumerate(others):
        cores[core(other)].append(place)
        for key in blocking_keys(other):
            holders[key].append(place)
    found = []
    for place, name in enumerate(names):
        shared = (holders[key] for key in blocking_keys(name) if key in holders)
        rarest = sorted((held for held in shared if len(held) <= _CROWD), key=len)[:2]
        for other_place in sorted(set().union(cores.get(core(name), ()), *rarest)):
            score = same_name(name, others[other_place])
            if score >= least:
                found.append((place, other_place, score))
    return found
