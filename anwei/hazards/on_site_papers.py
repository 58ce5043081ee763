"""The orders and letters that were served at the end of a visit, as the case of a hazard lists them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from anwei.hazards.models import Hazard, Order, PaperSigning, VisitHazard, VisitPaper
from anwei.hazards.visit_papers import signing_of, takes_signature
from anwei.ledgers.papers.registers import Served
from anwei.org.models import Person
from anwei.standards.papers import default_templates

ORDER, MEASURES, TRANSFER = "visit_order", "visit_measures", "visit_transfer"
SAME = {ORDER: "hazard_order", MEASURES: "hazard_measures"}
"""The paper of a case that says again what a paper of a visit has ordered."""


def served_on_site(hazard: Hazard) -> set[str]:
    """Return the papers of the case that need not be issued: they were served at a visit, and it still holds.

    Where it was judged otherwise since, or another way, day or requirement was ordered, a new one is needed.
    """
    return {
        SAME[paper.number.template]
        for one, paper in _papers(hazard)
        if paper.number.template in SAME and _still_holds(one, hazard)
    }


def _still_holds(one: VisitHazard, hazard: Hazard) -> bool:
    """Say whether what was decided at a visit is what the case says by now."""
    said = (one.order, one.due_on, one.is_major)
    return said == (hazard.order, hazard.due_on, hazard.is_major) and one.requirement in (
        "",
        hazard.requirement,
    )


def papers_on_site(hazard: Hazard, person: Person) -> Sequence[Served]:
    """Return the papers of visits that name the hazard, each in its newest version."""
    found = [paper for _one, paper in _papers(hazard)]
    seen = VisitPaper.objects.visible_to(person).filter(pk__in=[paper.pk for paper in found])
    opened = set(seen.values_list("pk", flat=True))
    return [
        Served(
            default_templates()[paper.number.template].title.replace("{企业}", paper.visit.full_name),
            paper.number.number,
            paper.made_at,
            _received(paper, signing_of(paper)),
            reverse("visit_paper", args=[paper.pk]) if paper.pk in opened else "",
        )
        for paper in found
    ]


def _papers(hazard: Hazard) -> Iterator[tuple[VisitHazard, VisitPaper]]:
    """Yield what was decided of the hazard at a visit with each paper that says it, the newest version."""
    decided = {one.visit_id: one for one in VisitHazard._base_manager.filter(hazard=hazard.pk)}
    papers = VisitPaper._base_manager.filter(
        visit__in=decided, number__template__in=(ORDER, MEASURES, TRANSFER)
    )
    papers = papers.select_related("number", "signing", "visit__enterprise__unit", "visit__site")
    newest = {paper.number_id: paper for paper in papers.order_by("number", "version")}
    for paper in newest.values():
        one = decided[paper.visit_id]
        if _names(one, paper.number.template):
            yield one, paper


def _names(one: VisitHazard, template: str) -> bool:
    if template == ORDER:
        return one.order in (Order.DATED, Order.STOP)
    return template == TRANSFER or bool(one.measures) or one.order == Order.STOP


def _received(paper: VisitPaper, signing: PaperSigning | None) -> str:
    """Return how a paper was received, "" of a letter to another body, which nobody is asked to sign."""
    if not takes_signature(paper.number.template):
        return ""
    if signing is None:
        return _("更改后未重新签字") if paper.version > 1 else _("未签字")
    words = {"head": signing.head, "refusal": signing.refusal}
    return _("%(head)s拒绝签字：%(refusal)s") % words if signing.refusal else _("%(head)s已签字") % words
