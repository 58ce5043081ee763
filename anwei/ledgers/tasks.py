"""What the background does for registers (`anwei tasks` runs it)."""

from __future__ import annotations

from django.utils import timezone
from django_tasks import task

from anwei.ledgers import importing


@task()
def examine_sheet(pk: int) -> None:
    """Read and examine a sheet that was handed in."""
    importing.examine_import(pk)


@task()
def write_sheet(pk: int) -> None:
    """Write an examined sheet, or go on after a kill."""
    importing.write_import(pk, now=timezone.now())
