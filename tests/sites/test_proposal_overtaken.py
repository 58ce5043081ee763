"""What others did to a row while a change of it waited: what bars a confirmation, and what does not."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from anwei.cases.models import Notice
from anwei.ledgers.models import Change, Proposal
from anwei.org.models import Person
from anwei.sites.models import Chemical, Equipment
from tests.kernel.county import County, county_clerk
from tests.sites.proposals import decided, sent

pytestmark = pytest.mark.db
Browse = Callable[[Person], Client]


def test_what_another_hand_changed_meanwhile_is_shown_and_not_overwritten(
    county: County, browse: Browse, ammonia: Chemical, proposal: Proposal
) -> None:
    officer = browse(county.officer)
    assert sent(officer, "chemicals", ammonia, design_t="55").status_code == 302
    page = officer.get(reverse("proposal", args=[proposal.pk])).content.decode()
    assert "▲ 55" in page
    assert decided(browse(county.townsman), proposal, "confirm") == 409
    ammonia.refresh_from_db()
    assert ammonia.design_t == 55 and proposal.is_waiting


def test_a_row_that_passes_to_another_enterprise_takes_no_proposal_along(
    county: County, browse: Browse
) -> None:
    boiler = Equipment.objects.create(enterprise=county.enterprise, code="E1", name="锅炉")
    worker, heir, clerk = browse(county.worker), browse(county.stranger), browse(county_clerk())
    assert sent(worker, "equipment", boiler, reason="机密原因", name="机密锅炉").status_code == 302
    waiting = Proposal.objects.get()
    address = reverse("proposal", args=[waiting.pk])
    assert sent(clerk, "equipment", boiler, enterprise="乙煤矿", name="新锅炉").status_code == 302
    waiting.refresh_from_db()
    assert (waiting.state, waiting.decided_by) == ("returned", None) and "转到另一家单位" in waiting.note
    line = Change.objects.filter(register="ledgers.proposal", row=str(waiting.pk)).latest("number")
    assert (line.verb, line.actor, line.reason) == ("return", None, waiting.note)
    assert heir.get(address).status_code == 404
    page = heir.get(reverse("ledger_row", args=["equipment", boiler.pk])).content.decode()
    assert "新锅炉" in page and "机密" not in page
    assert "机密" not in heir.get(f"{reverse('proposals')}?state=answered").content.decode()
    assert decided(heir, waiting, "withdraw") == 404
    old = worker.get(address).content.decode()
    assert "甲化工厂：设备台账" in old and waiting.note in old and "系统" in old and "新锅炉" not in old
    assert waiting.note in Notice.objects.get(url=address, person=county.worker).text
    assert sent(heir, "equipment", boiler, reason="改名", name="煤矿锅炉").status_code == 302
    assert decided(clerk, Proposal.objects.get(state="waiting"), "confirm") == 302
    boiler.refresh_from_db()
    assert boiler.name == "煤矿锅炉"


def test_a_proposal_is_not_confirmed_for_another_owner_however_the_row_got_there(
    county: County, browse: Browse
) -> None:
    boiler = Equipment.objects.create(enterprise=county.enterprise, code="E1", name="锅炉")
    assert sent(browse(county.worker), "equipment", boiler, name="锅炉二").status_code == 302
    Equipment.objects.filter(pk=boiler.pk).update(enterprise=county.other_enterprise)
    waiting, clerk = Proposal.objects.get(), browse(county_clerk())
    assert browse(county.stranger).get(reverse("proposal", args=[waiting.pk])).status_code == 404
    assert decided(clerk, waiting, "confirm") == 409
    assert decided(clerk, waiting, "return", "设备已转让") == 302


def test_a_proposal_for_what_is_another_thing_by_now_is_not_confirmed(
    county: County, browse: Browse, ammonia: Chemical, proposal: Proposal
) -> None:
    officer, townsman = browse(county.officer), browse(county.townsman)
    assert sent(officer, "chemicals", ammonia, name="氯").status_code == 302
    page = townsman.get(reverse("proposal", args=[proposal.pk])).content.decode()
    for words in ("▲ 氯", "<del>氨</del>", "未提出修改"):
        assert words in page, words
    assert reverse("proposal_decide", args=[proposal.pk, "confirm"]) not in page
    answer = townsman.post(reverse("proposal_decide", args=[proposal.pk, "confirm"]))
    assert answer.status_code == 409 and "修改了品名" in answer.content.decode()
    ammonia.refresh_from_db()
    assert (ammonia.name, ammonia.design_t) == ("氯", 40)
    assert decided(townsman, proposal, "return", "请按现在的品名核对") == 302


def test_a_change_and_its_undoing_ask_for_a_new_look_too(
    county: County, browse: Browse, ammonia: Chemical, proposal: Proposal
) -> None:
    officer = browse(county.officer)
    for tonnes in ("55", "40"):
        assert sent(officer, "chemicals", ammonia, design_t=tonnes).status_code == 302
    assert "▲ 40" in officer.get(reverse("proposal", args=[proposal.pk])).content.decode()
    assert decided(browse(county.townsman), proposal, "confirm") == 409
    ammonia.refresh_from_db()
    assert ammonia.design_t == 40 and proposal.is_waiting


def test_a_change_of_an_unrelated_column_does_not_hold_a_proposal_up(
    county: County, browse: Browse, ammonia: Chemical, proposal: Proposal
) -> None:
    assert (
        sent(browse(county.officer), "chemicals", ammonia, actual_t="30", ghs="急性毒性").status_code == 302
    )
    assert decided(browse(county.townsman), proposal, "confirm") == 302
    ammonia.refresh_from_db()
    assert (ammonia.design_t, ammonia.actual_t, ammonia.ghs) == (1000, 30, "急性毒性")


@pytest.mark.parametrize(
    ("proposed", "meanwhile"),
    [
        ({"status": "停产"}, {"status_since": "2026-11-01"}),
        ({"standardization": "三级"}, {"standardized_until": "2027-11-01"}),
    ],
)
def test_what_means_something_only_together_is_not_confirmed_beside_another_value(
    county: County, browse: Browse, proposed: dict[str, str], meanwhile: dict[str, str]
) -> None:
    officer, row = browse(county.officer), county.enterprise
    assert sent(browse(county.worker), "enterprises", row, **proposed).status_code == 302
    waiting = Proposal.objects.get()
    assert sent(officer, "enterprises", row, **meanwhile).status_code == 302
    assert decided(browse(county.townsman), waiting, "confirm") == 409
    row.refresh_from_db()
    assert (row.status, row.standardization) == ("producing", "")


def test_a_point_is_not_confirmed_under_another_datum(county: County, browse: Browse) -> None:
    officer, row = browse(county.officer), county.enterprise
    assert sent(officer, "enterprises", row, longitude="113.1", latitude="36.2").status_code == 302
    assert sent(browse(county.worker), "enterprises", row, longitude="113.2").status_code == 302
    waiting = Proposal.objects.get()
    assert sent(officer, "enterprises", row, datum="GCJ-02").status_code == 302
    assert decided(browse(county.townsman), waiting, "confirm") == 409
    assert sent(officer, "enterprises", row, workers="9").status_code == 302


def test_what_was_changed_before_does_not_bar_what_is_proposed_after(
    county: County, browse: Browse, ammonia: Chemical
) -> None:
    assert sent(browse(county.officer), "chemicals", ammonia, design_t="55").status_code == 302
    assert sent(browse(county.worker), "chemicals", ammonia, design_t="60").status_code == 302
    assert decided(browse(county.townsman), Proposal.objects.get(), "confirm") == 302
