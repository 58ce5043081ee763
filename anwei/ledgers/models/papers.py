"""Official papers (公文): who wrote, reviewed and signed each, its number, every version of its text."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from anwei.ledgers.models.sealed import AppendOnly


class PaperSeries(models.Model):
    """The last number given to the papers of one series of an issuer in one year."""

    issuer = models.ForeignKey("org.Unit", on_delete=models.PROTECT, related_name="+")
    series = models.CharField(max_length=20)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issuer", "series", "year"], name="one_paper_series_a_year")
        ]

    def __str__(self) -> str:
        return f"{self.issuer_id} {self.series} {self.year}: {self.last}"


class Paper(models.Model):
    """One paper about one register row; it gets its number (文号) when it is signed, so no number is lost."""

    class State(models.TextChoices):
        """Whose hand comes next."""

        DRAFTED = "drafted", _("待审核")
        REVIEWED = "reviewed", _("待签发")
        SIGNED = "signed", _("已签发")
        WITHDRAWN = "withdrawn", _("已作废")

    register = models.CharField(_("台账"), max_length=60)  # the model's label, e.g. "cases.case"
    row = models.CharField(max_length=60)  # primary key of the row the paper is about
    template = models.CharField(_("模板"), max_length=60)
    title = models.CharField(_("标题"), max_length=200)
    content = models.JSONField()  # what the text is made of: body, addressee, copies_to, red_head
    issuer = models.ForeignKey(
        "org.Unit", on_delete=models.PROTECT, related_name="+", verbose_name=_("发文单位")
    )
    series = models.CharField(max_length=20)
    year = models.PositiveSmallIntegerField(_("年份"), null=True)
    serial = models.PositiveIntegerField(_("序号"), null=True)
    number = models.CharField(_("文号"), max_length=80, blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.DRAFTED)
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("拟稿")
    )  # whoever last changed the text
    drafted_post = models.ForeignKey("org.Post", on_delete=models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField(_("拟稿时间"))
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("审核"),
    )
    reviewed_post = models.ForeignKey("org.Post", on_delete=models.PROTECT, null=True, related_name="+")
    reviewed_at = models.DateTimeField(_("审核时间"), null=True)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("签发"),
    )
    signed_post = models.ForeignKey("org.Post", on_delete=models.PROTECT, null=True, related_name="+")
    signed_at = models.DateTimeField(_("签发时间"), null=True)
    valid = models.ForeignKey(
        "PaperVersion", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("有效版本")
    )

    class Meta:
        verbose_name = _("公文")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["register", "row"], name="paper_of_a_row"),
            models.Index(fields=["state"], name="paper_by_state"),  # every page counts the open ones
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "series", "year", "serial"], name="paper_numbers_are_unique"
            ),
            models.CheckConstraint(condition=~Q(reviewed_by=F("drafted_by")), name="drafter_never_reviews"),
            models.CheckConstraint(condition=~Q(signed_by=F("drafted_by")), name="drafter_never_signs"),
            models.CheckConstraint(
                condition=Q(
                    state="signed",
                    serial__isnull=False,
                    reviewed_by__isnull=False,
                    signed_by__isnull=False,
                    valid__isnull=False,
                )
                | ~Q(state="signed") & Q(serial__isnull=True, signed_by__isnull=True, valid__isnull=True),
                name="a_signed_paper_has_three_hands_and_a_number",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}".strip()


class PaperHand(models.Model):
    """Who had a part in a paper as it stands, as the hand or as whom the hand stood for; nobody has two.

    All who wrote the text stay; who reviewed it, until it goes back or is changed.
    """

    paper = models.ForeignKey(Paper, on_delete=models.CASCADE, related_name="hands")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    act = models.CharField(max_length=10)  # of papers.registers.Act

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["paper", "person"], name="nobody_has_two_parts_in_a_paper")
        ]

    def __str__(self) -> str:
        return f"{self.paper_id} {self.act}: {self.person_id}"


class PaperVersion(AppendOnly):
    """One file of a paper; never changed and never removed."""

    class Kind(models.TextChoices):
        """How the file came to be."""

        GENERATED = "generated", _("系统生成稿")
        EDITED = "edited", _("修改稿")
        SIGNED = "signed", _("签发稿")
        STAMPED = "stamped", _("盖章扫描件")

    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("版本"))
    kind = models.CharField(_("类别"), max_length=10, choices=Kind.choices)
    name = models.CharField(_("文件名"), max_length=200)
    stored_as = models.CharField(max_length=64, unique=True)
    media_type = models.CharField(max_length=100)
    n_bytes = models.PositiveIntegerField(_("大小"))
    sha256 = models.CharField(max_length=64)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("公文版本")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["paper", "number"], name="paper_versions_are_numbered")
        ]

    def __str__(self) -> str:
        return f"{self.paper_id} v{self.number}"
