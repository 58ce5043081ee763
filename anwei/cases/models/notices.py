"""Who was told what, by which channel, and whether it arrived; how a person wants to be told."""

from __future__ import annotations

from typing import Literal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from anwei.cases.models.case import Case
from anwei.org.models import Person

Urgency = Literal["info", "urgent", "red"]  # the values of Level
TEXT_LENGTH = 120  # characters: with the link, two parts of an SMS
REPORT_LENGTH = 330  # of a report of several lines: with the link, five parts


class Level(models.TextChoices):
    """How urgent a notice is; red breaks through quiet hours."""

    INFO = "info", _("一般")
    URGENT = "urgent", _("紧急")
    RED = "red", _("红色")


class Notice(models.Model):
    """One person is told one thing once; the row is what the person reads inside the system."""

    person = models.ForeignKey(
        Person, on_delete=models.CASCADE, related_name="notices", verbose_name=_("收件人")
    )
    sender = models.ForeignKey(
        Person, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("发送人")
    )  # whose act told; empty = the system itself
    case = models.ForeignKey(
        Case, on_delete=models.CASCADE, null=True, related_name="notices", verbose_name=_("事项")
    )
    key = models.CharField(max_length=100)  # makes telling once: the same key tells a person nothing again
    level = models.CharField(_("紧急程度"), max_length=10, choices=Level.choices)
    text = models.CharField(_("内容"), max_length=REPORT_LENGTH)
    url = models.CharField(_("链接"), max_length=200)
    at = models.DateTimeField(_("时间"))
    read_at = models.DateTimeField(_("已读"), null=True, blank=True)

    class Meta:
        verbose_name = _("通知")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["person", "key"], name="a_person_is_told_once")]
        indexes = [
            models.Index(fields=["person"], condition=Q(read_at__isnull=True), name="notice_unread"),
            models.Index(fields=["key"], name="notice_key"),
        ]

    def __str__(self) -> str:
        return self.text


class Delivery(models.Model):
    """A notice on its way through one channel: a row of the outbox, written with the business it tells of."""

    class Channel(models.TextChoices):
        """By which way a notice leaves the system."""

        SMS = "sms", _("短信")
        MAIL = "mail", _("邮件")
        CHAT = "chat", _("工作群")

    class State(models.TextChoices):
        """How far it has come."""

        WAITING = "waiting", _("待发送")
        SENT = "sent", _("已送出")
        FAILED = "failed", _("发送失败")

    notice = models.ForeignKey(
        Notice, on_delete=models.CASCADE, related_name="deliveries", verbose_name=_("通知")
    )
    channel = models.CharField(_("渠道"), max_length=10, choices=Channel.choices)
    key = models.CharField(max_length=140, unique=True)  # given to the provider, who can drop a repetition
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(_("已尝试"), default=0)  # also who-was-first among workers
    due_at = models.DateTimeField(_("不早于"))  # after quiet hours, a back-off, or the lease of a worker
    sent_at = models.DateTimeField(_("送出时间"), null=True, blank=True)
    answer = models.CharField(_("渠道答复"), max_length=200, blank=True)  # a receipt, or why it failed

    class Meta:
        verbose_name = _("通知送达")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False) | ~Q(state="sent") & Q(sent_at__isnull=True),
                name="sent_has_a_time",
            )
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(state="waiting"), name="delivery_waiting")]

    def __str__(self) -> str:
        return self.key


class Preference(models.Model):
    """How a person wants to be told, and where their day begins; without a row the defaults hold."""

    class Home(models.TextChoices):
        """The page after login."""

        BY_POST = "", _("按岗位")
        WORK = "work", _("待办")
        COCKPIT = "cockpit", _("驾驶舱")

    person = models.OneToOneField(
        Person, on_delete=models.CASCADE, related_name="preference", verbose_name=_("人员")
    )
    home = models.CharField(_("登录后先看"), max_length=10, choices=Home.choices, blank=True)
    sms_from = models.CharField(
        _("短信"), max_length=10, choices=Level.choices, default=Level.URGENT, blank=True
    )  # from which level on; empty = never (red always goes)
    mail_from = models.CharField(_("邮件"), max_length=10, choices=Level.choices, blank=True)
    quiet_from = models.TimeField(_("免打扰起"), null=True, blank=True)
    quiet_to = models.TimeField(_("免打扰止"), null=True, blank=True)

    class Meta:
        verbose_name = _("通知设置")
        constraints = [
            models.CheckConstraint(
                condition=Q(quiet_from__isnull=True, quiet_to__isnull=True)
                | Q(quiet_from__isnull=False, quiet_to__isnull=False),
                name="quiet_hours_have_both_ends",
            )
        ]

    def __str__(self) -> str:
        return str(self.person)
