"""The enterprise assesses, the regulator reviews: who made a confirmed quantity's assessment, who confirms it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from anwei.ledgers.models import Change, Proposal
from anwei.org.models import Holding, Person, Post
from anwei.org.services import appoint
from anwei.sites.live.colouring import recolour_all
from anwei.sites.models import Assessment, Chemical, LiveColour
from anwei.sites.risks.queries import installation_levels
from anwei.sites.risks.signs import issue_sign
from tests.kernel.county import IN_POST_SINCE, NOW, County
from tests.sites.mapped import HERE, put
from tests.sites.proposals import decided, sent
from tests.sites.risks import chemical, confirmed, installation, place, point

pytestmark = pytest.mark.db
Browse = Callable[[Person], Client]


@pytest.fixture
def ammonia(county: County) -> Chemical:
    """40 t in a unit of level 4, confirmed; 1,000 t would be level 1."""
    made = chemical(installation(county.enterprise, people=0), 40)
    confirmed(Assessment.objects.get(), county.officer)
    return made


@pytest.fixture
def proposal(county: County, browse: Browse, ammonia: Chemical) -> Proposal:
    assert sent(browse(county.worker), "chemicals", ammonia, design_t="1000").status_code == 302
    return Proposal.objects.get()


def ticked(assessment: Assessment) -> dict[str, list[int]]:
    return {"point": [*range(len(assessment.result["confirm"]))]}


def answered(client: Client, assessment: Assessment, act: str, **given: Any) -> int:
    address = reverse("risk_assessment_act", args=[assessment.pk, act])
    return client.post(address, given or ticked(assessment)).status_code


def waiting() -> Assessment:
    return Assessment.objects.get(confirmed_at=None)


def test_the_enterprise_assesses_and_one_regulator_confirms_both_in_two_clicks(
    county: County, browse: Browse, proposal: Proposal
) -> None:
    officer = browse(county.officer)
    answer = officer.post(reverse("proposal_decide", args=[proposal.pk, "confirm"]))
    made = waiting()
    assert answer.headers["Location"] == reverse("risk_assessment", args=[made.pk])
    assert made.assessor == county.worker and made.result["level"] == 1
    page = officer.get(answer.headers["Location"]).content.decode()
    assert "worker" in page and "officer 确认变更后自动辨识分级" in page
    unit = officer.get(reverse("risk_installation", args=[made.installation_id])).content.decode()
    assert "去复核" in unit and "另一人" not in unit  # who let the change in may review it too
    assert "评估人和改过存量、人数的人不能复核" in unit
    sealed = Change.objects.get(register="sites.assessment", row=str(made.pk))
    assert (sealed.actor, sealed.content["assessor"]) == (county.officer, county.worker.pk)
    assert answered(officer, made, "confirm") == 302
    made.refresh_from_db()
    assert (made.assessor, made.confirmed_by) == (county.worker, county.officer)


def test_level_colour_map_and_sign_change_with_the_review_and_not_before(
    county: County, browse: Browse, ammonia: Chemical, proposal: Proposal
) -> None:
    put(county.enterprise, HERE)
    point(place(county.enterprise), grade="blue")
    sign = issue_sign(county.enterprise, actor=county.worker, now=NOW)
    officer = browse(county.officer)

    def shown() -> tuple[Any, ...]:
        row = LiveColour.objects.get(enterprise=county.enterprise)
        drawn = officer.get(reverse("map_layer", args=["enterprises"])).json()["features"]
        page = Client().get(reverse("sign", args=[sign.code])).content.decode()
        level = installation_levels([ammonia.installation_id])[ammonia.installation_id]
        on_sign = re.findall(r'class="sign sign-(\w+)"', page)
        return level, row.static, row.colour, [one["properties"]["c"] for one in drawn], on_sign

    recolour_all(NOW)
    before = shown()
    assert before[:2] == (4, "blue") and before[2] in ("blue", "yellow") and before[4] == [before[2]]
    decided(officer, proposal, "confirm")
    recolour_all(NOW)  # a sweep in between tells nothing new either
    assert shown() == before
    assert answered(officer, waiting(), "confirm") == 302
    assert shown() == (1, "red", "red", ["red"], ["red"])


def test_a_return_changes_nothing_and_the_enterprise_may_assess_again(
    county: County, browse: Browse, ammonia: Chemical, proposal: Proposal
) -> None:
    officer = browse(county.officer)
    decided(officer, proposal, "confirm")
    assert answered(officer, waiting(), "return", reason="请附设计文件") == 302
    assert installation_levels([ammonia.installation_id]) == {ammonia.installation_id: 4}
    again = reverse("risk_installation_assess", args=[ammonia.installation_id])
    assert browse(county.worker).post(again).status_code == 302
    newest = Assessment.objects.first()
    assert newest is not None and newest.assessor == county.worker and newest.result["level"] == 1


@pytest.mark.parametrize(("who", "status"), [("worker", 403), ("boss", 403), ("regulator", 404)])
def test_neither_who_proposed_nor_the_enterprise_nor_another_sector_confirms(
    county: County, browse: Browse, proposal: Proposal, who: str, status: int
) -> None:
    decided(browse(county.officer), proposal, "confirm")
    for act in ("confirm", "return"):
        assert answered(browse(getattr(county, who)), waiting(), act) == status


def test_who_proposed_does_not_confirm_from_a_later_office_nor_does_who_sits_in_the_enterprise(
    county: County, browse: Browse, proposal: Proposal
) -> None:
    decided(browse(county.officer), proposal, "confirm")
    Holding.objects.filter(person=county.worker).update(to_on=NOW.date() - timedelta(days=1))
    appoint(county.worker, county.duty, actor=None, now=NOW, from_on=NOW.date())
    lent = Post.objects.create(unit=county.enterprise.unit, kind="officer", title="顾问")
    appoint(county.townsman, lent, actor=None, now=NOW, from_on=IN_POST_SINCE)
    for person in (county.worker, county.townsman):
        client = browse(person)
        assert client.get(reverse("risk_assessment", args=[waiting().pk])).status_code == 200
        assert answered(client, waiting(), "confirm") == 403
    assert answered(browse(county.officer), waiting(), "confirm") == 302


def test_a_proposer_who_has_left_stays_the_assessor_and_holds_nothing_up(
    county: County, browse: Browse, proposal: Proposal
) -> None:
    Holding.objects.filter(person=county.worker).update(to_on=NOW.date() - timedelta(days=1))
    assert decided(browse(county.officer), proposal, "confirm") == 302
    assert waiting().assessor == county.worker


def test_what_an_official_changes_alone_another_confirms(
    county: County, browse: Browse, ammonia: Chemical
) -> None:
    officer = browse(county.officer)
    assert sent(officer, "chemicals", ammonia, design_t="1000").status_code == 302
    assert waiting().assessor == county.officer
    assert answered(officer, waiting(), "confirm") == 403
    assert answered(browse(county.townsman), waiting(), "confirm") == 302


def test_whoever_wrote_part_of_an_inventory_confirms_none_of_it_under_another_name(
    county: County, browse: Browse, ammonia: Chemical
) -> None:
    townsman, unit = browse(county.townsman), ammonia.installation_id
    other = chemical(ammonia.installation, 1, name="液化石油气")
    confirmed(waiting(), county.officer)
    assert sent(browse(county.worker), "chemicals", other, design_t="1.1").status_code == 302
    assert sent(townsman, "chemicals", ammonia, design_t="0.1").status_code == 302
    assert decided(townsman, Proposal.objects.get(), "confirm") == 302
    newest = Assessment.objects.first()
    assert newest is not None and newest.assessor == county.worker
    assert answered(townsman, newest, "confirm") == 403
    assert installation_levels([unit]) == {unit: 4}
    assert answered(browse(county.officer), newest, "confirm") == 302
    assert sent(browse(county.worker), "chemicals", other, design_t="1.2").status_code == 302
    assert decided(townsman, Proposal.objects.get(state="waiting"), "confirm") == 302
    newest = Assessment.objects.first()
    assert newest is not None and answered(townsman, newest, "confirm") == 302  # nothing of it is theirs


def test_whoever_wrote_what_could_not_be_assessed_confirms_no_inventory_with_it(
    county: County, browse: Browse, ammonia: Chemical
) -> None:
    townsman, officer = browse(county.townsman), browse(county.officer)
    other = chemical(ammonia.installation, 1, name="液化石油气")
    confirmed(waiting(), county.officer)
    assert sent(browse(county.worker), "chemicals", other, design_t="").status_code == 302
    assert decided(officer, Proposal.objects.get(), "confirm") == 302
    assert sent(townsman, "chemicals", ammonia, design_t="0.1").status_code == 302  # of 40 t
    assert Assessment.objects.filter(confirmed_at=None).count() == 0
    other.refresh_from_db()
    assert sent(browse(county.worker), "chemicals", other, design_t="1.1").status_code == 302
    assert decided(townsman, Proposal.objects.get(state="waiting"), "confirm") == 302
    made = waiting()
    assert made.assessor == county.worker
    page = townsman.get(reverse("risk_assessment", args=[made.pk])).content.decode()
    assert "您改过这个单元的存量或人数" in page and "核定无误" not in page
    act = reverse("risk_assessment_act", args=[made.pk, "confirm"])
    refused = townsman.post(act, ticked(made))
    assert refused.status_code == 403 and "您改过这个单元的存量或人数" in refused.content.decode()
    assert answered(officer, made, "confirm") == 302


def test_what_another_confirmed_since_covers_whoever_left_an_inventory_that_could_not_be_assessed(
    county: County, browse: Browse, ammonia: Chemical
) -> None:
    townsman, officer = browse(county.townsman), browse(county.officer)
    assert sent(townsman, "chemicals", ammonia, design_t="").status_code == 302
    assert Assessment.objects.filter(confirmed_at=None).count() == 0
    for minutes, reviewer in ((1, officer), (2, townsman)):
        with time_machine.travel(NOW + timedelta(minutes=minutes), tick=False):
            asked = sent(browse(county.worker), "chemicals", ammonia, design_t=str(50 + minutes))
            assert asked.status_code == 302
            assert decided(reviewer, Proposal.objects.get(state="waiting"), "confirm") == 302
            assert answered(townsman, waiting(), "confirm") == (403 if minutes == 1 else 302)
            if minutes == 1:
                assert answered(officer, waiting(), "confirm") == 302
    assert not Assessment.objects.filter(confirmed_at=None).exists()


def test_nobody_wrote_an_inventory_by_what_changes_nothing_of_it(
    county: County, browse: Browse, ammonia: Chemical
) -> None:
    unit = ammonia.installation
    other = chemical(unit, 1, name="液化石油气")
    confirmed(waiting(), county.officer)
    assert sent(browse(county.officer), "chemicals", other, design_t="").status_code == 302
    townsman = browse(county.townsman)
    assert sent(townsman, "installations", unit, name="北罐区").status_code == 302
    assert sent(townsman, "chemicals", ammonia, ghs="易燃气体").status_code == 302
    other.refresh_from_db()
    assert sent(browse(county.officer), "chemicals", other, design_t="1.1").status_code == 302
    assert answered(townsman, waiting(), "confirm") == 302


@pytest.mark.parametrize(
    ("who", "sentence"),
    [("worker", "您现在的岗位不能复核"), ("officer", "评估人本人不能复核")],
)
def test_a_refusal_says_why(
    county: County, browse: Browse, ammonia: Chemical, who: str, sentence: str
) -> None:
    assert sent(browse(county.officer), "chemicals", ammonia, design_t="1000").status_code == 302
    act = reverse("risk_assessment_act", args=[waiting().pk, "confirm"])
    client = browse(getattr(county, who))
    answer = client.post(act, ticked(waiting()))
    assert answer.status_code == 403 and sentence in answer.content.decode()
    assert sentence in client.get(reverse("risk_assessment", args=[waiting().pk])).content.decode()


def test_a_number_of_thousands_of_digits_ticks_nothing(
    county: County, browse: Browse, ammonia: Chemical
) -> None:
    assert sent(browse(county.officer), "chemicals", ammonia, design_t="1000").status_code == 302
    assert answered(browse(county.townsman), waiting(), "confirm", point="9" * 5000) == 302


def test_proposed_people_nearby_and_a_new_chemical_are_assessed_by_their_proposer_too(
    county: County, browse: Browse, ammonia: Chemical
) -> None:
    worker, townsman = browse(county.worker), browse(county.townsman)
    typed = {"name": "氯", "enterprise": "甲化工厂", "installation": "DY-1", "design_t": "5"}
    for code, row, changes in (
        ("installations", ammonia.installation, {"people_exposed": "120"}),
        ("chemicals", None, typed),
    ):
        assert sent(worker, code, row, **changes).status_code == 302
        proposal = Proposal.objects.get(state="waiting")
        answer = townsman.post(reverse("proposal_decide", args=[proposal.pk, "confirm"]))
        made = waiting()
        assert answer.headers["Location"] == reverse("risk_assessment", args=[made.pk])
        assert made.assessor == county.worker
        confirmed(made, county.townsman)


def test_a_change_that_asks_nothing_more_leads_nowhere(county: County, browse: Browse) -> None:
    typed = {"name": "氯", "enterprise": "甲化工厂", "design_t": "5"}  # in no unit of GB 18218
    assert sent(browse(county.worker), "chemicals", **typed).status_code == 302
    page = reverse("proposal", args=[Proposal.objects.get().pk])
    answer = browse(county.officer).post(f"{page}confirm/")
    assert answer.headers["Location"] == page
