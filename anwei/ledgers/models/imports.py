"""Sheets on their way into a register, and a person's own ways of looking at one."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class SheetImport(models.Model):
    """A sheet that somebody handed in for a register: what was found in it and how far its writing is."""

    class Status(models.TextChoices):
        """How far it is; whoever reads `WAITING` and `WRITING` looks again."""

        WAITING = "waiting", _("等待核对")
        EXAMINED = "examined", _("已核对")
        WRITING = "writing", _("写入中")
        DONE = "done", _("已完成")
        FAILED = "failed", _("不能导入")

    ledger = models.CharField(max_length=40)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(_("文件"), max_length=200)
    content = models.BinaryField()
    created_at = models.DateTimeField(_("时间"))
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.WAITING)
    sentence = models.CharField(max_length=400, blank=True)  # why the file as a whole cannot be read
    counts = models.JSONField(default=dict)  # rows by state, actions, unused columns
    problems = models.JSONField(default=list)  # [number, state, action, [sentence]] of rows worth a word
    options = models.JSONField(default=dict)
    reason = models.CharField(max_length=200, blank=True)
    n_rows = models.PositiveIntegerField(default=0)
    n_done = models.PositiveIntegerField(default=0)
    written = models.JSONField(default=dict)  # rows written so far by action, kept with the rows themselves

    class Meta:
        verbose_name = _("导入")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.ledger} {self.file_name}"


class SavedView(models.Model):
    """A person's own view of a register: filter, order and columns as a query string."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    ledger = models.CharField(max_length=40)
    name = models.CharField(_("名称"), max_length=40)
    query = models.CharField(max_length=2000)

    class Meta:
        verbose_name = _("我的视图")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["person", "ledger", "name"], name="view_once_a_person_and_name")
        ]

    def __str__(self) -> str:
        return self.name
