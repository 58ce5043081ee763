"""What the background does for registers (`anwei tasks` runs it)."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks import task

from anwei.ledgers import importing
from anwei.ledgers.models import SheetImport


@task()
def examine_sheet(pk: int) -> None:
    """Read and examine a sheet that was handed in."""
    try:
        importing.examine_import(pk)
    except Exception:
        _fail(pk)
        raise


@task()
def write_sheet(pk: int) -> None:
    """Write an examined sheet, or go on after a kill."""
    try:
        importing.write_import(pk, now=timezone.now())
    except Exception:
        _fail(pk)
        raise


def _fail(pk: int) -> None:
    """Say on the sheet that something unforeseen happened; the traceback is in the log of tasks."""
    sentence = _("处理时发生了意外错误，已写入的行保留；请联系系统管理员，或重新上传（不会重复写入）。")
    SheetImport.objects.filter(pk=pk).update(status=SheetImport.Status.FAILED, sentence=sentence)
