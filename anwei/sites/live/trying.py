"""Trials of rules on their way: asked for, computed in the background with progress, their result kept."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django_tasks import task
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from anwei.ledgers.templatetags.ledgers import moment
from anwei.org.models import Person
from anwei.sites.live.trial import LookBack, look_back
from anwei.sites.models import ColourTrial, Enterprise
from anwei.standards.risk.live_rules import ColourRules, read_rules

AT_ONCE = 300  # enterprises; a larger county is computed in the background
LONGEST_AT_ONCE = timedelta(minutes=5)  # after which nobody computes a trial any more that has no task
N_KEPT = 100  # of the enterprises that would differ

log = logging.getLogger("anwei.sites")


def start_trial(
    current: ColourRules, candidate: dict[str, Any], *, actor: Person, now: datetime
) -> ColourTrial:
    """Begin a trial of a candidate set beside the rules in force.

    Raises Unusable with every problem, ValueError while another trial runs.
    """
    read_rules(candidate)
    try:
        with transaction.atomic():
            trial = ColourTrial.objects.create(
                asked_by=actor, asked_at=now, current=current.to_json(), candidate=candidate
            )
    except IntegrityError as error:
        raise ValueError(_another_runs()) from error
    if Enterprise.objects.count() > AT_ONCE:
        try_rules.enqueue(trial.pk)
        return trial
    try:
        run_trial(trial.pk)
    except Exception:
        log.exception("a trial of colour rules broke off")  # its page says so
    trial.refresh_from_db()
    return trial


@task()
def try_rules(pk: int) -> None:
    """Compute a trial in the background."""
    run_trial(pk)


def run_trial(pk: int) -> None:
    """Compute a trial as of the moment it was asked for, and keep what it gives; one that fails says so."""
    trial = ColourTrial.objects.get(pk=pk)
    row = ColourTrial.objects.filter(pk=pk)

    def progress(n_done: int, n_all: int) -> None:
        row.update(n_done=n_done, n_all=n_all)

    try:
        current, candidate = read_rules(trial.current), read_rules(trial.candidate)
        found = look_back(current, candidate, trial.asked_at, progress)
    except Exception:
        row.update(status=ColourTrial.Status.FAILED)
        raise
    row.update(status=ColourTrial.Status.DONE, result=_kept(found))


def give_up_lost_trials(now: datetime) -> None:
    """Let trials fail that nobody computes any more: their task was given up, or their process ended."""
    running = ColourTrial.objects.filter(status=ColourTrial.Status.RUNNING)
    asked = dict(running.values_list("pk", "asked_at"))
    if not asked:
        return
    tasks = DBTaskResult.objects.filter(task_path=try_rules.module_path)
    state = {told["args"][0]: status for told, status in tasks.values_list("args_kwargs", "status")}
    ended = (TaskResultStatus.FAILED, TaskResultStatus.SUCCESSFUL)
    lost = [
        pk
        for pk, asked_at in asked.items()
        if (state[pk] in ended if pk in state else now - asked_at > LONGEST_AT_ONCE)
    ]
    running.filter(pk__in=lost).update(status=ColourTrial.Status.FAILED)


def _another_runs() -> str:
    running = ColourTrial.objects.select_related("asked_by").filter(status=ColourTrial.Status.RUNNING).first()
    if running is None:  # it ended between the two questions
        return _("另一组规则刚刚还在试算，请再试一次。")
    words = {"who": running.asked_by, "at": moment(running.asked_at)}
    return _("%(who)s于 %(at)s 发起的试算还没有算完；一次只试算一组规则，请等它算完再试。") % words


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
