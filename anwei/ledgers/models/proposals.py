"""A change of key facts that waits for somebody else's confirmation."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Proposal(models.Model):
    """What somebody who may not write a register wants to stand in it; written only when confirmed.

    `before` and `after` hold values by column as JSON keeps them (`ledgers.proposals.values`); `parent` is
    what the row belonged to then, or, without a `row`, what the proposed new one would belong to; `version`
    the number of the row's newest change then (None for a new row, and where an older release kept none).
    One waits for a row at a time, so that two never wait for a column. What was done with it is sealed in the
    change log; this row is where that led.
    """

    class State(models.TextChoices):
        """How far it has come."""

        WAITING = "waiting", _("待确认")
        CONFIRMED = "confirmed", _("已确认")
        RETURNED = "returned", _("已退回")
        WITHDRAWN = "withdrawn", _("已撤回")

    ledger = models.CharField(_("台账"), max_length=40)  # the register's code
    row = models.PositiveBigIntegerField(null=True)  # primary key of the row that would change
    parent = models.PositiveBigIntegerField(
        null=True
    )  # primary key of what the row belonged, or would belong
    version = models.PositiveIntegerField(null=True)
    before = models.JSONField(default=dict)
    after = models.JSONField()
    reason = models.CharField(_("理由"), max_length=200, blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.WAITING)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("提出人")
    )
    proposed_at = models.DateTimeField(_("提出时间"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("答复人"),
    )
    decided_at = models.DateTimeField(_("答复时间"), null=True)
    note = models.CharField(_("答复"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("待确认变更")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="waiting", decided_by__isnull=True, decided_at__isnull=True)
                | ~Q(state="waiting") & Q(decided_by__isnull=False, decided_at__isnull=False)
                | Q(state="returned", decided_by__isnull=True, decided_at__isnull=False),  # by the system
                name="proposal_is_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | Q(state="withdrawn") | ~Q(decided_by=F("proposed_by")),
                name="proposal_takes_two_persons",
            ),
            models.CheckConstraint(
                condition=~Q(state="returned") | ~Q(note=""), name="proposal_is_returned_with_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(row__isnull=False) | Q(parent__isnull=False), name="proposal_is_about_something"
            ),
            models.UniqueConstraint(
                fields=["ledger", "row"],
                condition=Q(state="waiting", row__isnull=False),
                name="one_waiting_proposal_of_a_row",
            ),
        ]
        indexes = [
            models.Index(fields=["ledger", "row"], name="proposal_of_a_row"),
            models.Index(fields=["state", "ledger"], name="proposal_by_state"),
        ]

    @property
    def is_waiting(self) -> bool:
        """Whether nobody has answered it yet."""
        return self.state == self.State.WAITING

    def __str__(self) -> str:
        return f"{self.ledger} {self.row or ''} {self.get_state_display()}"
