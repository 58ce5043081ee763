"""What a change of a county's bands means for what was graded by the old ones: it asks for a review."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction
from typing import Any

from anwei.sites.models import Assessment
from anwei.sites.risks.assessing import method_of
from anwei.sites.risks.queries import valid_assessments
from anwei.standards.risk.methods import Method


def ask_for_review(key: str, now: datetime) -> int:
    """Mark the results of LEC or LS that count and would have another grade by the bands in force.

    Each keeps the bands it was made with; a mark that no longer holds is taken off.

    Returns the number of new ones.
    """
    method = method_of(key)
    rows = valid_assessments(Assessment.objects.filter(method=key))
    outdated: dict[bool, list[int]] = {True: [], False: []}
    for pk, grade, stale_since, result in rows.values_list("pk", "grade", "stale_since", "result").iterator():
        is_outdated = graded_otherwise(method, grade, result)
        if is_outdated != (stale_since is not None):
            outdated[is_outdated].append(pk)
    Assessment.objects.filter(pk__in=outdated[True]).update(stale_since=now)
    Assessment.objects.filter(pk__in=outdated[False]).update(stale_since=None)
    return len(outdated[True])


def graded_otherwise(method: Method, grade: str, result: Mapping[str, Any]) -> bool:
    """Say whether a result of LEC or LS would have another grade than its own by the bands of `method`."""
    value = Fraction(result[method.symbol]["exact"])
    held = [band for band in method.bands.rows if band.holds(value, method.bands.edge)]
    return not held or held[0].grade.key != grade
