"""Documents: what an enterprise, a thing of it, or a place that belongs to none has on paper, as a file."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from anwei.org.models import Person
from anwei.org.scope import ScopeColumns, ScopedManager, ScopedQuerySet
from anwei.sites.models import (
    Camera,
    Chemical,
    Enterprise,
    Equipment,
    Installation,
    Process,
    RiskPoint,
    Site,
)

THINGS = ("site", "equipment", "process", "chemical", "camera", "point", "installation")
"""Columns that say which thing a document is about; none: the enterprise itself."""
TO_PLACE = ("site", "point__site", "camera__site")
"""Paths to the place of a thing that may belong to no enterprise."""


def _of_one_thing_at_most() -> Q:
    alone = Q()
    for name in THINGS:
        alone |= Q(**{f"{other}__isnull": True for other in THINGS if other != name})
    return alone


def _on_a_place() -> Q:
    found = Q()
    for path in TO_PLACE:
        found |= Q(**{f"{path.partition('__')[0]}__isnull": False})
    return found


class DocumentQuerySet(ScopedQuerySet):
    """Documents: those of an enterprise are seen by its scope, those of a place alone by the place's own."""

    def visible_to(self, person: Person) -> Self:
        """Return the documents that `person` may see."""
        seen, places = Q(), Site.objects.visible_to(person).order_by().values("pk")
        for path in TO_PLACE:
            seen |= Q(**{f"{path}__in": places})
        return super().visible_to(person) | self.filter(seen, enterprise__isnull=True)


class DocumentManager(ScopedManager["Document"]):
    """The rows of documents, as `DocumentQuerySet` narrows them."""

    def get_queryset(self) -> DocumentQuerySet:
        """Return all of them."""
        return DocumentQuerySet(self.model, using=self._db)


class Document(models.Model):
    """A file of an enterprise or of a place that belongs to none; withdrawn with a reason, never deleted.

    What the row tells and the digest of the file are sealed in its change log (`cases.documents.services`).
    """

    class Kind(models.TextChoices):
        """What it is."""

        CERTIFICATE = "certificate", _("证照扫描件")
        REPORT = "report", _("检测检验报告")
        APPRAISAL = "appraisal", _("安全评价报告")
        DRAWING = "drawing", _("图纸")
        MANUAL = "manual", _("说明书、安全技术说明书")
        RULE = "rule", _("制度规程")
        CONTRACT = "contract", _("合同、协议")
        PHOTO = "photo", _("现场照片")
        OTHER = "other", _("其他")

    enterprise = models.ForeignKey(
        Enterprise,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="documents",
        verbose_name=_("企业"),
    )
    site = models.ForeignKey(
        Site, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("重点部位")
    )
    equipment = models.ForeignKey(Equipment, on_delete=models.PROTECT, null=True, blank=True)
    process = models.ForeignKey(Process, on_delete=models.PROTECT, null=True, blank=True)
    chemical = models.ForeignKey(Chemical, on_delete=models.PROTECT, null=True, blank=True)
    camera = models.ForeignKey(Camera, on_delete=models.PROTECT, null=True, blank=True)
    point = models.ForeignKey(RiskPoint, on_delete=models.PROTECT, null=True, blank=True)
    installation = models.ForeignKey(Installation, on_delete=models.PROTECT, null=True, blank=True)
    title = models.CharField(_("名称"), max_length=120)
    kind = models.CharField(_("种类"), max_length=12, choices=Kind.choices)
    dated_on = models.DateField(_("文件日期"), null=True, blank=True)
    valid_until = models.DateField(_("有效期至"), null=True, blank=True, db_index=True)  # empty: without end
    name = models.CharField(_("文件名"), max_length=200)
    stored_as = models.CharField(max_length=80, unique=True)
    media_type = models.CharField(max_length=80)
    n_bytes = models.PositiveBigIntegerField(_("大小"))
    sha256 = models.CharField(max_length=64)
    added_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("提交人"))
    added_at = models.DateTimeField(_("提交时间"))
    withdrawn_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("撤回人")
    )
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True, blank=True)
    withdrawal = models.CharField(_("撤回理由"), max_length=200, blank=True)

    objects = DocumentManager()
    scope = ScopeColumns(
        territory="enterprise__unit__territory",
        sector=("enterprise__sector", "enterprise__second_sector"),
        enterprise="enterprise_id",
    )

    class Meta:
        verbose_name = _("文档")
        ordering = ["-added_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=_of_one_thing_at_most(), name="document_is_of_one_thing_at_most"
            ),
            models.CheckConstraint(
                condition=Q(enterprise__isnull=False) | _on_a_place(),
                name="document_is_of_an_enterprise_or_a_place",
            ),
            models.CheckConstraint(
                condition=Q(dated_on__isnull=True)
                | Q(valid_until__isnull=True)
                | Q(valid_until__gte=F("dated_on")),
                name="document_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True, withdrawal="")
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(withdrawal=""),
                name="document_is_withdrawn_by_somebody_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def thing(self) -> models.Model:
        """What the document is about: a thing of the enterprise, else the enterprise itself."""
        found = (getattr(self, name) for name in THINGS if getattr(self, f"{name}_id") is not None)
        about = next(found, None) or self.enterprise
        assert about is not None  # noqa: S101 - the database holds it to one of them
        return about

    @property
    def place(self) -> Site | None:
        """The place of its thing, where that is a place or stands at one that may belong to no enterprise."""
        beside = self.point or self.camera
        return self.site or (beside.site if beside is not None else None)

    @property
    def whose(self) -> Enterprise | Site:
        """In whose file it is: the enterprise's, else the place's."""
        found = self.enterprise or self.place
        assert found is not None  # noqa: S101 - the database holds it to one of them
        return found
