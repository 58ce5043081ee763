"""The hazard: one thing found wrong at one place, with what it was judged by and how it is put right."""

from __future__ import annotations

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from anwei.cases.models import Case
from anwei.org.models import Person, Post


class Origin(models.TextChoices):
    """How a hazard came to light (安全生产法 第41、46、73至75条)."""

    INSPECTION = "inspection", _("执法检查")
    PATROL = "patrol", _("乡镇、网格巡查")
    SELF_CHECK = "self_check", _("企业自查")
    ALARM = "alarm", _("监测预警")
    TIP_OFF = "tip_off", _("群众举报")
    ACCIDENT = "accident", _("事故教训")
    EXPERT = "expert", _("专家排查")
    UPPER = "upper", _("上级交办")


class Grade(models.TextChoices):
    """一般 or 重大 (安全生产事故隐患排查治理暂行规定 第3条)."""

    GENERAL = "general", _("一般")
    MAJOR = "major", _("重大")


class Order(models.TextChoices):
    """What is ordered (安全生产法 第65条)."""

    IMMEDIATE = "immediate", _("立查立改")
    DATED = "dated", _("限期整改")
    STOP = "stop", _("停产停业整改")


class Hazard(Case):
    """隐患. What was found never changes (it is sealed); grade and order are a person's.

    The criterion is kept with its words, source and date in force as they were when somebody judged by it, so
    that an old judgement stays readable when the standard is replaced; `proposed` is the one that proposed
    重大 when it was filed, `proposed_reason` the words that did so where no criterion fits; both stay.
    `found_by` is whoever saw it, `also_found_by` has the keys of those who count like them
    (`services.finders`); `key` makes a form or a phone that sends twice file once.
    """

    origin = models.CharField(_("来源"), max_length=12, choices=Origin.choices, db_index=True)
    found_at = models.DateTimeField(_("发现时间"), db_index=True)
    found_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("发现人")
    )
    finder = models.CharField(_("发现人（不在系统中）"), max_length=60, blank=True)
    also_found_by = models.JSONField(default=list, blank=True)
    place = models.CharField(_("具体位置"), max_length=120, blank=True)
    description = models.TextField(_("隐患描述"), max_length=2000)
    checklist_item = models.CharField(_("检查项"), max_length=30, blank=True)
    provincial_number = models.CharField(_("省平台编号"), max_length=60, blank=True)
    key = models.CharField(max_length=64, blank=True)

    proposed = models.CharField(_("登记时建议的判定条款"), max_length=30, blank=True)
    proposed_reason = models.CharField(_("提请判定为重大的理由"), max_length=500, blank=True)
    criterion = models.CharField(_("判定条款"), max_length=30, blank=True, db_index=True)
    criterion_text = models.TextField(blank=True)
    criterion_source = models.CharField(max_length=200, blank=True)
    criterion_in_force = models.DateField(null=True, blank=True)
    grade = models.CharField(_("等级"), max_length=8, choices=Grade.choices, blank=True, db_index=True)
    grade_reason = models.CharField(_("定级说明"), max_length=500, blank=True)
    order = models.CharField(_("整改方式"), max_length=10, choices=Order.choices, blank=True)
    due_on = models.DateField(_("整改期限"), null=True, blank=True)
    requirement = models.TextField(_("整改要求"), max_length=2000, blank=True)

    responsible_name = models.CharField(_("整改责任人"), max_length=60, blank=True)
    measures = models.TextField(_("整改措施"), max_length=2000, blank=True)
    funds = models.DecimalField(
        _("整改资金（万元）"),
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    emergency_plan = models.TextField(_("整改期间应急预案"), max_length=2000, blank=True)
    congress_on = models.DateField(_("向职工大会或者职代会报告日期"), null=True, blank=True)
    progress = models.TextField(_("整改进度"), max_length=2000, blank=True)
    rectification = models.TextField(_("整改情况"), max_length=2000, blank=True)
    finding = models.TextField(_("复查情况"), max_length=2000, blank=True)

    self_check = models.ForeignKey(
        "hazards.SelfCheck", on_delete=models.PROTECT, null=True, blank=True, related_name="hazards"
    )
    repeat_of = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="repeats"
    )
    merged_into = models.CharField(_("并入的隐患编号"), max_length=40, blank=True)
    handed_to = models.ForeignKey(
        Post, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("移送给")
    )
    assigned_to = models.ForeignKey(
        Post, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("改派给")
    )

    class Meta:
        verbose_name = _("隐患")
        constraints = [
            models.UniqueConstraint(
                fields=["provincial_number"],
                condition=~Q(provincial_number=""),
                name="one_hazard_of_a_provincial_number",
            ),
            models.UniqueConstraint(fields=["key"], condition=~Q(key=""), name="a_hazard_is_filed_once"),
            models.CheckConstraint(
                condition=~Q(grade=Grade.MAJOR) | ~Q(criterion="") | ~Q(grade_reason=""),
                name="a_major_hazard_rests_on_a_criterion_or_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(grade=Grade.MAJOR) | ~Q(order=Order.IMMEDIATE),
                name="a_major_hazard_is_not_put_right_at_once",
            ),
            models.CheckConstraint(
                condition=~Q(order__in=[Order.DATED, Order.STOP]) | Q(due_on__isnull=False),
                name="a_dated_order_has_its_day",
            ),
            models.CheckConstraint(
                condition=Q(repeat_of__isnull=True) | ~Q(repeat_of=F("case_ptr")),
                name="no_hazard_repeats_itself",
            ),
        ]

    @property
    def is_major(self) -> bool:
        """Whether a person judged it 重大."""
        return self.grade == Grade.MAJOR

    @property
    def is_proposed(self) -> bool:
        """Whether it was proposed as 重大 when it was filed, by a criterion or in words."""
        return bool(self.proposed or self.proposed_reason)

    @property
    def finder_name(self) -> str:
        """Who found it: by account, by name, or "" where only who filed it is known."""
        return str(self.found_by) if self.found_by is not None else self.finder

    @property
    def is_of_visit(self) -> bool:
        """Whether it is being filed at a visit; known to who files it only, no column."""
        return bool(self.__dict__.get("_is_of_visit"))

    @is_of_visit.setter
    def is_of_visit(self, value: bool) -> None:
        self.__dict__["_is_of_visit"] = value
