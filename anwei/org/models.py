"""Who exists: territories, units, posts, persons; who holds which post; which department answers for what."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from anwei.org.scope import ScopeColumns, ScopedManager
from anwei.standards.sectors import sectors

SECTOR_CHOICES = [(sector.code, _(sector.name)) for sector in sectors().values()]


class Territory(models.Model):
    """An administrative division; the code is a prefix code (county 6, township 9, village 12 digits)."""

    code = models.CharField(_("区划代码"), max_length=12, primary_key=True)
    name = models.CharField(_("名称"), max_length=60)
    boundary = models.JSONField(_("边界"), null=True, blank=True)  # GeoJSON geometry, CGCS2000

    class Meta:
        verbose_name = _("属地")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Unit(models.Model):
    """An organisation: government body, township, department or enterprise."""

    class Kind(models.TextChoices):
        """What kind of body a unit is."""

        PARTY = "party", _("党委")
        GOVERNMENT = "government", _("政府")
        COMMITTEE = "committee", _("安委会")
        COMMITTEE_OFFICE = "committee_office", _("安委办")
        DEPARTMENT = "department", _("部门")
        TOWNSHIP = "township", _("乡镇街道")
        VILLAGE = "village", _("村社区")
        ENTERPRISE = "enterprise", _("企业")

    kind = models.CharField(_("类别"), max_length=20, choices=Kind.choices)
    name = models.CharField(_("名称"), max_length=120, unique=True)
    short_name = models.CharField(_("简称"), max_length=40, blank=True)
    territory = models.CharField(_("属地"), max_length=12, db_index=True)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("上级单位")
    )

    objects = ScopedManager()
    scope = ScopeColumns(territory="territory", enterprise="enterprise__id")

    class Meta:
        verbose_name = _("单位")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.short_name or self.name


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


class Holding(models.Model):
    """A person holds a post from a day to a day (inclusive; open when `to_on` is empty)."""

    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="holdings", verbose_name=_("人员")
    )
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="holdings", verbose_name=_("岗位"))
    from_on = models.DateField(_("任职起"))
    to_on = models.DateField(_("任职止"), null=True, blank=True)

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


class SectorDuty(models.Model):
    """A department answers for a sector, leading or jointly (三管三必须; 安全生产法 art. 10)."""

    sector = models.CharField(_("行业"), max_length=20, choices=SECTOR_CHOICES)
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="sector_duties", verbose_name=_("部门")
    )
    lead = models.BooleanField(_("牵头"), default=True)

    class Meta:
        verbose_name = _("行业监管分工")
        constraints = [models.UniqueConstraint(fields=["sector", "unit"], name="duty_once_a_sector_and_unit")]

    def __str__(self) -> str:
        return f"{self.get_sector_display()} {self.unit}"


class ApiToken(models.Model):
    """A bearer token of the JSON API; only its SHA-256 digest is kept."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="api_tokens")
    digest = models.CharField(max_length=64, unique=True)
    label = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.person} {self.label}"


class Display(models.Model):
    """A read-only screen such as the wall: one browser, bound by a one-time code, until it is revoked."""

    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="display")
    issued_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField()
    code_digest = models.CharField(max_length=64, unique=True)  # SHA-256 of the one-time code
    code_ends_at = models.DateTimeField()
    secret_digest = models.CharField(max_length=64, blank=True)  # SHA-256 of what the browser's cookie holds
    bound_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("大屏")

    def __str__(self) -> str:
        return str(self.person)
