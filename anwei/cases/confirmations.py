"""What waits for a person's confirmation and is no case: changes of key facts, assessments of risk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse

from anwei.ledgers.models import Proposal
from anwei.ledgers.proposals.queries import titles_of, waiting_for
from anwei.org.models import Person
from anwei.sites.models import Assessment
from anwei.sites.risks.confirming import to_confirm


@dataclass(frozen=True)
class Line:
    """One of them on the desk: what about, where, by whose hand, since when; of an assessment the row too."""

    title: str
    address: str
    by: Person | None
    since: datetime
    assessment: Assessment | None = None


@dataclass(frozen=True)
class Heap:
    """Those of one kind: how many there are, the oldest of them, and the page of all."""

    n: int
    lines: Sequence[Line]
    address: str

    @property
    def n_more(self) -> int:
        """How many are not among the lines."""
        return self.n - len(self.lines)


def n_confirmations(person: Person) -> int:
    """Return how many there are."""
    return waiting_for(person).count() + to_confirm(person).count()


def confirmations_of(person: Person, most: int) -> list[Heap]:
    """Return each kind with its oldest, `most` of them at most."""
    proposals, assessments = waiting_for(person), to_confirm(person)
    n_proposals, n_assessments = proposals.count(), assessments.count()
    return [
        Heap(n_proposals, _proposals(proposals, most) if n_proposals else (), reverse("proposals")),
        Heap(
            n_assessments,
            _assessments(assessments, most) if n_assessments else (),
            f"{reverse('risk_assessments')}?state=waiting",
        ),
    ]


def _proposals(rows: QuerySet[Proposal], most: int) -> list[Line]:
    found = list(rows.order_by("pk")[:most])
    titles = titles_of(found)
    return [
        Line(titles[one.pk], reverse("proposal", args=[one.pk]), one.proposed_by, one.proposed_at)
        for one in found
    ]


def _assessments(rows: QuerySet[Assessment], most: int) -> list[Line]:
    related = ("owner__unit", "enterprise__unit", "installation", "point__site", "assessor")
    return [
        Line(
            one.title,
            reverse("risk_assessment", args=[one.pk]),
            one.assessor,
            one.assessed_at,
            one,
        )
        for one in rows.select_related(*related).order_by("assessed_at", "pk")[:most]
    ]
