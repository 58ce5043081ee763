"""Whose hands a proposal takes: two persons, neither of them of the enterprise where it is confirmed."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from anwei.ledgers.declaration import ledger_of
from anwei.ledgers.models import Proposal
from anwei.ledgers.proposals.services import confirm
from anwei.ledgers.saving import Edit
from anwei.org.models import Person, Post
from anwei.org.services import appoint, delegate
from anwei.sites.models import Chemical, Licence
from tests.kernel.county import IN_POST_SINCE, NOW, TOWN, County, in_post, make_enterprise
from tests.sites.proposals import decided, sent
from tests.sites.risks import chemical, installation

pytestmark = pytest.mark.db
Browse = Callable[[Person], Client]


@pytest.mark.parametrize("who", ["worker", "boss", "stranger", "regulator"])
def test_nobody_of_the_enterprise_and_nobody_out_of_scope_confirms(
    county: County, browse: Browse, ammonia: Chemical, proposal: Proposal, who: str
) -> None:
    person = getattr(county, who)
    outside = who in ("stranger", "regulator")
    client = browse(person)
    assert client.get(reverse("proposal", args=[proposal.pk])).status_code == (404 if outside else 200)
    for act in ("confirm", "return"):
        assert decided(client, proposal, act, "不同意") == (404 if outside else 403)
    ammonia.refresh_from_db()
    assert ammonia.design_t == 40 and proposal.is_waiting


def test_an_official_with_a_post_in_an_enterprise_confirms_nothing(
    county: County, browse: Browse, proposal: Proposal
) -> None:
    lent = Post.objects.create(unit=county.enterprise.unit, kind="officer", title="顾问")
    appoint(county.townsman, lent, actor=None, now=NOW, from_on=IN_POST_SINCE)
    assert decided(browse(county.townsman), proposal, "confirm") == 403
    assert proposal.is_waiting


def test_an_official_who_sits_in_an_enterprise_writes_its_key_facts_with_a_second_hand_only(
    county: County, browse: Browse, ammonia: Chemical
) -> None:
    appoint(county.townsman, county.safety, actor=None, now=NOW, from_on=IN_POST_SINCE)
    both, officer = browse(county.townsman), browse(county.officer)
    assert sent(both, "enterprises", county.enterprise, status="长期停产").status_code == 302
    assert sent(both, "chemicals", ammonia, design_t="1").status_code == 302
    licence = {"enterprise": "甲化工厂", "kind": "安全生产许可证", "number": "A-1"}
    assert sent(both, "licences", **licence).status_code == 302
    county.enterprise.refresh_from_db()
    ammonia.refresh_from_db()
    assert (county.enterprise.status, ammonia.design_t) == ("producing", 40)
    assert not Licence.objects.exists()
    asked = Proposal.objects.order_by("pk")
    assert [(one.ledger, one.proposed_by) for one in asked] == [
        (code, county.townsman) for code in ("enterprises", "chemicals", "licences")
    ]
    for one in asked:
        assert decided(both, one, "confirm") == 403
        assert decided(officer, one, "confirm") == 302
    ammonia.refresh_from_db()
    assert ammonia.design_t == 1 and Licence.objects.exists()
    with pytest.raises(ValueError, match="由另一人确认"):  # nor by a sheet
        edit = Edit(ammonia, {"design_t": 2})
        ledger_of("chemicals").write([edit], actor=county.townsman, now=NOW)
    elsewhere = chemical(installation(make_enterprise("丙厂", TOWN, "chemical", ""), code="DY-9"), 40)
    assert sent(both, "chemicals", elsewhere, design_t="3").status_code == 302
    elsewhere.refresh_from_db()
    assert elsewhere.design_t == 3


def test_a_deputy_confirms_no_more_than_they_may_write(
    county: County, browse: Browse, ammonia: Chemical, proposal: Proposal
) -> None:
    deputy, principal = in_post("deputy"), county.townsman
    delegate(
        principal.holdings.get().post,
        principal=principal,
        deputy=deputy,
        from_at=NOW,
        to_at=NOW + timedelta(days=1),
        reason="出差",
        actor=principal,
        now=NOW,
    )
    client = browse(deputy)
    page = client.get(reverse("proposal", args=[proposal.pk]))
    assert page.status_code == 200 and not page.context["may_decide"]
    assert decided(client, proposal, "confirm") == decided(client, proposal, "return", "不同意") == 403
    assert client.get(reverse("ledger_edit", args=["chemicals", ammonia.pk])).status_code == 403
    ammonia.refresh_from_db()
    assert ammonia.design_t == 40 and proposal.is_waiting


def test_the_database_itself_wants_two_persons_and_a_reason_for_a_return(
    county: County, proposal: Proposal
) -> None:
    rows = Proposal.objects.filter(pk=proposal.pk)
    for values in (
        {"state": "confirmed", "decided_by": county.worker, "decided_at": NOW},
        {"state": "returned", "decided_by": county.officer, "decided_at": NOW},
        {"state": "confirmed"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**values)


def test_a_new_row_goes_beneath_the_own_enterprise_alone(county: County, browse: Browse) -> None:
    worker, edits = browse(county.worker), {"name": "氯", "enterprise": "乙煤矿", "design_t": "5"}
    assert sent(worker, "chemicals", **edits).status_code == 422
    assert worker.get(reverse("ledger_new", args=["enterprises"])).status_code == 403
    assert not Proposal.objects.exists()


def test_the_service_refuses_the_proposer_too(county: County, proposal: Proposal) -> None:
    with pytest.raises(PermissionDenied):
        confirm(proposal, actor=county.worker, now=NOW)
    assert ledger_of("chemicals").may_confirm(county.townsman)


def test_the_button_says_that_what_is_entered_waits(county: County, browse: Browse) -> None:
    appoint(county.townsman, county.safety, actor=None, now=NOW, from_on=IN_POST_SINCE)
    both, address = browse(county.townsman), reverse("ledger_new", args=["licences"])

    def button(page: Any) -> str:
        return re.findall(
            r'<button class="btn btn-primary" type="submit">(.*?)</button>', page.content.decode()
        )[-1]

    assert button(both.get(address, {"enterprise": county.enterprise.pk})) == "提交"
    assert button(both.get(address, {"enterprise": county.other_enterprise.pk})) == "保存"
    half = {"enterprise": "甲化工厂", "number": "A-1"}
    assert button(both.post(address, half)) == "提交"
