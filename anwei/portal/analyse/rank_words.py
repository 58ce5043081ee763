"""What speaks for a risk, in sentences that a person can check against the row and its past."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from anwei.language import gettext as _
from anwei.methods.ranking.history import Feature
from anwei.methods.ranking.ranker import Ranker

MOST_REASONS = 3
LEAST_SHARE = 0.02  # of log odds, below which a group of features is no reason
LABEL_PAST = (
    "last",
    "since",
    "events",
    "share",
    "frequency",
    "before",
    "mean",
    "recent",
    "size",
    "n",
    "age",
    "gap",
)
AMOUNT_PAST = ("level", "before")
MANY = 0.6  # of the training rows have less, or more: worth saying


class Reasons:
    """Turns the contributions of a row's features into sentences."""

    def __init__(self, ranker: Ranker, label: str, unit: str) -> None:
        self.ranker, self.label, self.unit = ranker, label, _units()[unit]
        self.sentences = _sentences()
        groups: dict[tuple[str, str, bool], list[int]] = {}
        for i, feature in enumerate(ranker.features):
            groups.setdefault(_group(feature), []).append(i)
        self.groups = list(groups.values())
        self.of_group = np.zeros((len(ranker.features), len(self.groups)))
        for place, members in enumerate(self.groups):
            self.of_group[members, place] = 1

    def of(self, values: NDArray[np.float32], contributions: NDArray[np.float32]) -> str:
        """Return the reasons for a row's risk, the weightiest first."""
        shares = contributions @ self.of_group
        found: list[str] = []
        for place in np.argsort(-shares, kind="stable"):
            if shares[place] < LEAST_SHARE or len(found) == MOST_REASONS:
                break
            members = sorted(self.groups[place], key=lambda i: -float(contributions[i]))
            for i in members:
                if contributions[i] > 0 and (sentence := self._sentence(i, float(values[i]))):
                    found.append(sentence)
                    break
        return "；".join(found) or _("没有突出的风险因素")

    def _sentence(self, i: int, value: float) -> str:
        feature = self.ranker.features[i]
        column = self.label if feature.column == self.ranker.columns.label else feature.column
        if feature.whole:
            column = _("全部对象的{column}").format(column=column)
        is_there = bool(np.isfinite(value))
        words = {
            "column": column,
            "n": round(value) if is_there else 0,
            "value": f"{value:.4g}",
            "amount": f"{np.sign(value) * np.expm1(abs(value)):.4g}" if is_there and abs(value) < 700 else "",
            "share": f"{value:.1%}",
            "rows": round(feature.much),
            "category": feature.category or _("（空）"),
            "unit": self.unit,
            "place": self._place(i, value),
        }
        if not is_there:
            return _("{column}没有填").format(**words) if feature.kind == "value" else ""
        if feature.kind in ("is", "missing") and not value:
            return ""
        return self.sentences[feature.kind].format(**words)

    def _place(self, i: int, value: float) -> str:
        less, more = self.ranker.place(i, value)
        if less >= MANY:
            return _("，高于 {share:.0%} 的以往记录").format(share=less)
        return _("，低于 {share:.0%} 的以往记录").format(share=more) if more >= MANY else ""


def _group(feature: Feature) -> tuple[str, str, bool]:
    kind = feature.kind
    return feature.column, "past" if kind in LABEL_PAST + AMOUNT_PAST else kind, feature.whole


def _units() -> dict[str, str]:
    return {
        "day": _("天"),
        "week": _("周"),
        "month": _("个月"),
        "quarter": _("个季度"),
        "year": _("年"),
        "count": _("期"),
    }


def _sentences() -> dict[str, str]:
    return {
        "value": _("{column} 为 {value}{place}"),
        "missing": _("{column}没有填"),
        "is": _("{column} 是 {category}"),
        "rate": _("{column} 相同的，以往发生率 {share}{place}"),
        "text": _("{column}里的字词在发生过的记录中更常见{place}"),
        "n": _("{column}：以往有 {n} 次记录{place}"),
        "events": _("{column}：以往发生 {n} 次{place}"),
        "share": _("{column}：以往记录的发生率 {share}{place}"),
        "recent": _("{column}：近期发生较多{place}"),
        "size": _("{column}：近期数额较大{place}"),
        "frequency": _("{column}：近期发生率 {share}{place}"),
        "last": _("{column}：最近 {rows} 次记录中发生 {n} 次{place}"),
        "since": _("{column}：上一次发生在 {n} {unit}前"),
        "gap": _("{column}：距上一次有结果的记录 {n} {unit}"),
        "age": _("{column}：有记录以来 {n} {unit}"),
        "mean": _("{column}：以往平均数额较大{place}"),
        "before": _("{column}：上一次为 {amount}{place}"),
        "level": _("{column}：近期平均约 {amount}{place}"),
    }
