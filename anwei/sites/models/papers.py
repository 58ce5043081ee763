"""What an enterprise must have on paper: licences, insurance, rules, money set aside, numbers to call."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from anwei.org.models import Person
from anwei.org.responsibility import Subject
from anwei.org.scope import ScopeColumns, ScopedManager
from anwei.sites.models.enterprise import Enterprise
from anwei.sites.models.places import Site


class OfEnterprise(models.Model):
    """Something of an enterprise, at one of its places where `site` says so."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, verbose_name=_("企业"))
    site = models.ForeignKey(
        Site, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("重点部位")
    )

    objects = ScopedManager()
    scope = ScopeColumns(
        territory="enterprise__unit__territory",
        sector=("enterprise__sector", "enterprise__second_sector"),
        enterprise="enterprise_id",
    )

    class Meta:
        abstract = True

    def subject(self) -> Subject:
        """Return what is answered for: the place it stands at, else the enterprise."""
        return (self.site or self.enterprise).subject()


class Licence(OfEnterprise):
    """A licence or certificate with the day on which it ends (许可证照)."""

    class Kind(models.TextChoices):
        """What it permits."""

        SAFETY = "safety", _("安全生产许可证")
        CHEMICAL_USE = "chemical_use", _("危险化学品安全使用许可证")
        CHEMICAL_TRADE = "chemical_trade", _("危险化学品经营许可证")
        CHEMICAL_REGISTER = "chemical_register", _("危险化学品登记证")
        FIREWORKS = "fireworks", _("烟花爆竹经营许可证")
        MINING = "mining", _("采矿许可证")
        GAS = "gas", _("燃气经营许可证")
        TRANSPORT = "transport", _("道路运输经营许可证")
        FIRE_CHECK = "fire_check", _("公众聚集场所消防安全检查")
        INSTALLATION = "installation", _("重大危险源备案")
        PLAN = "plan", _("应急预案备案")
        MANAGER = "manager", _("安全管理人员合格证")  # of a person, whom `covers` names (安全生产法 art. 27)
        OTHER = "other", _("其他")

    kind = models.CharField(_("证照种类"), max_length=20, choices=Kind.choices)
    number = models.CharField(_("证照编号"), max_length=60)
    issuer = models.CharField(_("发证机关"), max_length=80, blank=True)
    covers = models.CharField(_("许可范围"), max_length=200, blank=True)
    issued_on = models.DateField(_("发证日期"), null=True, blank=True)
    expires_on = models.DateField(_("有效期至"), null=True, blank=True, db_index=True)  # empty: without end

    class Meta:
        verbose_name = _("许可证照")
        ordering = ["expires_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "number"], name="licence_number_once_a_kind"),
            models.CheckConstraint(
                condition=Q(issued_on__isnull=True)
                | Q(expires_on__isnull=True)
                | Q(expires_on__gte=models.F("issued_on")),
                name="licence_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"


class Insurance(OfEnterprise):
    """A policy of work safety liability insurance (安全生产责任保险, 安全生产法 art. 51)."""

    insurer = models.CharField(_("保险公司"), max_length=80)
    number = models.CharField(_("保单号"), max_length=60, unique=True)
    insured_people = models.PositiveIntegerField(_("投保人数"), null=True, blank=True)
    amount_yuan = models.DecimalField(
        _("每人保额（元）"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    starts_on = models.DateField(_("起保日期"))
    expires_on = models.DateField(_("终保日期"), db_index=True)

    class Meta:
        verbose_name = _("安全生产责任保险")
        ordering = ["expires_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_on__gte=models.F("starts_on")), name="insurance_ends_after_it_starts"
            )
        ]

    def __str__(self) -> str:
        return self.number


class ManagementDocument(OfEnterprise):
    """Responsibility system, rule or operating procedure with its next review (安全生产法 art. 21)."""

    class Kind(models.TextChoices):
        """What the enterprise has written down."""

        RESPONSIBILITY = "responsibility", _("全员安全生产责任制")
        RULE = "rule", _("安全生产规章制度")
        PROCEDURE = "procedure", _("操作规程")

    kind = models.CharField(_("种类"), max_length=16, choices=Kind.choices)
    title = models.CharField(_("名称"), max_length=120)
    issued_on = models.DateField(_("发布日期"), null=True, blank=True)
    reviewed_on = models.DateField(_("最近评审日期"), null=True, blank=True)
    review_on = models.DateField(_("下次评审日期"), null=True, blank=True, db_index=True)

    class Meta:
        verbose_name = _("制度规程")
        ordering = ["review_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "kind", "title"], name="document_once_an_enterprise"
            )
        ]

    def __str__(self) -> str:
        return self.title


class SafetyFund(OfEnterprise):
    """What an enterprise drew and spent for safety in a year, in yuan (财资〔2022〕136号)."""

    year = models.PositiveSmallIntegerField(_("年度"))
    drawn_yuan = models.DecimalField(_("提取（元）"), max_digits=16, decimal_places=2)
    spent_yuan = models.DecimalField(_("使用（元）"), max_digits=16, decimal_places=2)

    class Meta:
        verbose_name = _("安全生产费用")
        ordering = ["-year", "id"]
        constraints = [
            models.UniqueConstraint(fields=["enterprise", "year"], name="fund_once_an_enterprise_and_year"),
            models.CheckConstraint(
                condition=Q(drawn_yuan__gte=0, spent_yuan__gte=0), name="fund_is_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enterprise} {self.year}"


class Contact(OfEnterprise):
    """A number to call day and night, with when somebody last tried it and whether anybody answered."""

    name = models.CharField(_("联系人"), max_length=40)
    role = models.CharField(_("职务"), max_length=40, blank=True)
    phone = models.CharField(_("电话"), max_length=20)
    tried_at = models.DateTimeField(_("最近试拨"), null=True, blank=True)
    reached = models.BooleanField(_("接通"), null=True, blank=True)
    tried_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("试拨人")
    )

    class Meta:
        verbose_name = _("应急联系人")
        ordering = ["enterprise", "id"]
        constraints = [
            models.UniqueConstraint(fields=["enterprise", "phone"], name="contact_once_an_enterprise"),
            models.CheckConstraint(
                condition=Q(tried_at__isnull=True, reached__isnull=True)
                | Q(tried_at__isnull=False, reached__isnull=False),
                name="contact_was_tried_with_a_result",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ContactTrial(models.Model):
    """That somebody called a contact, and what came of it."""

    class Outcome(models.TextChoices):
        """What came of the call."""

        REACHED = "reached", _("接通")
        NOT_REACHED = "not_reached", _("没人接")
        WRONG_NUMBER = "wrong_number", _("号码不对")

    contact = models.ForeignKey(
        Contact, on_delete=models.PROTECT, related_name="trials", verbose_name=_("应急联系人")
    )
    outcome = models.CharField(_("试拨结果"), max_length=12, choices=Outcome.choices)
    tried_at = models.DateTimeField(_("试拨时间"))
    tried_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("试拨人")
    )

    objects = ScopedManager()
    scope = ScopeColumns(
        territory="contact__enterprise__unit__territory",
        sector=("contact__enterprise__sector", "contact__enterprise__second_sector"),
        enterprise="contact__enterprise_id",
    )

    class Meta:
        verbose_name = _("试拨记录")
        ordering = ["-tried_at", "-id"]

    def __str__(self) -> str:
        return f"{self.contact} {self.get_outcome_display()}"
