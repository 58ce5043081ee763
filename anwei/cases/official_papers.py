"""Papers on cases: which can be drafted, who drafts, reviews and signs them, and what fills their gaps."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import BigIntegerField, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils import timezone

from anwei.cases.extension import APPROVED
from anwei.cases.kinds import kind_of, specific
from anwei.cases.lifecycle import Phase
from anwei.cases.models import Case, Clock, Extension
from anwei.ledgers.models import Paper, PaperHand
from anwei.ledgers.papers.layout import chinese_date
from anwei.ledgers.papers.registers import Act, PaperRegister, Served
from anwei.org.holdings import acts_for, day_of, filled_post_above, holdings_on, posts_acted_at
from anwei.org.models import Person, Post, Unit
from anwei.org.scope import standing
from anwei.standards.papers import PaperTemplate

REGISTER = "cases.case"
HEADS = (Post.Kind.PRINCIPAL, Post.Kind.DEPUTY)
NO_HAND = (Post.Kind.DISPLAY, Post.Kind.SYSTEM_ADMIN, Post.Kind.SECURITY_ADMIN, Post.Kind.AUDIT_ADMIN)


@dataclass(frozen=True)
class KindPapers:
    """What a room says of the papers on its kind of case.

    `templates(case)` are the keys of what can be drafted now; `words(case, now)` fills further gaps by name;
    `barred(case, key)` says why the unit that supervises may not issue a paper ("": it may);
    `served(case, person)` are papers about it that were issued elsewhere.
    """

    templates: Callable[[Any], Sequence[str]]
    words: Callable[[Any, datetime], Mapping[str, str]] = lambda case, now: {}
    barred: Callable[[Any, str], str] = lambda case, key: ""
    served: Callable[[Any, Person], Sequence[Served]] = lambda case, person: ()


def _while_open(case: Case) -> Sequence[str]:
    """A closed case needs no paper any more."""
    return () if case.phase == Phase.CLOSED else ("supervision_notice",)


PLAIN = KindPapers(_while_open)
_by_kind: dict[str, KindPapers] = {}


def contribute_papers(kind: str, papers: KindPapers) -> None:
    """Enter the papers of a kind of case; called once, when the `case_papers` of its room is imported."""
    _by_kind[kind] = papers


def papers_of_kind(case: Case) -> KindPapers:
    """Return what the case's room says of its papers: by default a notice of supervision while it is open."""
    return _by_kind.get(case.kind, PLAIN)


def papers_seen(person: Person) -> QuerySet[Paper]:
    """Return the papers on cases that a person may see: issued ones, and of the own unit or hand all."""
    cases = Case.objects.visible_to(person).filter(pk=Cast(OuterRef("row"), BigIntegerField()))
    units = {post.unit_id for post in standing(person).posts if post.kind not in NO_HAND}
    inside = Q(Exists(cases.filter(supervisor__unit__in=units)))
    inside |= Q(Exists(PaperHand.objects.filter(paper=OuterRef("pk"), person=person)))
    return Paper.objects.filter(Q(state=Paper.State.SIGNED) | inside, Exists(cases), register=REGISTER)


def _row_for(person: Person, key: str) -> Case | None:
    found = Case.objects.visible_to(person).filter(pk=key).select_related("supervisor__unit").first()
    return None if found is None else specific(found)


def _templates(case: Case) -> Sequence[str]:
    papers = papers_of_kind(case)
    return [key for key in papers.templates(case) if not papers.barred(case, key)]


def _barred(case: Case, key: str) -> str:
    papers = papers_of_kind(case)
    return papers.barred(case, key) if key in papers.templates(case) else ""


def _served(case: Case, person: Person) -> Sequence[Served]:
    own = specific(case)
    return papers_of_kind(own).served(own, person)


def _issuer(case: Case, template: PaperTemplate) -> Unit:
    """The supervisor's unit issues."""
    return case.supervisor.unit


def _post_for(person: Person, case: Case, act: Act, now: datetime) -> Post | None:
    """The supervisor's unit has the paper in hand."""
    return hand_of(person, case.supervisor, act, now)


def hand_of(person: Person, issuing: Post, act: Act, now: datetime) -> Post | None:
    """Return by which post a person does an act on a paper that `issuing` answers for, None for no hand.

    Whoever is in its unit drafts and reviews; its heads sign, or the nearest head above.

    An own post comes before a lent one: what a deputy does at a lent post counts as its holder's part.
    """
    held = holdings_on(day_of(now)).filter(person=person, post=OuterRef("pk"))
    own = posts_acted_at(person, now).exclude(kind__in=NO_HAND).annotate(is_own=Exists(held))
    inside = own.filter(unit=issuing.unit_id).order_by("-is_own", "pk")
    if act is not Act.SIGN:
        return inside.first()
    head = inside.filter(kind__in=HEADS).first()
    above = filled_post_above(issuing, now)
    return head or (None if above is None else own.filter(pk=above.pk).first())


def principal_of(person: Person, post: Post, now: datetime) -> Person | None:
    """Return for whom a person acts at a post as a deputy, None at an own one."""
    acting = acts_for(person, post.pk, now)
    return None if acting is None else acting.acting_for


def _words(case: Case, template: PaperTemplate, now: datetime) -> Mapping[str, str]:
    clocks = list(Clock.objects.filter(case=case.pk).order_by("due_at"))
    due = [f"{clock.name}：{moment_in_words(clock.due_at)}（{clock.citation}）" for clock in clocks]
    level = getattr(case, "get_level_display", None)
    return {
        "number": case.number,
        "title": case.title,
        "kind": str(kind_of(case).label),
        "enterprise": (case.implementer.unit.whole if case.enterprise is None else case.enterprise.unit).name,
        "site": str(case.site or ""),
        "level": str(level()) if level else "",
        "opened": moment_in_words(case.opened_at),
        "deadline": moment_in_words(case.deadline),
        "clocks": "；".join(due),
        "responsible": post_in_words(case.responsible),
        "supervisor": post_in_words(case.supervisor),
        "implementer": post_in_words(case.implementer),
        "issuer": case.supervisor.unit.name,
        "today": chinese_date(timezone.localtime(now).date()),
        **papers_of_kind(case).words(case, now),
    }


def _extension_templates(case: Extension) -> Sequence[str]:
    """An extension that was granted still gets the form that says so."""
    return () if case.phase == Phase.CLOSED and case.outcome != APPROVED else ("extension_approval",)


def _extension_words(case: Extension, now: datetime) -> Mapping[str, str]:
    until = case.granted_until or case.asked_until
    return {
        "reason": case.reason,
        "measures": case.interim_measures,
        "first_due": moment_in_words(case.due_before),
        "new_due": chinese_date(until),
    }


def post_in_words(post: Post) -> str:
    """Return a post as papers write it, by the full name of its unit."""
    return f"{post.unit.name}{post.title}"


def moment_in_words(at: datetime | None) -> str:
    """Return a moment as papers write it: 2026年11月5日9时30分."""
    if at is None:
        return ""
    local = timezone.localtime(at)
    return f"{chinese_date(local.date())}{local.hour}时{local.minute:02d}分"


contribute_papers("extension", KindPapers(_extension_templates, _extension_words))

PAPERS = PaperRegister(
    label=REGISTER,
    row_for=_row_for,
    url=lambda key: reverse("case", args=[key]),
    templates=_templates,
    issuer=_issuer,
    post_for=_post_for,
    words=_words,
    answering=(Case, "supervisor"),
    principal_of=principal_of,
    barred=_barred,
    served=_served,
)
