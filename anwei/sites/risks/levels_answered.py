"""What answers to 应急〔2018〕19号 say of major hazards, beside the levels confirmed by GB 18218."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from anwei.language import gettext_noop
from anwei.sites.models import Assessment, Enterprise, Installation
from anwei.sites.risks.queries import installation_levels, valid_assessments
from anwei.standards.risk.diagnosis_table import table
from anwei.standards.sentences import Sentence

QUESTIONS = {1: "1.1-1", 2: "1.1-2", 3: "1.1-3", 4: "1.1-4"}  # which asks for units of which level


def contradicted(enterprise: Enterprise, answers: Mapping[str, Any]) -> list[Sentence]:
    """Return a sentence for each level of which the answer says otherwise than the enterprise's units."""
    units = Installation.objects.filter(enterprise=enterprise)
    levels = {*installation_levels(units.values("pk")).values()}
    asked = table().questions()
    missing = gettext_noop("“{words}”答“是”，台账里没有已复核为这一级的单元，请核定")
    denied = gettext_noop("“{words}”答“否”，台账里有已复核为这一级的单元，请核定")
    return [
        Sentence("", missing if answers[code] else denied, {"words": asked[code].words})
        for level, code in QUESTIONS.items()
        if answers.get(code) is not None and bool(answers[code]) != (level in levels)
    ]


def ask_to_diagnose_again(enterprise: Enterprise, now: datetime) -> None:
    """Mark the diagnosis that counts where its answers contradict the units now, else take the mark off."""
    own = Assessment.objects.filter(enterprise=enterprise, method=Assessment.Method.NO_19)
    for counts in valid_assessments(own):
        is_stale = bool(contradicted(enterprise, counts.inputs))
        if is_stale != (counts.stale_since is not None):
            counts.stale_since = now if is_stale else None
            counts.save(update_fields=["stale_since"])
