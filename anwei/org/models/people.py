"""Posts, persons, and who holds which post from when to when."""

from __future__ import annotations

from collections.abc import Hashable

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from anwei.org.models.units import Unit
from anwei.org.scope import footing


class Post(models.Model):
    """A position in a unit; duties and cases belong to posts, not to persons (一岗双责)."""

    class Kind(models.TextChoices):
        """What a post is for."""

        PRINCIPAL = "principal", _("主要负责人")
        DEPUTY = "deputy", _("分管负责人")
        DUTY = "duty", _("值班岗")
        OFFICER = "officer", _("监管人员")
        SAFETY = "safety", _("安全管理人员")
        DISPLAY = "display", _("大屏")
        SYSTEM_ADMIN = "system_admin", _("系统管理员")
        SECURITY_ADMIN = "security_admin", _("安全保密管理员")
        AUDIT_ADMIN = "audit_admin", _("安全审计员")

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="posts", verbose_name=_("单位"))
    kind = models.CharField(_("岗位类别"), max_length=20, choices=Kind.choices)
    title = models.CharField(_("岗位"), max_length=60)

    class Meta:
        verbose_name = _("岗位")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["unit", "title"], name="post_once_a_unit")]

    def __str__(self) -> str:
        return f"{self.unit} {self.title}"


class Person(AbstractUser):
    """A person with an account; what they may see follows from the posts they hold."""

    class Kind(models.TextChoices):
        """A person, or a read-only display such as the wall."""

        PERSON = "person", _("人员")
        DISPLAY = "display", _("大屏")

    kind = models.CharField(_("类别"), max_length=10, choices=Kind.choices, default=Kind.PERSON)
    full_name = models.CharField(_("姓名"), max_length=40)
    phone = models.CharField(_("手机"), max_length=20, blank=True)
    must_change_password = models.BooleanField(_("须修改密码"), default=False)  # somebody else made it

    class Meta:
        verbose_name = _("人员")
        verbose_name_plural = verbose_name
        constraints = [
            models.UniqueConstraint(
                fields=["phone"], condition=~Q(phone=""), name="phone_belongs_to_one_person"
            )
        ]

    def __str__(self) -> str:
        return self.full_name or self.username

    @property
    def footing(self) -> Hashable:
        """What decides which rows they see and what waits for them (`scope.footing`)."""
        return footing(self)


class Holding(models.Model):
    """A person holds a post from a day to a day (inclusive; open when `to_on` is empty)."""

    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="holdings", verbose_name=_("人员")
    )
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="holdings", verbose_name=_("岗位"))
    from_on = models.DateField(_("任职起"))
    to_on = models.DateField(_("任职止"), null=True, blank=True)
    term_on = models.DateField(_("任期届满"), null=True, blank=True)  # 任期 ends, the person may stay
    document = models.CharField(_("任职文件"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("任职")
        constraints = [
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gte=models.F("from_on")),
                name="holding_ends_after_it_starts",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.post}"
