"""What the background does by itself at certain times, such as the nightly backup.

A room contributes a routine by a module `schedule.py`, found when the rooms are made ready.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django_tasks.base import Task
from django_tasks_db.models import DBTaskResult


@dataclass(frozen=True)
class Routine:
    """A task, and whether it is due at a moment: due until the task itself has written down that it ran.

    `in_demo`: a demo does it too; nobody needs backups of one.
    """

    task: Task[[], None]
    is_due: Callable[[datetime], bool]
    in_demo: bool = True


_routines: list[Routine] = []


def register_routine(routine: Routine) -> None:
    """Add a routine; called once, when the room's module is imported."""
    _routines.append(routine)


def enqueue_due(now: datetime) -> int:
    """Put what is due into the background, unless it waits or runs there already; return how many."""
    if not settings.ROUTINES:
        return 0
    unfinished = DBTaskResult.objects.ready() | DBTaskResult.objects.running()
    busy = set(unfinished.values_list("task_path", flat=True))
    due = [
        routine
        for routine in _routines
        if (routine.in_demo or not settings.DEMO)
        and routine.task.module_path not in busy
        and routine.is_due(now)
    ]
    for routine in due:
        routine.task.enqueue()
    return len(due)
