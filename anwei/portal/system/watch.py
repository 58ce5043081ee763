"""The rules of the weekly list as figures: found in what the rules are made of, so that none is left out."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anwei.monitoring.models import Severity
from anwei.portal.system.figures import Field, Figure, Value
from anwei.sites.features import feature, harm_kinds
from anwei.standards.watch import WATCH, Level, PointRule, WatchRules, default_figures, watch_rules

LABELS = {
    "points": gettext_lazy("积分从几分起"),
    "share": gettext_lazy("名单前多大份额（0—1）"),
    "lift": gettext_lazy("模型说是全县平均的几倍"),
    "proven": gettext_lazy("没有学过的月份里证实的倍数"),
}
YES, NO = "1", "0"
MOST = 10_000.0


class WatchFigures:
    """Figures, harms, levels and points, each by the name of its part and its key: `levels.red`."""

    code, key = "watch", WATCH
    label = gettext_lazy("重点关注的规则")
    hint = gettext_lazy("都没有条款规定，县里可改。改后从下一次计算的名单起用，已算出的名单不变。")

    def figures(self, own: Value) -> list[Figure]:
        """Return all numbers of the rules."""
        rules, default = watch_rules(own), watch_rules({})
        return [
            *_numbers(rules, own),
            *_harms(rules, default, own),
            *_levels(rules, default, own),
            *_points(rules, default, own),
        ]

    def changed(self, own: Value, name: str, entered: Mapping[str, str]) -> Value:
        """Enter one; raises ValueError, as a sentence, for what does not hold."""
        part, _dot, key = name.partition(".")
        value: Any
        match part:
            case "figures":
                one = next(row for row in default_figures() if row.key == key)
                value = int(_number(entered.get("value", ""), one.least, one.most, whole=True))
            case "points":
                rule = next(row for row in watch_rules(own).points if row.feature == key)
                value = int(_number(entered.get("points", ""), 0, rule.most, whole=True))
            case "levels":
                value = {
                    field: _number(entered.get(field, ""), 0, MOST, whole=whole)
                    for field, whole in _numbers_of_a_level().items()
                }
            case _:
                return {**own, "harms": _chosen_harms(own, key, counts=entered.get("counts") == YES)}
        changed = {**own, part: {**own.get(part, {}), key: value}}
        if part == "levels":
            _check_order(watch_rules(changed).levels, watch_rules({}).levels)
        return changed

    def reset(self, own: Value, name: str) -> Value:
        """Leave one out; the harms are one choice and go together."""
        part, _dot, key = name.partition(".")
        if part == "harms":
            return {left: value for left, value in own.items() if left != part}
        kept = {left: value for left, value in own.get(part, {}).items() if left != key}
        return {**own, part: kept}


def _row(
    name: str, group: str, label: str, told: tuple[str, str], inputs: Sequence[Field], **more: Any
) -> Figure:
    """Return a figure; `told` is how it stands and how it would by default."""
    citation = more.pop("citation", "") or _("无条款，可改")
    return Figure(name, group, label, *told, citation, "TEMPLATE", tuple(inputs), **more)


def _numbers(rules: WatchRules, own: Value) -> Iterator[Figure]:
    for one in default_figures():
        value = rules.figures[one.key]
        told = "%(n)d %(unit)s"
        yield _row(
            f"figures.{one.key}",
            _("计算"),
            _(one.label),
            (told % {"n": value, "unit": _(one.unit)}, told % {"n": one.value, "unit": _(one.unit)}),
            [Field("value", f"{_(one.label)}（{one.least}—{one.most}）", value, is_number=True)],
            is_own=one.key in own.get("figures", {}),
            note=_(one.note),
        )


def _harms(rules: WatchRules, default: WatchRules, own: Value) -> Iterator[Figure]:
    words = {True: _("算"), False: _("不算")}
    choices = ((YES, words[True]), (NO, words[False]))
    for key, kind in harm_kinds().items():
        counts = key in rules.harms
        yield _row(
            f"harms.{key}",
            _("出了事"),
            str(kind.label),
            (words[counts], words[key in default.harms]),
            [Field("counts", _("算不算“出了事”"), YES if counts else NO, choices=choices)],
            is_own="harms" in own,
            note=_("模型学的、回测对照的，就是这些事。"),
        )


def _levels(rules: WatchRules, default: WatchRules, own: Value) -> Iterator[Figure]:
    colours = dict(Severity.choices)
    for level, usual in zip(rules.levels, default.levels, strict=True):
        yield _row(
            f"levels.{level.key}",
            _("建议预警的颜色"),
            str(colours[level.key]),
            (_told(level), _told(usual)),
            [Field(name, _label(name), f"{getattr(level, name):g}") for name in _numbers_of_a_level()],
            is_own=level.key in own.get("levels", {}),
            note=_(reason) if (reason := getattr(level, "reason", "")) else "",
        )


def _points(rules: WatchRules, default: WatchRules, own: Value) -> Iterator[Figure]:
    for rule, usual in zip(rules.points, default.points, strict=True):
        known = feature(rule.feature)
        yield _row(
            f"points.{rule.feature}",
            _("积分"),
            rule.feature if known is None else str(known.label),
            (_of_a_rule(rule), _of_a_rule(usual)),
            [Field("points", _("记几分（0—%(most)d）") % {"most": rule.most}, rule.points, is_number=True)],
            is_own=rule.feature in own.get("points", {}),
            note=_("最多 %(most)d 分；条款是这件事违反的，不是分数的。") % {"most": rule.most}
            if rule.citation
            else _("最多 %(most)d 分。") % {"most": rule.most},
            citation=rule.citation,
        )


def _numbers_of_a_level() -> dict[str, bool]:
    """Return the numbers by which a level is told, each with whether it is a whole one."""
    return {one.name: one.type == "int" for one in fields(Level) if one.type in ("int", "float")}


def _told(level: Level) -> str:
    return _("；").join(f"{_label(name)} {getattr(level, name):g}" for name in _numbers_of_a_level())


def _label(name: str) -> str:
    return str(LABELS.get(name, name))


def _of_a_rule(rule: PointRule) -> str:
    return _("每 %(per)g 记 %(points)d 分") % {"per": rule.per, "points": rule.points}


def _chosen_harms(own: Value, key: str, *, counts: bool) -> list[str]:
    chosen = [one for one in harm_kinds() if (counts if one == key else one in watch_rules(own).harms)]
    if not chosen:
        raise ValueError(_("至少要有一种事算“出了事”。"))
    return chosen


def _number(text: str, least: float, most: float, *, whole: bool) -> float:
    try:
        value = float(text.strip())
    except ValueError:
        value = math.nan
    if not least <= value <= most or (whole and value != int(value)):
        kind = _("整数") if whole else _("数")
        told = {"kind": kind, "least": least, "most": most}
        raise ValueError(_("请填 %(least)g 到 %(most)g 之间的%(kind)s。") % told)
    return int(value) if whole else value


def _check_order(levels: Sequence[Level], usual: Sequence[Level]) -> None:
    """Refuse numbers by which a graver colour would be easier to reach than a milder one."""
    for name in _numbers_of_a_level():
        falls = getattr(usual[0], name) > getattr(usual[-1], name)
        for graver, milder in pairwise(levels):
            one, other = getattr(graver, name), getattr(milder, name)
            if (one < other) if falls else (one > other):
                told = {"graver": _colour(graver), "milder": _colour(milder), "label": _label(name)}
                raise ValueError(_("%(graver)s不能比%(milder)s更容易达到：%(label)s。") % told)


def _colour(level: Level) -> str:
    return str(dict(Severity.choices)[level.key])
