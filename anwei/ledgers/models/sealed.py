"""Rows that are written once, chained and sealed."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

DIGEST_LENGTH = 64  # SM3 in hex


class AppendOnly(models.Model):
    """A row that is written once; the database refuses UPDATE and DELETE (`anwei.ledgers.append_only`)."""

    class Meta:
        abstract = True


class SealedRow(AppendOnly):
    """One link of a chain; `anwei.ledgers.seal` numbers, chains and seals it.

    `digest` seals the row and the one before; it covers the content through `content_digest` only, so that
    personal text could be erased later and the chain would still verify.
    """

    chain_fields: ClassVar[tuple[str, ...]]  # which rows form one chain
    sealed_fields: ClassVar[tuple[str, ...]]  # columns sealed as they are
    content_fields: ClassVar[tuple[str, ...]]  # columns sealed by their digest

    number = models.PositiveIntegerField(_("序号"))  # 1, 2, 3 ... within the chain
    at = models.DateTimeField(_("时间"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("经办人"),
    )  # empty = the system itself
    verb = models.CharField(max_length=40)
    content = models.JSONField(default=dict)
    content_digest = models.CharField(max_length=DIGEST_LENGTH)
    digest = models.CharField(max_length=DIGEST_LENGTH)

    class Meta:
        abstract = True


class Change(SealedRow):
    """One row of a register's change log."""

    chain_fields = ("register", "row")
    sealed_fields = ("at", "actor_id", "verb")
    content_fields = ("content", "reason")

    register = models.CharField(_("台账"), max_length=60)  # the model's label, e.g. "monitoring.device"
    row = models.CharField(max_length=60)  # primary key of the changed row
    reason = models.CharField(_("理由"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("变更记录")
        constraints = [
            models.UniqueConstraint(fields=["register", "row", "number"], name="change_numbers_are_unique")
        ]

    def __str__(self) -> str:
        return f"{self.register} {self.row} #{self.number}"


class ChainHead(models.Model):
    """The last link of one chain under a seal of its own, so that a cut tail is seen."""

    chain = models.CharField(max_length=160, primary_key=True)  # JSON: the model's label and the chain's key
    number = models.PositiveIntegerField()
    digest = models.CharField(max_length=DIGEST_LENGTH)
    seal = models.CharField(max_length=DIGEST_LENGTH)

    def __str__(self) -> str:
        return f"{self.chain} #{self.number}"


class GlobalHead(AppendOnly):
    """The hourly seal over every row written since the last one; printed outside, it anchors all chains."""

    number = models.PositiveIntegerField(primary_key=True)
    at = models.DateTimeField(_("时间"))
    through = models.JSONField()  # the last primary key covered, by model label
    n_rows = models.PositiveBigIntegerField()  # rows covered since the first head
    digest = models.CharField(max_length=DIGEST_LENGTH)

    class Meta:
        verbose_name = _("整点封存")
        ordering = ["number"]

    def __str__(self) -> str:
        return f"#{self.number} {self.digest}"
