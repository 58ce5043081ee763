"""A row of a list as pages show it: its sentences with their points, and the rows behind each."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from django.utils.translation import gettext as _

from anwei.analytics.colours import is_shown
from anwei.analytics.models import RiskScore, WatchRun
from anwei.analytics.scoring import Reason, sentence
from anwei.analytics.templatetags.watch import percent
from anwei.monitoring.models import Severity
from anwei.org.models import Person
from anwei.sites.features import Ground, feature, no_grounds
from anwei.sites.models import Enterprise

MOST_GROUNDS = 50
TELLING_FACTOR = 1.05  # a smaller one is not worth saying


@dataclass(frozen=True)
class Said:
    """One reason in words, with its points and by how much the model raises the odds for it (0: not)."""

    feature: str
    sentence: str
    points: int
    factor: float
    citation: str = ""
    rule: str = ""

    @property
    def weight(self) -> str:
        """What it weighs, for people."""
        told = [_("+%(n)d 分") % {"n": self.points}] if self.points else []
        if self.factor >= TELLING_FACTOR:
            told.append(_("模型 ×%(factor)s") % {"factor": f"{self.factor:.1f}"})
        return _("，").join(told)


def said(score: RiskScore, run: WatchRun) -> list[Said]:
    """Return the reasons of a row in words, as its list was made."""
    rules = {rule["feature"]: rule for rule in run.rules.get("points", [])}
    return [_said(Reason(*kept), rules.get(kept[0])) for kept in score.reasons]


def _said(reason: Reason, rule: dict[str, object] | None) -> Said:
    factor = math.exp(min(reason.share, 10.0)) if reason.share > 0 else 0.0
    if rule is None:
        return Said(reason.feature, sentence(reason), reason.points, factor)
    per = rule["per"]
    words = {"per": f"{per:g}", "points": rule["points"], "most": rule["most"]}
    told = _("每 %(per)s 计 %(points)s 分，最多 %(most)s 分") % words
    return Said(reason.feature, sentence(reason), reason.points, factor, str(rule["citation"]), told)


def why_coloured(score: RiskScore, run: WatchRun) -> list[str]:
    """Return on what evidence a row has its colour, in words; nothing of lists made before that was kept."""
    level = next((one for one in run.rules.get("levels", []) if one["key"] == score.level), None)
    if level is None:
        return []
    found, colour = [], Severity(score.level).label
    if score.points >= level["points"]:
        words = {"points": score.points, "colour": colour, "least": level["points"]}
        found.append(_("积分 %(points)d 分，达到%(colour)s的 %(least)d 分。") % words)
    if run.base_rate and is_shown(level["cut"] if level.get("holds") else None, score.probability):
        words = {
            "p": percent(score.probability),
            "lift": f"{(score.probability or 0) / run.base_rate:.1f}",
            "base": percent(run.base_rate),
            "n": level["n"],
            "harmed": level["n_harmed"],
            "low": percent(level["low"]),
            "high": percent(level["high"]),
        }
        found.append(
            _(
                "模型算出 %(p)s，是全县平均 %(base)s 的 %(lift)s 倍；在模型没有学过的月份里，"
                "这样的 %(n)d 家次中有 %(harmed)d 家次出事（精确区间 %(low)s–%(high)s）。"
            )
            % words
        )
    if reason := level.get("reason"):
        found.append(_("为什么这样定：%(reason)s（县里可改）") % {"reason": reason})
    return found


def grounds_of(one: Said, run: WatchRun, enterprise: Enterprise, person: Person) -> list[Ground]:
    """Return the rows behind a reason that a person sees, as they were when the list was made."""
    known = feature(one.feature)
    if known is None:
        return []
    return list(islice(known.grounds(run.as_of, enterprise, person), MOST_GROUNDS + 1))


def has_grounds(one: Said) -> bool:
    """Say whether a reason rests on rows at all; else it stands in the enterprise's own record."""
    known = feature(one.feature)
    return known is not None and known.grounds is not no_grounds


def in_words(reasons: Iterable[Said]) -> str:
    """Return reasons as one text, one a line."""
    return "\n".join(one.sentence for one in reasons)
