"""What a listing says: the fields that the rules name for the notice, and what of them everybody may read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from anwei.cases.extension import last_day
from anwei.cases.lifecycle import Phase
from anwei.cases.models import Case, Clock, Entry
from anwei.cases.queries import line_of
from anwei.hazards.models import Listing
from anwei.hazards.people import names_around
from anwei.hazards.redaction import redacted
from anwei.ledgers.papers.layout import chinese_date
from anwei.org.holdings import day_of
from anwei.org.models import Territory
from anwei.org.scope import COUNTY_DIGITS
from anwei.standards.hazards.rules import ListedStep, listed_supervision

PUBLIC = (
    *("隐患名称", "隐患单位", "所在地(乡镇)", "判定条款", "治理内容和要求"),
    *("治理期限", "督办责任单位", "督办责任人", "治理责任人"),
)
"""The fields of the notice that stand on the sign and on the public page; who is who by post alone."""
WRITTEN = ("隐患名称", "判定条款", "治理内容和要求")  # what people wrote; the rest names bodies and posts
TOLD = ("notice", "progress", "evaluate", "apply", "pass_review", "fail_review", "return_back", "lift")
TOWN_DIGITS = 9
SHOWN_AFTER = timedelta(days=365)  # that a lifted listing stays in the public list


@dataclass(frozen=True)
class Told:
    """One line of the public progress: when, what was done, and the words about it."""

    at: datetime
    line: str
    words: str


def notice_step() -> ListedStep:
    """Return the step of the rules that names what the notice says."""
    return next(step for step in listed_supervision().steps if step.fields)


def facts_of(listing: Listing) -> dict[str, str]:
    """Return by the labels of the rules (`notice_step().fields`) what the notice says, 文号 excepted.

    The number is the paper's own, given when it is signed. People stand in it by their posts.
    """
    hazard = listing.on_hazard
    due = due_on(listing)
    return {
        "隐患名称": listing.title,
        "隐患单位": str(listing.enterprise.unit.name if listing.enterprise else listing.site or ""),
        "所在地(乡镇)": _place(listing),
        "隐患基本情况": hazard.description,
        "判定条款": " ".join(filter(None, (hazard.criterion_text, hazard.criterion_source)))
        or hazard.grade_reason,
        "治理内容和要求": listing.requirement or hazard.requirement,
        "治理期限": "" if due is None else chinese_date(due),
        "督办责任单位": listing.implementer.unit.name,
        "督办责任人": f"{listing.implementer.unit.name} {listing.implementer.title}",
        "治理责任人": f"{listing.responsible.unit.name} {listing.responsible.title}",
        "解除程序": _in_sentences(
            step for step in listed_supervision().steps if step.no > notice_step().no + 1
        ),
    }


def _in_sentences(steps: Iterable[ListedStep]) -> str:
    """Return steps as a paper says them: the rules are collected as notes, with strokes between choices."""
    said = "".join(f"（{number}）{step.name}：{step.text}。" for number, step in enumerate(steps, start=1))
    return said.replace("/", "或者")


def public_facts(listing: Listing) -> list[tuple[str, str]]:
    """Return what everybody may read, with names of people and numbers masked."""
    names, facts = _names(listing), facts_of(listing)
    return [
        (_(label), redacted(facts[label], names if label in WRITTEN else ()))
        for label in PUBLIC
        if facts[label]
    ]


def public_title(listing: Listing) -> str:
    """Return the name of the hazard as everybody may read it."""
    return redacted(listing.title, _names(listing))


def public_progress(listing: Listing) -> Iterator[Told]:
    """Yield what was done, the newest first, masked likewise."""
    names = _names(listing)
    entries = Entry.objects.filter(case=listing.pk, verb__in=TOLD).order_by("-number")
    for entry in entries:
        words = str(entry.content.get("progress", "")) if entry.verb == "progress" else ""
        yield Told(entry.at, str(line_of(listing, entry)), redacted(words, names))


def dues_of(listings: Iterable[Listing]) -> dict[int, date | None]:
    """Return by key the day until which each hazard must be put right, an extension counted in."""
    rows = list(listings)
    clocks = Clock.objects.filter(case__in=[row.pk for row in rows], met_by="apply").order_by("due_at")
    extended = dict(clocks.values_list("case", "due_at"))
    return {row.pk: last_day(extended[row.pk]) if row.pk in extended else row.due_on for row in rows}


def due_on(listing: Listing) -> date | None:
    """Return that day of one."""
    return dues_of([listing])[listing.pk]


def is_late(listing: Listing, due: date | None, now: datetime) -> bool:
    """Say whether that day is past and nobody has applied to lift it."""
    return listing.phase == Phase.ACTING and due is not None and due < day_of(now)


def public_listings(on: date) -> QuerySet[Listing]:
    """Return what the public list shows on a day: what is listed, and what was lifted within a year."""
    rows = Listing._base_manager.exclude(code="").filter(listed_on__lte=on)
    standing = rows.filter(in_force=True)
    lifted = rows.filter(outcome="lifted", closed_at__date__gt=on - SHOWN_AFTER)
    found: QuerySet[Listing] = (standing | lifted).select_related(
        "on_hazard", "enterprise__unit", "site", "implementer__unit", "responsible__unit"
    )
    return found.order_by("-in_force", "level", "-listed_on", "-pk")


def _names(listing: Listing) -> set[str]:
    units = (listing.responsible.unit_id, listing.implementer.unit_id)
    return names_around(listing.on_hazard, units, (listing.pk, listing.on_hazard.pk))


def _place(case: Case) -> str:
    codes = (case.territory[:COUNTY_DIGITS], case.territory[:TOWN_DIGITS])
    names = dict(Territory.objects.filter(code__in=codes).values_list("code", "name"))
    return "".join(names.get(code, "") for code in dict.fromkeys(codes))
