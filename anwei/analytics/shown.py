"""A row of a list as pages show it: its sentences with their points, and the rows behind each."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from django.utils.translation import gettext as _

from anwei.analytics.models import RiskScore, WatchRun
from anwei.analytics.scoring import Reason, sentence
from anwei.org.models import Person
from anwei.sites.features import Ground, feature
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


def grounds_of(one: Said, run: WatchRun, enterprise: Enterprise, person: Person) -> list[Ground]:
    """Return the rows behind a reason that a person sees, as they were when the list was made."""
    known = feature(one.feature)
    if known is None:
        return []
    return list(islice(known.grounds(run.as_of, enterprise, person), MOST_GROUNDS))


def in_words(reasons: Iterable[Said]) -> str:
    """Return reasons as one text, one a line."""
    return "\n".join(one.sentence for one in reasons)
