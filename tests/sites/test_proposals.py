"""Key facts written by an enterprise wait: proposed, seen by both, confirmed, returned or withdrawn; at the door."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from anwei.cases.models import Notice
from anwei.ledgers.models import Change, Proposal
from anwei.org.models import Person
from anwei.sites.models import Assessment, Chemical, Licence
from anwei.sites.risks.queries import installation_levels
from tests.kernel.county import NOW, County
from tests.sites.proposals import decided, sent
from tests.sites.risks import chemical, confirmed

pytestmark = pytest.mark.db
Browse = Callable[[Person], Client]


def test_a_key_fact_waits_and_lands_with_both_hands_in_the_log(
    county: County, browse: Browse, ammonia: Chemical, proposal: Proposal
) -> None:
    first = confirmed(Assessment.objects.get(), county.officer)
    ammonia.refresh_from_db()
    assert ammonia.design_t == 40 and proposal.is_waiting
    address = reverse("proposal", args=[proposal.pk])
    for reader in (county.worker, county.boss, county.townsman, county.officer):
        page = browse(reader).get(address).content.decode()
        assert "40.0" in page and "1000.0" in page and "扩容" in page
    assert decided(browse(county.townsman), proposal, "confirm") == 302
    ammonia.refresh_from_db()
    assert ammonia.design_t == 1000 and proposal.state == "confirmed"
    line = Change.objects.filter(register="sites.chemical", row=str(ammonia.pk)).latest("number")
    assert line.actor == county.townsman and "worker" in line.reason and "扩容" in line.reason
    row = browse(county.worker).get(reverse("ledger_row", args=["chemicals", ammonia.pk])).content.decode()
    assert "townsman" in row and "worker于" in row
    sealed = Change.objects.filter(register="ledgers.proposal", row=str(proposal.pk)).order_by("number")
    assert [(one.verb, one.actor) for one in sealed] == [
        ("propose", county.worker),
        ("confirm", county.townsman),
    ]
    first.refresh_from_db()
    newer = Assessment.objects.get(confirmed_at=None)
    assert first.stale_since is not None and newer.result["level"] == 1
    confirmed(newer, county.officer)
    assert list(installation_levels([ammonia.installation_id]).values()) == [1]


def test_other_columns_are_written_at_once_and_mixed_forms_are_parted(
    county: County, browse: Browse, ammonia: Chemical
) -> None:
    worker = browse(county.worker)
    assert sent(worker, "chemicals", ammonia, reason="", ghs="急性毒性").status_code == 302
    assert not Proposal.objects.exists()
    assert sent(worker, "chemicals", ammonia, ghs="加压气体", actual_t="60").status_code == 302
    ammonia.refresh_from_db()
    assert (ammonia.ghs, ammonia.actual_t) == ("加压气体", None)
    assert Proposal.objects.get().after == {"actual_t": 60}


def test_an_enterprise_neither_moves_nor_renames_itself(county: County, browse: Browse) -> None:
    own = {"short_name": "县应急管理局", "address": "新路1号", "longitude": "120.5", "latitude": "30.5"}
    assert sent(browse(county.worker), "enterprises", county.enterprise, **own).status_code == 302
    row = type(county.enterprise).objects.select_related("unit").get(pk=county.enterprise.pk)
    assert (row.unit.short_name, row.address, row.longitude, row.latitude) == ("", "", None, None)
    assert {*own} <= {*Proposal.objects.get().after}
    assert decided(browse(county.townsman), Proposal.objects.get(), "confirm") == 302
    row.refresh_from_db()
    assert (row.address, row.longitude) == ("新路1号", 120.5)


def test_a_key_fact_needs_a_reason_and_one_proposal_at_a_time(
    county: County, browse: Browse, ammonia: Chemical
) -> None:
    worker = browse(county.worker)
    assert sent(worker, "enterprises", county.enterprise, reason="", workers="7").status_code == 422
    assert sent(worker, "enterprises", county.enterprise, workers="7").status_code == 302
    again = sent(browse(county.boss), "enterprises", county.enterprise, workers="8")
    assert again.status_code == 422 and "已有变更待确认" in again.content.decode()
    only = Proposal.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Proposal.objects.create(
            ledger=only.ledger, row=only.row, after={}, proposed_by=county.boss, proposed_at=NOW
        )


def test_a_return_says_why_and_the_enterprise_may_try_again(
    county: County, browse: Browse, ammonia: Chemical, proposal: Proposal
) -> None:
    officer = browse(county.officer)
    assert decided(officer, proposal, "return") == 422
    assert decided(officer, proposal, "return", "请附设计文件") == 302
    own = browse(county.worker).get(reverse("enterprise_own")).content.decode()
    assert "请附设计文件" in own and "已退回" in own
    assert decided(officer, proposal, "confirm") == 409
    assert sent(browse(county.worker), "chemicals", ammonia, design_t="900").status_code == 302


def test_a_new_row_waits_as_a_whole_and_not_twice(county: County, browse: Browse) -> None:
    worker, typed = browse(county.worker), {"name": "氯", "enterprise": "甲化工厂", "design_t": "5"}
    assert sent(worker, "chemicals", **typed).status_code == 302
    assert sent(worker, "chemicals", **typed).status_code == 422
    assert not Chemical.objects.exists()
    new = Proposal.objects.get()
    assert "甲化工厂：新登记" in browse(county.townsman).get(reverse("work")).content.decode()
    assert decided(browse(county.townsman), new, "confirm") == 302
    assert Chemical.objects.get().enterprise == county.enterprise and new.row == Chemical.objects.get().pk


def test_an_end_is_proposed_and_confirmed(county: County, browse: Browse, ammonia: Chemical) -> None:
    end = reverse("ledger_end", args=["chemicals", ammonia.pk])
    worker = browse(county.worker)
    assert end in worker.get(reverse("ledger_edit", args=["chemicals", ammonia.pk])).content.decode()
    worker.post(end, {"reason": ""})
    assert not Proposal.objects.exists()
    assert worker.post(end, {"reason": "氨库已拆除"}).status_code == 302
    assert decided(browse(county.townsman), Proposal.objects.get(), "confirm") == 302
    ammonia.refresh_from_db()
    assert ammonia.design_t == 0 and ammonia.actual_t == 0
    newest = Assessment.objects.filter(installation=ammonia.installation).first()
    assert newest.result["S"]["shown"] == "0"
    assert browse(county.stranger).post(end, {"reason": "x"}).status_code == 404


@pytest.mark.parametrize("who", ["townsman", "worker"])
def test_an_end_prolongs_nothing_that_has_expired(county: County, browse: Browse, who: str) -> None:
    lasting, past = (
        Licence.objects.create(enterprise=county.enterprise, kind="safety", number=str(days), expires_on=day)
        for days in (10, -10)
        for day in [NOW.date() + timedelta(days=days)]
    )
    client = browse(getattr(county, who))
    for licence in (lasting, past):
        answer = client.post(reverse("ledger_end", args=["licences", licence.pk]), {"reason": "注销"})
        assert answer.status_code == 302
    for waiting in Proposal.objects.all():
        assert waiting.row == lasting.pk
        assert decided(browse(county.townsman), waiting, "confirm") == 302
    lasting.refresh_from_db()
    past.refresh_from_db()
    assert (lasting.expires_on, past.expires_on) == (NOW.date(), NOW.date() - timedelta(days=10))


def test_both_sides_are_told(county: County, browse: Browse, proposal: Proposal) -> None:
    address = reverse("proposal", args=[proposal.pk])
    told = Notice.objects.filter(url=address)
    assert county.townsman in {one.person for one in told} and county.worker not in {
        one.person for one in told
    }
    assert decided(browse(county.townsman), proposal, "return", "请附设计文件") == 302
    answer = Notice.objects.get(url=address, person=county.worker)
    assert "已退回" in answer.text and "请附设计文件" in answer.text


def test_a_confirmation_that_the_register_refuses_changes_nothing(
    county: County, browse: Browse, ammonia: Chemical
) -> None:
    assert sent(browse(county.worker), "chemicals", ammonia, name="氯气瓶").status_code == 422  # in no table
    assert sent(browse(county.worker), "chemicals", ammonia, name="氯").status_code == 302
    chemical(ammonia.installation, 1, name="氯")
    waiting = Proposal.objects.get()
    assert decided(browse(county.townsman), waiting, "confirm") == 422
    ammonia.refresh_from_db()
    assert ammonia.name == "氨" and waiting.is_waiting
