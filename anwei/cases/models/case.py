"""A case, its clocks, its sealed timeline and its number."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from anwei.cases.lifecycle import WITHDRAWN, Phase
from anwei.ledgers.models import SealedRow
from anwei.org.models import SECTOR_CHOICES, Person, Post
from anwei.org.responsibility import Subject
from anwei.org.scope import ScopeColumns, ScopedManager, ScopedQuerySet, grants
from anwei.sites.models import Enterprise, Site

TITLE_LENGTH = 200


PHASE_CHOICES = [
    (Phase.REGISTERED, _("已登记")),
    (Phase.ASSIGNED, _("待签收")),
    (Phase.ACTING, _("办理中")),
    (Phase.REVIEW, _("待审核")),
    (Phase.CLOSED, _("已办结")),
]


DRAFT = Q(phase=Phase.REGISTERED) | Q(phase=Phase.CLOSED, outcome=WITHDRAWN)
drafted: set[str] = set()  # kinds that somebody drafts and issues; `kinds.register` enters them


class CaseQuerySet(ScopedQuerySet):
    """Cases; what was only drafted is not there for the enterprise that it is about."""

    def visible_to(self, person: Person) -> Self:
        """Return the rows that `person` may see; the own enterprise of a person sees no draft."""
        seen = super().visible_to(person)
        own = [grant.enterprise for grant in grants(person) if grant.enterprise is not None]
        return seen.exclude(DRAFT, kind__in=drafted, enterprise__in=own) if own and drafted else seen


class CaseManager(ScopedManager[Any]):
    """Cases, as `CaseQuerySet` narrows them."""

    def get_queryset(self) -> CaseQuerySet:
        """Return all rows."""
        return CaseQuerySet(self.model, using=self._db)


class Case(models.Model):
    """The common table of all kinds of case; a kind adds its own columns by inheritance."""

    kind = models.CharField(_("类别"), max_length=30, db_index=True)
    number = models.CharField(_("编号"), max_length=40, unique=True)
    title = models.CharField(_("标题"), max_length=TITLE_LENGTH)
    territory = models.CharField(_("属地"), max_length=12, db_index=True)
    sector = models.CharField(_("行业"), max_length=20, choices=SECTOR_CHOICES, blank=True)
    enterprise = models.ForeignKey(
        Enterprise,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="cases",
        verbose_name=_("企业"),
    )
    site = models.ForeignKey(
        Site,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="cases",
        verbose_name=_("重点部位"),
    )
    responsible = models.ForeignKey(
        Post, on_delete=models.PROTECT, related_name="+", verbose_name=_("责任岗位")
    )
    supervisor = models.ForeignKey(
        Post, on_delete=models.PROTECT, related_name="+", verbose_name=_("监督岗位")
    )
    implementer = models.ForeignKey(
        Post, on_delete=models.PROTECT, related_name="+", verbose_name=_("落实岗位")
    )
    phase = models.CharField(_("阶段"), max_length=12, choices=PHASE_CHOICES, db_index=True)
    outcome = models.CharField(_("结果"), max_length=30, blank=True)
    deadline = models.DateTimeField(_("期限"), null=True, blank=True)  # the earliest unmet clock
    opened_at = models.DateTimeField(_("立案时间"))
    closed_at = models.DateTimeField(_("办结时间"), null=True, blank=True)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    version = models.PositiveIntegerField(default=1)  # optimistic check: 409 when another hand was faster

    objects = CaseManager()
    scope = ScopeColumns(
        territory="territory",
        sector="sector",
        enterprise="enterprise_id",
        posts=("responsible", "supervisor", "implementer"),
    )

    class Meta:
        verbose_name = _("事项")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(implementer=F("supervisor")), name="nobody_supervises_themselves"
            ),
            models.CheckConstraint(
                condition=Q(phase="closed", closed_at__isnull=False) & ~Q(outcome="")
                | ~Q(phase="closed") & Q(closed_at__isnull=True, outcome=""),
                name="no_case_is_half_closed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def subject(self) -> Subject:
        """Return what is answered for in this case, for whoever asks who would answer today."""
        owner = self.site or self.enterprise
        site = self.site.code if self.site else ""
        return Subject(str(self), self.territory, self.sector, owner.unit if owner else None, site)


class Clock(models.Model):
    """A statutory or county clock that runs on a case."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="clocks")
    name = models.CharField(_("时限"), max_length=60)
    citation = models.CharField(_("依据"), max_length=120)
    started_at = models.DateTimeField(_("起算"))
    due_at = models.DateTimeField(_("到期"))
    first_due_at = models.DateTimeField(_("原定到期"))  # stays when an extension moves `due_at`
    met_at = models.DateTimeField(_("完成"), null=True, blank=True)
    met_by = models.CharField(max_length=30)  # the verb that stops the clock
    confidence = models.CharField(max_length=20, blank=True)  # VERIFIED, MEMORY, TEMPLATE, COUNTY
    on_breach = models.CharField(_("逾期后果"), max_length=200, blank=True)
    provisional = models.BooleanField(default=False)  # reckoned on a calendar year not published yet

    class Meta:
        verbose_name = _("时限")
        constraints = [
            models.UniqueConstraint(
                fields=["case", "name"],
                condition=Q(met_at__isnull=True),
                name="one_running_clock_of_a_name",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_extended(self) -> bool:
        """Whether an extension moved it."""
        return self.due_at > self.first_due_at


class Entry(SealedRow):
    """One sealed line of a case's timeline."""

    chain_fields = ("case_id",)
    sealed_fields = ("at", "actor_id", "post_id", "verb", "from_phase", "to_phase", "key")
    content_fields = ("note", "content")  # content: what was handed in with the verb

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="entries")
    post = models.ForeignKey(
        Post, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("岗位")
    )
    from_phase = models.CharField(max_length=12, blank=True)
    to_phase = models.CharField(max_length=12)
    note = models.TextField(_("说明"), blank=True)
    key = models.CharField(
        max_length=64, blank=True
    )  # idempotency key of the form: a double click does nothing twice

    class Meta:
        verbose_name = _("办理记录")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="entry_numbers_are_unique"),
            models.UniqueConstraint(
                fields=["case", "key"], condition=~Q(key=""), name="entry_key_counts_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} #{self.number} {self.verb}"

    @property
    def actor_name(self) -> str:
        """Who acted, "" for the system: by the name they signed with, where they did, else by today's."""
        return "" if self.actor is None else str(self.content.get("signature") or self.actor)


class Series(models.Model):
    """The last number given to the cases of one kind in one year."""

    name = models.CharField(max_length=20, primary_key=True)  # prefix and year, e.g. "YJ2026"
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name}{self.last:05d}"
