"""The papers of a visit: numbers reserved for it beforehand, and every version of each paper."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from anwei.hazards.models.checks import VisitFile
from anwei.hazards.models.visits import OfVisit, Visit
from anwei.ledgers.models import AppendOnly
from anwei.org.models import Person, Unit


class PaperNumber(OfVisit):
    """A number that somebody took along to a visit, given once; at the end it is used or void (作废)."""

    visit = models.ForeignKey(
        Visit, on_delete=models.PROTECT, related_name="paper_numbers", verbose_name=_("检查")
    )
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("领用人"))
    template = models.CharField(_("文书"), max_length=60)
    issuer = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("发文单位"))
    series = models.CharField(max_length=20)
    year = models.PositiveSmallIntegerField(_("年份"))
    serial = models.PositiveIntegerField(_("序号"))
    number = models.CharField(_("文号"), max_length=80)
    reserved_at = models.DateTimeField(_("领用时间"))
    used_at = models.DateTimeField(_("使用时间"), null=True, blank=True)
    void_at = models.DateTimeField(_("作废时间"), null=True, blank=True)
    remark = models.CharField(_("说明"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("检查文书编号")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "series", "year", "serial"], name="a_visit_paper_number_is_given_once"
            ),
            models.UniqueConstraint(
                fields=["visit", "person", "template"], name="one_number_of_a_paper_visit_and_person"
            ),
            models.CheckConstraint(
                condition=Q(used_at__isnull=True) | Q(void_at__isnull=True),
                name="a_number_is_used_or_void",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class PaperSigning(AppendOnly, OfVisit):
    """That the head of what was visited signed papers of a visit, or refused to; `at` the end or later.

    It holds for the versions that name it and for no later one: what is changed must be signed again.
    """

    visit = models.ForeignKey(
        Visit, on_delete=models.PROTECT, related_name="signings", verbose_name=_("检查")
    )
    head = models.CharField(_("现场负责人"), max_length=60, blank=True)
    refusal = models.CharField(_("拒绝签字情况"), max_length=300, blank=True)
    signature = models.ForeignKey(
        VisitFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("签名")
    )
    at = models.DateTimeField(_("签字时间"))
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("经办人"))

    class Meta:
        verbose_name = _("文书签字")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(signature__isnull=False, refusal="") | Q(signature__isnull=True) & ~Q(refusal=""),
                name="a_paper_is_signed_or_refused",
            )
        ]

    def __str__(self) -> str:
        return f"{self.visit_id} {self.head}"


class VisitPaper(AppendOnly, OfVisit):
    """One version of a paper of a visit as DOCX; a later one says what was decided since.

    `text_sha256` is of its words alone, whatever their layout; "" of those from before it was kept.
    `signing` is how its own text was signed or refused; None: nobody did, or not since it was changed.
    """

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="papers", verbose_name=_("检查"))
    number = models.ForeignKey(
        PaperNumber, on_delete=models.PROTECT, related_name="papers", verbose_name=_("文号")
    )
    version = models.PositiveIntegerField(_("版本"))
    name = models.CharField(_("文件名"), max_length=200)
    stored_as = models.CharField(max_length=64, unique=True)
    n_bytes = models.PositiveIntegerField(_("大小"))
    sha256 = models.CharField(max_length=64)
    text_sha256 = models.CharField(max_length=64, blank=True)
    signing = models.ForeignKey(
        PaperSigning, on_delete=models.PROTECT, null=True, blank=True, related_name="papers"
    )
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("生成人"))
    made_at = models.DateTimeField(_("生成时间"))

    class Meta:
        verbose_name = _("检查文书")
        ordering = ["number", "version"]
        constraints = [
            models.UniqueConstraint(
                fields=["number", "version"], name="versions_of_a_visit_paper_are_numbered"
            )
        ]

    def __str__(self) -> str:
        return f"{self.number_id} v{self.version}"
