"""Names that mean the same enterprise, on pairs made for it."""

from __future__ import annotations

import random
from time import process_time

import pytest

from anwei.standards.enterprise_names import SAME, alike_names, blocking_keys, same_name

SYLLABLES = "金宏兴隆达盛泰瑞丰华安康永福利昌顺通源鑫恒信诚德美佳新光明远鸿博雅凯旺祥和庆云海天龙山河"
TRADES = ("煤业", "化工", "商贸", "建材", "机械制造", "食品", "燃气", "物流", "铸造", "烟花爆竹")


def own_names(count: int, seed: int) -> list[str]:
    """Return names of three characters and a trade, each three characters once."""
    chance = random.Random(seed)
    own: dict[str, None] = {}
    while len(own) < count:
        own["".join(chance.sample(SYLLABLES, 3))] = None
    return [name + chance.choice(TRADES) for name in own]


def other_spelling(name: str, chance: random.Random) -> str:
    changed = name.replace("煤业", "煤矿") if chance.random() < 0.5 else name
    return chance.choice(
        (
            f"{changed}有限责任公司",
            f"示例县{changed}有限公司",
            f"{changed}（集团）有限公司",
            f"示例市示例县甲子镇{changed}公司",
            f"{changed} 有限公司",
            changed,
        )
    )


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("泽州县东山煤业有限公司", "东山煤矿"),
        ("山西示例化工有限公司", "山西示例化工有限责任公司"),
        ("示例化工（集团）有限公司", "示例化工(集团)有限公司"),
        ("示例县甲镇鑫源加油站", "鑫源加油站"),
        ("新市镇鑫源加油站", "示例县新市镇鑫源加油站"),
        ("Ａ１食品厂", "A1食品"),
    ],
)
def test_the_same_enterprise(first: str, second: str) -> None:
    assert same_name(first, second) == same_name(second, first) >= SAME


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("东山一矿", "东山二矿"),
        ("东山煤业有限公司", "西山煤业有限公司"),
        ("鑫源化工有限公司", "鑫源食品有限公司"),
        ("金宏建材有限公司", "隆达建材有限公司"),
        ("", "鑫源化工"),
    ],
)
def test_another_enterprise(first: str, second: str) -> None:
    assert same_name(first, second) < SAME


def test_five_thousand_against_five_thousand() -> None:
    """Of 5,000 names 2,500 stand in the other list too, differently spelt."""
    chance = random.Random(7)
    own = own_names(7_500, 7)
    names = [f"{name}有限公司" for name in own[:5_000]]
    others = [other_spelling(name, chance) for name in own[2_500:]]
    start = process_time()
    found = {(first, second) for first, second, _score in alike_names(names, others)}
    seconds = process_time() - start
    right = {(place, place - 2_500) for place in range(2_500, 5_000)}
    recall, precision = len(found & right) / len(right), len(found & right) / len(found)
    assert recall > 0.98, recall
    assert precision > 0.9, precision
    assert seconds < 2, seconds


def test_a_blocking_key_survives_the_spelling() -> None:
    assert blocking_keys("泽州县东山煤业有限公司") == blocking_keys("东山煤矿")
