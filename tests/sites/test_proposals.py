"""Key facts written by an enterprise wait: proposed, seen by both, confirmed, returned or withdrawn; at the door."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from anwei.cases.models import Notice
from anwei.ledgers.declaration import ledger_of
from anwei.ledgers.models import Change, Proposal
from anwei.ledgers.proposals.services import confirm, submit
from anwei.ledgers.saving import Edit
from anwei.org.models import Person, Post
from anwei.org.services import appoint, delegate
from anwei.sites.models import Assessment, Chemical, Equipment, Licence
from anwei.sites.risks.queries import installation_levels
from tests.kernel.county import IN_POST_SINCE, NOW, TOWN, County, county_clerk, in_post, make_enterprise
from tests.sites.risks import chemical, confirmed, installation

pytestmark = pytest.mark.db
Browse = Callable[[Person], Client]


def sent(client: Client, code: str, row: Any = None, *, reason: str = "扩容", **typed: str) -> Any:
    """Open the form of a row (or of a new one beneath the enterprise), change fields, send it."""
    address = reverse("ledger_edit", args=[code, row.pk]) if row else reverse("ledger_new", args=[code])
    page = client.get(address)
    fields = {field.column.name: field.text for field in page.context["fields"]}
    return client.post(
        address, {**fields, "seen": page.context["seen"], "confirmed": "1", "reason": reason, **typed}
    )


def decided(client: Client, proposal: Proposal, act: str, note: str = "") -> int:
    answer = client.post(reverse("proposal_decide", args=[proposal.pk, act]), {"note": note})
    proposal.refresh_from_db()
    return answer.status_code


@pytest.fixture
def ammonia(county: County) -> Chemical:
    return chemical(installation(county.enterprise, people=0), 40)


@pytest.fixture
def proposal(county: County, browse: Browse, ammonia: Chemical) -> Proposal:
    """The safety post asks for 1000 t."""
    assert sent(browse(county.worker), "chemicals", ammonia, design_t="1000").status_code == 302
    return Proposal.objects.get()


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


def test_a_new_row_waits_as_a_whole_and_not_twice(county: County, browse: Browse) -> None:
    worker, typed = browse(county.worker), {"name": "氯", "enterprise": "甲化工厂", "design_t": "5"}
    assert sent(worker, "chemicals", **typed).status_code == 302
    assert sent(worker, "chemicals", **typed).status_code == 422
    assert not Chemical.objects.exists()
    new = Proposal.objects.get()
    assert "甲化工厂：新登记" in browse(county.townsman).get(reverse("work")).content.decode()
    assert decided(browse(county.townsman), new, "confirm") == 302
    assert Chemical.objects.get().enterprise == county.enterprise and new.row == Chemical.objects.get().pk


def test_a_new_row_goes_beneath_the_own_enterprise_alone(county: County, browse: Browse) -> None:
    worker, edits = browse(county.worker), {"name": "氯", "enterprise": "乙煤矿", "design_t": "5"}
    assert sent(worker, "chemicals", **edits).status_code == 422
    assert worker.get(reverse("ledger_new", args=["enterprises"])).status_code == 403
    assert not Proposal.objects.exists()


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


def test_both_sides_are_told(county: County, browse: Browse, proposal: Proposal) -> None:
    address = reverse("proposal", args=[proposal.pk])
    told = Notice.objects.filter(url=address)
    assert county.townsman in {one.person for one in told} and county.worker not in {
        one.person for one in told
    }
    assert decided(browse(county.townsman), proposal, "return", "请附设计文件") == 302
    answer = Notice.objects.get(url=address, person=county.worker)
    assert "已退回" in answer.text and "请附设计文件" in answer.text


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


def test_the_service_refuses_the_proposer_too(county: County, proposal: Proposal) -> None:
    with pytest.raises(PermissionDenied):
        confirm(proposal, actor=county.worker, now=NOW)
    assert ledger_of("chemicals").may_confirm(county.townsman)


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
