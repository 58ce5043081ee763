"""A visit of one or several bodies to an enterprise or a place, and who goes along."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from anwei.hazards.models.campaigns import Campaign
from anwei.org.models import PUBLIC_BODIES, SECTOR_CHOICES, Person, Post, Unit
from anwei.org.models.units import division_code, is_division_code
from anwei.org.responsibility import Subject
from anwei.org.scope import (
    ADMINISTRATORS,
    ScopeColumns,
    ScopedManager,
    ScopedQuerySet,
    grants,
    standing,
)
from anwei.sites.models import Enterprise, Site
from anwei.standards.inspections.rules import reasons

REASON_CHOICES = [(reason.code, _(reason.label)) for reason in reasons().values()]


class VisitQuerySet(ScopedQuerySet):
    """Visits and what belongs to them; an unannounced one is not there for its enterprise until it begins."""

    def visible_to(self, person: Person) -> Self:
        """Return the rows that `person` may see; the own enterprise of a person sees no secret one.

        Whose body takes part sees the visit also where it answers for another sector (综合查一次).
        """
        seen = super().visible_to(person)
        if bodies := _bodies_of(person):
            together = Visit.bodies.through._default_manager.filter(unit__in=bodies).values("visit")
            seen |= self.filter(**{f"{self.model.of_visit}pk__in": together})
        own = [grant.enterprise for grant in grants(person) if grant.enterprise is not None]
        if not own:
            return seen
        of = self.model.of_visit
        secret = {
            f"{of}announced": False,
            f"{of}begun_at__isnull": True,
            f"{of}enterprise__in": own,
        }
        return seen.exclude(**secret)


def _bodies_of(person: Person) -> set[int]:
    """Return the public bodies (keys of units) at which a person acts today."""
    if not person.is_authenticated or not person.is_active:
        return set()
    posts = (post for post in standing(person).posts if post.kind not in (*ADMINISTRATORS, Post.Kind.DISPLAY))
    return {post.unit_id for post in posts if post.unit.kind in PUBLIC_BODIES}


class VisitManager(ScopedManager[Any]):
    """Visits and what belongs to them, as `VisitQuerySet` narrows them."""

    def get_queryset(self) -> VisitQuerySet:
        """Return all of them."""
        return VisitQuerySet(self.model, using=self._db)


class Visit(models.Model):
    """检查 (JC…): who comes to whom, when, why, under which article; and when they came and went.

    `bodies` take part (several: 综合查一次), `body` leads. `counted`: it stands under the yearly cap of each
    body. Unannounced (四不两直) it is invisible to its enterprise until `begun_at`.
    """

    number = models.CharField(_("编号"), max_length=20, unique=True)
    campaign = models.ForeignKey(
        Campaign,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="visits",
        verbose_name=_("检查计划"),
    )
    enterprise = models.ForeignKey(
        Enterprise,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="visits",
        verbose_name=_("企业"),
    )
    site = models.ForeignKey(
        Site, on_delete=models.PROTECT, null=True, blank=True, related_name="visits", verbose_name=_("场所")
    )
    territory = models.CharField(_("属地"), max_length=12, db_index=True, validators=[is_division_code])
    sector = models.CharField(_("行业"), max_length=20, choices=SECTOR_CHOICES, db_index=True)
    planned_on = models.DateField(_("检查日期"), db_index=True)
    announced = models.BooleanField(_("事先告知"), default=True)
    reason = models.CharField(_("检查事由"), max_length=16, choices=REASON_CHOICES)
    reason_text = models.CharField(_("事由说明"), max_length=300, blank=True)
    citation = models.CharField(_("检查依据"), max_length=200)
    counted = models.BooleanField(_("计入年度频次"), default=True)
    body = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="led_visits", verbose_name=_("牵头单位")
    )
    bodies = models.ManyToManyField(Unit, related_name="visits", verbose_name=_("参加单位"))
    planned_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("安排人")
    )
    planned_at = models.DateTimeField(_("安排时间"))
    begun_at = models.DateTimeField(_("开始时间"), null=True, blank=True, db_index=True)
    begun_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("开始人")
    )
    scanned = models.BooleanField(_("扫码入企"), default=False)
    ended_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    finding = models.TextField(_("检查情况"), max_length=2000, blank=True)
    finding_counts = models.CharField(max_length=200, blank=True)  # of the checks when it was written
    head = models.CharField(_("现场负责人"), max_length=60, blank=True)
    refusal = models.CharField(_("拒绝签字情况"), max_length=300, blank=True)
    signature = models.ForeignKey(
        "hazards.VisitFile", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )  # of the head, drawn on the spot
    cancelled_at = models.DateTimeField(_("取消时间"), null=True, blank=True)
    cancel_reason = models.CharField(_("取消理由"), max_length=300, blank=True)
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged"
    )
    rating = models.PositiveSmallIntegerField(
        _("企业评价"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    rating_text = models.CharField(_("评价意见"), max_length=500, blank=True)
    rated_at = models.DateTimeField(_("评价时间"), null=True, blank=True)
    rated_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("评价人")
    )

    objects = VisitManager()
    scope = ScopeColumns(territory="territory", sector="sector", enterprise="enterprise_id")
    of_visit = ""

    class Meta:
        verbose_name = _("检查")
        ordering = ["-planned_on", "-id"]
        indexes = [models.Index(fields=["enterprise", "begun_at"], name="visits_of_an_enterprise")]
        constraints = [
            models.CheckConstraint(
                condition=Q(enterprise__isnull=False) | Q(site__isnull=False), name="a_visit_goes_somewhere"
            ),
            models.CheckConstraint(condition=division_code("territory"), name="visit_has_a_division_code"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(begun_at__isnull=False, ended_at__gte=F("begun_at")),
                name="a_visit_ends_after_it_began",
            ),
            models.CheckConstraint(
                condition=Q(scanned=False) | Q(begun_at__isnull=False), name="a_scanned_visit_has_begun"
            ),
            models.CheckConstraint(
                condition=Q(cancelled_at__isnull=True) | Q(begun_at__isnull=True) & ~Q(cancel_reason=""),
                name="a_visit_is_cancelled_before_it_begins_and_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | Q(cancelled_at__isnull=False),
                name="a_merged_visit_is_cancelled",
            ),
            models.CheckConstraint(
                condition=Q(rating__isnull=True, rated_at__isnull=True)
                | Q(
                    rating__gte=1,
                    rating__lte=5,
                    rated_at__isnull=False,
                    ended_at__isnull=False,
                    enterprise__isnull=False,
                ),
                name="a_visit_is_rated_by_its_enterprise_after_its_end",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.whom}"

    @property
    def whom(self) -> str:
        """Who is visited, for people."""
        place = str(self.site or "")
        return f"{self.enterprise} {place}".strip() if self.enterprise is not None else place

    @property
    def full_name(self) -> str:
        """Who is visited as papers address them: the enterprise by its registered name, else the place."""
        return str(self.site or "") if self.enterprise is None else self.enterprise.unit.name

    @property
    def together(self) -> list[Visit]:
        """It and those that were merged into it, the one that stands first."""
        return [self, *sorted(self.merged.all(), key=lambda one: one.pk)]

    @property
    def campaigns(self) -> list[Campaign]:
        """The campaigns it counts for, each once: its own and those of what was merged into it."""
        told = (one.campaign for one in self.together if one.campaign is not None)
        return list({campaign.pk: campaign for campaign in told}.values())

    @property
    def reasons(self) -> list[str]:
        """Why one comes, each reason once, those of what was merged into it too."""
        return list(dict.fromkeys(str(one.get_reason_display()) for one in self.together))

    @property
    def state(self) -> State:
        """Where it stands."""
        if self.cancelled_at is not None:
            return State.MERGED if self.merged_into is not None else State.CANCELLED
        if self.ended_at is not None:
            return State.ENDED
        return State.PLANNED if self.begun_at is None else State.BEGUN

    def is_late(self, day: date) -> bool:
        """Say whether its day is over and nobody came."""
        return self.state == State.PLANNED and self.planned_on < day

    def subject(self) -> Subject:
        """Return what is visited, for whom it is answered."""
        owner = self.site or self.enterprise
        return owner.subject() if owner is not None else Subject(self.number, self.territory, self.sector)


class State(models.TextChoices):
    """Where a visit stands: computed, never kept."""

    PLANNED = "planned", _("待检查")
    BEGUN = "begun", _("检查中")
    ENDED = "ended", _("已检查")
    CANCELLED = "cancelled", _("已取消")
    MERGED = "merged", _("已合并")


class OfVisit(models.Model):
    """Something that belongs to a visit and is seen by whoever sees the visit."""

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, verbose_name=_("检查"))

    objects = VisitManager()
    scope = ScopeColumns(
        territory="visit__territory", sector="visit__sector", enterprise="visit__enterprise_id"
    )
    of_visit = "visit__"

    class Meta:
        abstract = True


class Attendance(OfVisit):
    """An inspector at a visit, with unit and certificate number as they were when the visit was planned."""

    visit = models.ForeignKey(
        Visit, on_delete=models.CASCADE, related_name="attendances", verbose_name=_("检查")
    )
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="attendances", verbose_name=_("检查人员")
    )
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("单位"))
    certificate = models.CharField(_("执法证号"), max_length=40, blank=True)  # "" has none: goes along only

    class Meta:
        verbose_name = _("检查人员")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["visit", "person"], name="an_inspector_once_a_visit"),
            models.UniqueConstraint(
                fields=["visit", "certificate"],
                condition=~Q(certificate=""),
                name="a_certificate_once_a_visit",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.certificate}".strip()

    @property
    def ended_on(self) -> date | None:
        """When the certificate ended of who goes without one because it was not valid on the day."""
        known = getattr(self.person, "inspector", None)
        if self.certificate or known is None or known.valid_until >= self.visit.planned_on:
            return None
        ended: date = known.valid_until
        return ended
