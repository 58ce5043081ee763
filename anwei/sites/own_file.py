"""The own enterprise on a phone: facts and registers, one button each, and what waits for the regulator."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from anwei.ledgers.children import Children, children_of
from anwei.ledgers.declaration import Column
from anwei.ledgers.examination import choosings_of
from anwei.ledgers.models import Proposal
from anwei.ledgers.outgoing import told
from anwei.ledgers.proposals.queries import WAITING, proposals_seen, titles_of
from anwei.ledgers.proposals.services import may_withdraw
from anwei.ledgers.proposals.values import Difference, differences_of
from anwei.org.models import Person
from anwei.org.policy import person_of, signed_in
from anwei.org.register_rules import may_keep_own_file
from anwei.sites.ledger import ENTERPRISES
from anwei.sites.models import Enterprise
from anwei.sites.queries import enterprises_of

LAST = timedelta(days=30)  # how long a returned proposal stays on the page
MOST = 20
FIRST = ("chemicals", "licences", "contacts")  # what changes most often, in this order


@dataclass(frozen=True)
class Waiting:
    """A proposal of the own people with what it would change, and whether the reader may take it back."""

    proposal: Proposal
    title: str
    parts: Sequence[Difference]
    may_withdraw: bool


@signed_in
@require_GET
def own_file(request: HttpRequest) -> HttpResponse:
    """Show the people who keep an enterprise's file what it says and what waits."""
    person = person_of(request)
    if not may_keep_own_file(person):
        raise PermissionDenied(_("此页由企业的主要负责人和安全管理人员使用。"))
    shown = get_object_or_404(enterprises_of(person))
    context = {
        "enterprise": shown,
        "facts": _facts(shown, person),
        "registers": _in_order(children_of(shown, person)),
        "proposals": _proposals(person),
    }
    return render(request, "sites/own_file.html", context)


def _facts(enterprise: Enterprise, person: Person) -> list[tuple[Column, Any, bool]]:
    """Return each column with what people read in it, and whether its change waits for the regulator."""
    texts = {name: each.texts for name, each in choosings_of(ENTERPRISES, person).items()}
    return [
        (column, told(column, enterprise, texts.get(column.name)), column.name in ENTERPRISES.confirmed)
        for column in ENTERPRISES.columns
    ]


def _in_order(registers: Iterable[Children]) -> list[Children]:
    """Return what the people of an enterprise may add to or change, what changes most often first."""
    kept = [one for one in registers if one.may_add]
    place = {code: n for n, code in enumerate(FIRST)}
    return sorted(kept, key=lambda one: place.get(one.ledger.code, len(FIRST)))


def _proposals(person: Person) -> list[Waiting]:
    """Return what waits, and what was returned lately; the newest first."""
    lately = Q(state=Proposal.State.RETURNED, decided_at__gte=timezone.now() - LAST)
    found = list(proposals_seen(person).filter(WAITING | lately)[:MOST])
    titles, parts = titles_of(found), differences_of(found, person)
    return [
        Waiting(one, titles[one.pk], parts[one.pk], one.is_waiting and may_withdraw(one, person))
        for one in found
    ]
