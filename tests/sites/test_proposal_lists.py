"""Where what waits is found: the desk, the list of proposals, the own page of an enterprise."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from anwei.ledgers.declaration import ledger_of
from anwei.ledgers.models import Proposal
from anwei.ledgers.proposals.services import submit
from anwei.ledgers.saving import Edit
from anwei.org.models import Person, Post
from anwei.sites.models import Assessment, Chemical
from tests.kernel.county import NOW, County, in_post
from tests.sites.proposals import decided
from tests.sites.risks import chemical, confirmed

pytestmark = pytest.mark.db
Browse = Callable[[Person], Client]


def test_the_desk_counts_what_waits_for_the_regulator(
    county: County, browse: Browse, proposal: Proposal
) -> None:
    def n_todo(person: Person) -> int:
        return browse(person).get(reverse("search")).context["desk"].n_todo

    confirmed(Assessment.objects.get(), county.officer)  # nothing else waits
    assert (n_todo(county.townsman), n_todo(county.officer)) == (1, 1)
    assert (n_todo(county.regulator), n_todo(county.worker), n_todo(county.stranger)) == (0, 0, 0)
    desk = browse(county.townsman).get(reverse("work")).content.decode()
    assert "甲化工厂：氨" in desk and reverse("proposal", args=[proposal.pk]) in desk
    assert "待办 <b>1</b>" in desk
    assert decided(browse(county.worker), proposal, "withdraw") == 302
    assert n_todo(county.townsman) == 0 and proposal.state == "withdrawn"


def test_the_own_page_is_of_those_who_keep_the_file(
    county: County, browse: Browse, ammonia: Chemical, proposal: Proposal
) -> None:
    own = reverse("enterprise_own")
    for person in (county.worker, county.boss):
        page = browse(person).get(own).content.decode()
        for words in ("甲化工厂", "氨", "1000.0", "须确认", "撤回"):
            assert words in page, words
        assert reverse("ledger_edit", args=["chemicals", ammonia.pk]) in page
        assert f"{reverse('ledger_new', args=['chemicals'])}?enterprise={county.enterprise.pk}" in page
        assert "乙煤矿" not in page
    for person in (county.officer, county.townsman):
        assert browse(person).get(own).status_code == 403
        assert own not in browse(person).get(reverse("work")).content.decode()
    idle = in_post("idle", Post.objects.create(unit=county.enterprise.unit, kind="officer", title="文员"))
    assert browse(idle).get(own).status_code == 403
    assert browse(idle).get(reverse("ledger_edit", args=["chemicals", ammonia.pk])).status_code == 403


def test_the_own_page_and_the_lists_do_not_ask_one_by_one(
    county: County, browse: Browse, ammonia: Chemical, proposal: Proposal
) -> None:
    pages = {
        reverse("enterprise_own"): browse(county.worker),
        reverse("proposals"): browse(county.townsman),
        reverse("work"): browse(county.townsman),
    }

    def n_queries(address: str) -> int:
        pages[address].get(address)
        with CaptureQueriesContext(connection) as queries:
            assert pages[address].get(address).status_code == 200
        return len(queries)

    one = {address: n_queries(address) for address in pages}
    for name in ("氯", "汽油"):
        more = chemical(ammonia.installation, 1, name=name)
        edit = Edit(more, {"design_t": 2.0})
        submit(ledger_of("chemicals"), edit, actor=county.worker, now=NOW, reason="扩容")
    assert {address: n_queries(address) for address in pages} == one


def test_the_oldest_that_waits_for_me_stands_before_hundreds_of_others(
    county: County, browse: Browse, proposal: Proposal
) -> None:
    own = {"proposed_by": county.townsman, "proposed_at": NOW}  # which another hand confirms
    Proposal.objects.bulk_create(
        Proposal(ledger="licences", parent=county.enterprise.pk, after={"number": str(n)}, **own)
        for n in range(210)
    )
    townsman, seen = browse(county.townsman), []
    for number in range(1, 6):
        page = townsman.get(reverse("proposals"), {"page": number})
        seen += [line[0].pk for line in page.context["lines"]]
        assert ('rel="next"' in page.content.decode()) == (number < 5)
    assert seen[0] == proposal.pk and page.context["n_mine"] == 1
    assert len(seen) == len({*seen}) == 211
