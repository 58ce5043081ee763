"""Two hands answer one proposal at the same moment: one answer counts, the other hand is told."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from anwei.ledgers.declaration import ledger_of
from anwei.ledgers.models import Change, Proposal
from anwei.ledgers.proposals.services import submit
from anwei.ledgers.saving import Edit
from anwei.org.models import Person
from anwei.sites.models import Chemical
from tests.kernel.county import NOW, County, build
from tests.sites.risks import chemical, installation

pytestmark = [pytest.mark.db, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def county(transactional_db: None) -> County:
    return build()


@pytest.fixture
def ammonia(county: County) -> Chemical:
    return chemical(installation(county.enterprise, people=0), 40)


@pytest.fixture
def proposal(county: County, ammonia: Chemical) -> Proposal:
    edit = Edit(ammonia, {"design_t": 1000.0})
    waiting = submit(ledger_of("chemicals"), edit, actor=county.worker, now=NOW, reason="扩容")[1]
    assert waiting is not None
    return waiting


def answered_at_once(proposal: Proposal, *hands: tuple[Person, str]) -> list[int]:
    """Let each person answer at the same moment on a connection of their own; return the statuses."""
    barrier = Barrier(len(hands))

    def hand(person: Person, act: str) -> int:
        try:
            client = Client()
            client.force_login(person)
            barrier.wait(timeout=30)
            return client.post(reverse("proposal_decide", args=[proposal.pk, act])).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(hands)) as pool:
        return list(pool.map(lambda one: hand(*one), hands))


def decisions(proposal: Proposal) -> list[str]:
    lines = Change.objects.filter(register="ledgers.proposal", row=str(proposal.pk)).order_by("number")
    return list(lines.values_list("verb", flat=True))


def test_of_two_regulators_one_confirms(county: County, ammonia: Chemical, proposal: Proposal) -> None:
    answers = answered_at_once(proposal, (county.townsman, "confirm"), (county.officer, "confirm"))
    assert sorted(answers) == [302, 409]
    assert decisions(proposal) == ["propose", "confirm"]
    written = Change.objects.filter(register="sites.chemical", row=str(ammonia.pk), verb="update")
    assert written.count() == 1
    ammonia.refresh_from_db()
    assert ammonia.design_t == 1000


def test_a_withdrawal_and_a_confirmation_never_both_count(
    county: County, ammonia: Chemical, proposal: Proposal
) -> None:
    answers = answered_at_once(proposal, (county.worker, "withdraw"), (county.townsman, "confirm"))
    assert sorted(answers) == [302, 409]
    ammonia.refresh_from_db()
    proposal.refresh_from_db()
    confirmed = answers[1] == 302
    assert (proposal.state, ammonia.design_t) == (("confirmed", 1000) if confirmed else ("withdrawn", 40))
    assert decisions(proposal) == ["propose", "confirm" if confirmed else "withdraw"]
