"""Trials of rules on their way: asked for, computed in the background with progress, their result kept."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django_tasks import task

from anwei.org.models import Person
from anwei.sites.live.trial import LookBack, look_back
from anwei.sites.models import ColourTrial, Enterprise
from anwei.standards.risk.live_rules import ColourRules, read_rules

AT_ONCE = 300  # enterprises; a larger county is computed in the background
N_KEPT = 100  # of the enterprises that would differ


def start_trial(
    current: ColourRules, candidate: dict[str, Any], *, actor: Person, now: datetime
) -> ColourTrial:
    """Begin a trial of a candidate set beside the rules in force. Raises Unusable with every problem."""
    read_rules(candidate)
    trial = ColourTrial.objects.create(
        asked_by=actor, asked_at=now, current=current.to_json(), candidate=candidate
    )
    if Enterprise.objects.count() <= AT_ONCE:
        run_trial(trial.pk)
        trial.refresh_from_db()
    else:
        try_rules.enqueue(trial.pk)
    return trial


@task()
def try_rules(pk: int) -> None:
    """Compute a trial; one that fails says so on its row."""
    try:
        run_trial(pk)
    except Exception:
        ColourTrial.objects.filter(pk=pk).update(status=ColourTrial.Status.FAILED)
        raise


def run_trial(pk: int) -> None:
    """Compute a trial as of the moment it was asked for, and keep what it gives."""
    trial = ColourTrial.objects.get(pk=pk)
    row = ColourTrial.objects.filter(pk=pk)

    def progress(n_done: int, n_all: int) -> None:
        row.update(n_done=n_done, n_all=n_all)

    current, candidate = read_rules(trial.current), read_rules(trial.candidate)
    found = look_back(current, candidate, trial.asked_at, progress)
    row.update(status=ColourTrial.Status.DONE, result=_kept(found))


def _kept(found: LookBack) -> dict[str, Any]:
    """Return the result as JSON keeps it: the days, and the enterprises that differ on the most of them."""
    return {
        "days": [[day.day.isoformat(), day.before, day.after] for day in found.days],
        "n_differing": len(found.differing),
        "differing": [
            [one.enterprise, one.n_days, one.last.isoformat(), one.before, one.after]
            for one in found.differing[:N_KEPT]
        ],
    }
