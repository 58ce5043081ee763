"""Known texts are found by what few of them share, and the words said to decide are in both."""

from __future__ import annotations

from anwei.methods.texts import Texts

KNOWN = ("瓦斯超限作业", "未按规定设置消防通道", "未按规定设置瓦斯传感器", "脚手架未经验收投入使用")


def test_what_is_rare_decides_and_is_named() -> None:
    best, second = Texts(KNOWN).nearest("三采区瓦斯传感器损坏", 2)
    assert KNOWN[best.place] == "未按规定设置瓦斯传感器" and best.words == ("瓦斯传感器",)
    assert KNOWN[second.place] == "瓦斯超限作业" and second.words == ("瓦斯",)
    assert best.score > second.score


def test_the_same_text_is_wholly_alike_and_a_stranger_is_not_found() -> None:
    texts = Texts(KNOWN)
    assert texts.nearest(KNOWN[3])[0].score > 0.999
    assert texts.nearest("abc") == [] and texts.nearest("") == []


def test_what_nothing_known_says_makes_a_text_less_like() -> None:
    texts = Texts(KNOWN)
    short = texts.nearest("瓦斯超限")[0].score
    assert texts.nearest("瓦斯超限，食堂后厨燃气灶具连接软管老化开裂")[0].score < short / 1.5


def test_nothing_known_suggests_nothing() -> None:
    assert Texts([]).nearest("瓦斯") == []
