"""Graded risk: risk points, who controls them, assessments, the live colour, signs on the wall."""

from __future__ import annotations

from dataclasses import replace

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anwei.org.models import Person, Post
from anwei.org.responsibility import Subject
from anwei.org.scope import ScopeColumns, ScopedManager
from anwei.sites.models.enterprise import Enterprise
from anwei.sites.models.places import OfSite
from anwei.sites.models.plant import Installation


class Grade(models.TextChoices):
    """The four grades of risk and their colours (安委办〔2016〕11号), the gravest first."""

    RED = "red", _("重大")
    ORANGE = "orange", _("较大")
    YELLOW = "yellow", _("一般")
    BLUE = "blue", _("低")


class RiskPoint(OfSite):
    """A point of risk (风险点): what can go wrong at a place, how grave it is, what keeps it in check."""

    code = models.CharField(_("风险点编号"), max_length=40, unique=True)
    name = models.CharField(_("风险点"), max_length=80)
    factor = models.CharField(_("危险有害因素代码"), max_length=8, blank=True)  # GB/T 13861-2022
    accidents = models.CharField(
        _("可能的事故类型"), max_length=60, blank=True
    )  # codes of GB 6441, parted by ,
    description = models.CharField(_("风险描述"), max_length=300, blank=True)
    grade = models.CharField(_("风险等级"), max_length=6, choices=Grade.choices, blank=True, db_index=True)
    engineering = models.CharField(_("工程技术措施"), max_length=500, blank=True)
    management = models.CharField(_("管理措施"), max_length=500, blank=True)
    training = models.CharField(_("培训教育措施"), max_length=500, blank=True)
    protection = models.CharField(_("个体防护措施"), max_length=500, blank=True)
    emergency = models.CharField(_("应急处置措施"), max_length=500, blank=True)
    review_months = models.PositiveSmallIntegerField(_("复评周期（月）"), default=12)
    review_on = models.DateField(_("下次复评日期"), null=True, blank=True, db_index=True)
    removed_on = models.DateField(_("撤销日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("风险点")
        ordering = ["site", "code"]

    def __str__(self) -> str:
        return self.name

    def subject(self) -> Subject:
        """Return what is answered for: this point, by its own code, else as its place."""
        return replace(super().subject(), name=str(self))


class RiskControl(models.Model):
    """Who keeps a risk point in check at one level (分级管控): a post, or in words where none is set up."""

    class Level(models.TextChoices):
        """The level at which a point is controlled; a graver point needs the higher ones."""

        ENTERPRISE = "enterprise", _("公司级")
        DEPARTMENT = "department", _("部门级")
        TEAM = "team", _("班组级")
        JOB = "job", _("岗位级")

    point = models.ForeignKey(
        RiskPoint, on_delete=models.CASCADE, related_name="controls", verbose_name=_("风险点")
    )
    level = models.CharField(_("管控层级"), max_length=10, choices=Level.choices)
    post = models.ForeignKey(
        Post, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("责任岗位")
    )
    title = models.CharField(_("责任人"), max_length=60)

    class Meta:
        verbose_name = _("分级管控")
        ordering = ["point", "id"]
        constraints = [models.UniqueConstraint(fields=["point", "level"], name="control_once_a_level")]

    def __str__(self) -> str:
        return self.title


class Assessment(models.Model):
    """One finished assessment with method and version; its result stays, a later one takes its place."""

    class Method(models.TextChoices):
        """By what it was assessed."""

        GB18218 = "gb18218", _("GB 18218-2018 辨识分级")
        NO_19 = "emerg2018_19", _("应急〔2018〕19号评估分级")
        LEC = "lec", _("LEC 法")
        LS = "ls", _("LS 法（风险矩阵）")

    enterprise = models.ForeignKey(
        Enterprise, on_delete=models.PROTECT, null=True, blank=True, related_name="assessments"
    )
    installation = models.ForeignKey(
        Installation, on_delete=models.PROTECT, null=True, blank=True, related_name="assessments"
    )
    point = models.ForeignKey(
        RiskPoint, on_delete=models.PROTECT, null=True, blank=True, related_name="assessments"
    )
    territory = models.CharField(max_length=12, db_index=True)  # where what was assessed lies now, and
    sector = models.CharField(max_length=20)  # its sector: kept in step by `sites.risks.scope`
    owner = models.ForeignKey(
        Enterprise, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )  # the enterprise whose it is, also of an installation or a point
    method = models.CharField(_("方法"), max_length=16, choices=Method.choices)
    version = models.CharField(_("版本"), max_length=60)
    inputs = models.JSONField(_("输入"))
    result = models.JSONField(_("结果"))  # steps with clauses, what a person must still confirm
    grade = models.CharField(_("等级"), max_length=6, choices=Grade.choices, blank=True)
    assessor = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("评估人")
    )
    assessed_at = models.DateTimeField(_("评估时间"))
    review_on = models.DateField(_("下次评估日期"), null=True, blank=True, db_index=True)
    confirmed_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("复核人")
    )
    confirmed_at = models.DateTimeField(_("复核时间"), null=True, blank=True)
    returned_at = models.DateTimeField(_("退回时间"), null=True, blank=True)
    return_reason = models.CharField(_("退回理由"), max_length=200, blank=True)
    stale_since = models.DateTimeField(_("待重评"), null=True, blank=True)  # what it rests on has changed

    objects = ScopedManager()
    scope = ScopeColumns(
        territory="territory",
        sector=("sector", "enterprise__second_sector", "installation__enterprise__second_sector"),
        enterprise="owner_id",
    )

    class Meta:
        verbose_name = _("风险评估")
        ordering = ["-assessed_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(enterprise__isnull=False, installation__isnull=True, point__isnull=True)
                | Q(enterprise__isnull=True, installation__isnull=False, point__isnull=True)
                | Q(enterprise__isnull=True, installation__isnull=True, point__isnull=False),
                name="assessment_is_of_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True, confirmed_by__isnull=True)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
                name="assessment_is_confirmed_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(returned_at__isnull=True) | Q(confirmed_at__isnull=True),
                name="assessment_is_not_both_confirmed_and_returned",
            ),
            models.CheckConstraint(
                condition=Q(assessor__isnull=True)
                | Q(confirmed_by__isnull=True)
                | ~Q(confirmed_by=F("assessor")),
                name="assessment_is_confirmed_by_another",
            ),
            models.CheckConstraint(
                condition=Q(returned_at__isnull=True, return_reason="")
                | Q(returned_at__isnull=False) & ~Q(return_reason=""),
                name="assessment_is_returned_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_method_display()} {self.thing}"

    @property
    def thing(self) -> Enterprise | Installation | RiskPoint:
        """What was assessed."""
        found: Enterprise | Installation | RiskPoint | None
        found = self.installation or self.point or self.enterprise
        assert found is not None  # noqa: S101 - the database holds it to one
        return found

    @property
    def title(self) -> str:
        """What was assessed, with the enterprise or the place it belongs to."""
        above = self.owner or (self.point and self.point.site)
        if above is None or above == self.thing:
            return str(self.thing)
        return gettext("%(above)s：%(thing)s") % {"above": above, "thing": self.thing}


class LiveColour(models.Model):
    """The colour of an enterprise now, with the facts that made it: its static grade raised by live facts."""

    enterprise = models.OneToOneField(
        Enterprise, on_delete=models.CASCADE, related_name="live_colour", primary_key=True
    )
    static = models.CharField(_("静态等级"), max_length=6, choices=Grade.choices, blank=True)
    colour = models.CharField(_("实时颜色"), max_length=6, choices=Grade.choices, blank=True, db_index=True)
    facts = models.JSONField(_("成因"), default=list)
    step_down = models.JSONField(_("降级条件"), default=list)
    computed_at = models.DateTimeField(_("计算时间"))
    changed_at = models.DateTimeField(_("变色时间"))

    objects = ScopedManager()
    scope = ScopeColumns(
        territory="enterprise__unit__territory",
        sector=("enterprise__sector", "enterprise__second_sector"),
        enterprise="enterprise_id",
    )

    class Meta:
        verbose_name = _("实时风险")

    def __str__(self) -> str:
        return f"{self.enterprise} {self.get_colour_display()}"


class ColourChange(models.Model):
    """That the live colour of an enterprise changed ("" is 未定级), and the kinds of fact that made it so.

    Kept without end: a few rows an enterprise and week, and what later analysis learns from.
    """

    enterprise = models.ForeignKey(Enterprise, on_delete=models.CASCADE, related_name="colour_changes")
    at = models.DateTimeField(_("变色时间"))
    before = models.CharField(_("原颜色"), max_length=6, choices=Grade.choices, blank=True)
    after = models.CharField(_("现颜色"), max_length=6, choices=Grade.choices, blank=True)
    reasons = models.JSONField(_("成因"), default=list)

    objects = ScopedManager()
    scope = LiveColour.scope

    class Meta:
        verbose_name = _("变色记录")
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["enterprise", "-at"], name="colour_changes_of_one")]

    def __str__(self) -> str:
        return f"{self.enterprise} {self.before} {self.after}"


class ColourTrial(models.Model):
    """A set of rules of the live colour, tried on the days gone by: how far it is, and its result."""

    class Status(models.TextChoices):
        """How far it is; whoever reads `RUNNING` looks again."""

        RUNNING = "running", _("试算中")
        DONE = "done", _("已完成")
        FAILED = "failed", _("没有算完")

    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("试算人"))
    asked_at = models.DateTimeField(_("时间"))
    current = models.JSONField()  # the rules it is compared with
    candidate = models.JSONField()
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.RUNNING)
    n_done = models.PositiveIntegerField(default=0)  # enterprises
    n_all = models.PositiveIntegerField(default=0)
    result = models.JSONField(default=dict)  # see sites.live.trying

    class Meta:
        verbose_name = _("颜色规则试算")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["status"], condition=Q(status="running"), name="one_colour_trial_runs"
            )
        ]

    def __str__(self) -> str:
        return f"{self.asked_by} {self.asked_at:%Y-%m-%d %H:%M}"


class Sign(models.Model):
    """A sign on the wall (风险告知卡) of an enterprise or a risk point: the short address in its QR code."""

    code = models.CharField(_("短码"), max_length=12, unique=True)
    enterprise = models.OneToOneField(
        Enterprise, on_delete=models.PROTECT, null=True, blank=True, related_name="sign"
    )
    point = models.OneToOneField(
        RiskPoint, on_delete=models.PROTECT, null=True, blank=True, related_name="sign"
    )
    issued_at = models.DateTimeField(_("制作时间"))

    class Meta:
        verbose_name = _("告知牌")
        constraints = [
            models.CheckConstraint(
                condition=Q(enterprise__isnull=False, point__isnull=True)
                | Q(enterprise__isnull=True, point__isnull=False),
                name="sign_is_of_one_thing",
            )
        ]

    def __str__(self) -> str:
        return self.code
