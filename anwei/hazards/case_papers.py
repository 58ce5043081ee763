"""The papers on a hazard and its listing: which can be drafted when, who may issue them, what fills them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from anwei.cases.lifecycle import Phase
from anwei.cases.official_papers import PLAIN, KindPapers, contribute_papers, moment_in_words
from anwei.cases.templatetags.cases import phase_label
from anwei.hazards.listed.facts import facts_of, public_title
from anwei.hazards.models import Hazard, Listing, Order
from anwei.hazards.models.listing import LEVELS
from anwei.hazards.on_site_papers import papers_on_site, served_on_site
from anwei.hazards.powers import why_not
from anwei.hazards.remedies import remedy_words
from anwei.ledgers.papers.layout import chinese_date
from anwei.org.holdings import day_of, holdings_on
from anwei.org.models import PUBLIC_BODIES, Post
from anwei.standards.hazards.criteria import Criterion, criteria

ORDERS = ("hazard_order", "hazard_measures", "hazard_review", "hazard_stop")
"""Papers of enforcement, which a township without the delegated power may not issue."""


def hazard_templates(hazard: Hazard) -> Sequence[str]:
    """Return the papers of a hazard as it stands; none where a plant verifies what it found itself."""
    if hazard.supervisor.unit.kind not in PUBLIC_BODIES:
        return ()
    if hazard.phase == Phase.CLOSED:
        return ("hazard_review",) if hazard.outcome == "rectified" else ()
    keys = ["hazard_transfer"]
    if hazard.order in (Order.DATED, Order.STOP):
        keys.append("hazard_order")
    if hazard.order:
        keys.append("hazard_assignment")
    if hazard.order == Order.STOP or hazard.is_major:
        keys.append("hazard_measures")
    if hazard.order == Order.STOP:
        keys.append("hazard_stop")
    if hazard.phase == Phase.REVIEW:
        keys.append("hazard_review")
    served = served_on_site(hazard)
    return (*(key for key in keys if key not in served), *PLAIN.templates(hazard))


def barred(hazard: Hazard, key: str) -> str:
    """Return why the supervising unit may not issue a paper, "" where it may."""
    return why_not(hazard.supervisor.unit) if key in ORDERS else ""


def hazard_words(hazard: Hazard, now: datetime) -> Mapping[str, str]:
    """Return what the papers of a hazard say beside what all papers say."""
    return {
        "description": hazard.description,
        "place": hazard.place or str(hazard.site or ""),
        "found": moment_in_words(hazard.found_at),
        "criterion": criterion_words(hazard),
        "requirement": hazard.requirement,
        "measures": hazard.measures,
        "due": _day(hazard.due_on),
        "grade": hazard.get_grade_display(),
        "order": hazard.get_order_display(),
        "rectification": hazard.rectification,
        "finding": hazard.finding,
        "receiver": "" if hazard.handed_to is None else hazard.handed_to.unit.name,
        **remedy_words(hazard.supervisor.unit),
    }


def criterion_words(hazard: Hazard) -> str:
    """Return the criterion as it was judged by: words, source, date; without one the reason of the grade."""
    if not hazard.criterion_text:
        return hazard.grade_reason
    known = next((one for one in criteria() if one.id == hazard.criterion), None)
    # the article is that of the clause by which it was judged, not of one that stands there today
    article = known.article if known is not None and known.source == hazard.criterion_source else ""
    return _clause(hazard.criterion_text, hazard.criterion_source, hazard.criterion_in_force, article)


def clause_in_words(criterion: Criterion) -> str:
    """Return a criterion as papers cite it: words, source with article, date in force."""
    return _clause(criterion.text, criterion.source, criterion.effective_from, criterion.article)


def _clause(text: str, source: str, in_force: date | None, article: str) -> str:
    since = "" if in_force is None else f"，{chinese_date(in_force)}施行"
    return f"{text}（{source}{article}{since}）"


def listing_templates(listing: Listing) -> Sequence[str]:
    """Return the papers of a listing as it stands."""
    if listing.phase == Phase.REGISTERED:
        return ("listed_notice", "listed_announcement")
    if listing.phase == Phase.ACTING:
        return ("listed_notice", "listed_announcement", "listed_acceptance", "supervision_notice")
    if listing.phase == Phase.REVIEW or listing.outcome == "lifted":
        return ("listed_acceptance", "listed_lifting", "listed_announcement")
    return ()


def listing_words(listing: Listing, now: datetime) -> Mapping[str, str]:
    """Return what the papers of a listing say beside what all papers say."""
    facts = facts_of(listing)
    return {
        "authority": listing.authority,
        "told_by": _told_by(listing),
        "public_title": public_title(listing),
        "listed_level": _level_alone(listing),
        "hazard": listing.on_hazard.number,
        "place": facts["所在地(乡镇)"],
        "description": listing.on_hazard.description,
        "criterion": criterion_words(listing.on_hazard),
        "requirement": listing.requirement,
        "due": _day(listing.due_on),
        "listed_on": _day(listing.listed_on),
        "body_responsible": facts["督办责任单位"],
        "post_responsible": _with_holders(facts["督办责任人"], listing.implementer, now),
        "post_rectifying": facts["治理责任人"],
        "lifting": facts["解除程序"],
        "application": listing.application,
        "evaluator": listing.evaluator,
        "evaluation": listing.evaluation,
        "finding": listing.finding,
        "state": str(phase_label(listing)),
    }


def _level_alone(listing: Listing) -> str:
    """Return the level without the remark in brackets of who lists at it: the paper names that body."""
    return str(dict(LEVELS)[listing.level]).partition("(")[0]


def _told_by(listing: Listing) -> str:
    """Return who tells what another body decided: a committee decides, its office issues the paper."""
    issuer = listing.supervisor.unit.name
    return "" if listing.authority == issuer else f"现由{issuer}通知你单位。"


def _with_holders(words: str, post: Post, now: datetime) -> str:
    """Return a post in words with who holds it today, where somebody does: a notice names its addressee."""
    holdings = holdings_on(day_of(now)).filter(post=post.pk).order_by("pk")
    names = "、".join(holdings.values_list("person__full_name", flat=True))
    return f"{words}（{names}）" if names else words


def _day(day: date | None) -> str:
    return "" if day is None else chinese_date(day)


contribute_papers("hazard", KindPapers(hazard_templates, hazard_words, barred, papers_on_site))
contribute_papers("listed", KindPapers(listing_templates, listing_words))
