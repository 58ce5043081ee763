"""Penalties: who records them, under which law, and how one becomes public by a second person."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from time_machine import TimeMachineFixture

from anwei.cases.verify import verify
from anwei.hazards.models import Penalty
from anwei.org.models import Holding, Person, Post, Unit
from anwei.sites.models import Enterprise
from anwei.standards.hazards.penalties import penalties as fines
from tests.hazards.conftest import Safe
from tests.hazards.doors import act, file, signed_in
from tests.hazards.penalising import DECIDED, head, nobody_came_before, recorded, told
from tests.kernel.county import COUNTY, NOW, in_post

__all__ = ["head", "nobody_came_before"]


def test_a_penalty_is_published_by_a_second_person_and_withdrawn_by_itself(
    safe: Safe, head: Person, time_machine: TimeMachineFixture
) -> None:
    hazard = file(safe.inspector, safe.county.enterprise.pk)
    penalty = recorded(safe.inspector, f"hazard={hazard.pk}")
    assert (penalty.on_hazard, penalty.enterprise, penalty.body) == (
        hazard,
        safe.county.enterprise,
        safe.supervising.unit,
    )
    assert "第97条(五)" in penalty.article and "未将隐患排查治理情况如实记录" in penalty.violation
    for address in (f"/cases/{penalty.pk}/", "/penalties/"):
        assert 'href="/law/law_spf/97/"' in signed_in(safe.inspector).get(address).content.decode(), address
    clock = penalty.clocks.get()
    # decided on Monday 23 November: the seventh working day after is Wednesday 2 December
    assert (clock.due_at - timedelta(seconds=1)).date() == date(2026, 12, 2)
    assert "甲化工厂" not in Client().get("/public/penalties/").content.decode()
    act(safe.inspector, penalty, "submit", public_text=penalty.public_text)
    own = act(safe.inspector, penalty, "publish", opinion="同意", signature_typed="inspector")
    assert own.status_code == 403  # the one who wrote the text does not approve it
    assert act(head, penalty, "publish", opinion="同意", signature_typed="bureau head").status_code == 302
    assert (penalty.outcome, penalty.published_on, penalty.withdraw_on) == (
        "published",
        NOW.date(),
        date(2027, 11, 24),
    )
    public = Client().get("/public/penalties/").content.decode()
    assert "甲化工厂" in public and "测应急罚〔2026〕1号" in public and "20000.00元" in public
    time_machine.move_to(NOW + timedelta(days=364))
    assert "甲化工厂" in Client().get("/public/penalties/").content.decode()
    time_machine.move_to(NOW + timedelta(days=365))
    assert "甲化工厂" not in Client().get("/public/penalties/").content.decode()
    assert not verify().broken


def test_who_penalises_and_what_is_refused(safe: Safe, head: Person) -> None:
    where = f"/penalties/new/?enterprise={safe.county.enterprise.pk}"
    assert signed_in(safe.county.boss).post(where, told()).status_code == 403
    town = signed_in(safe.county.townsman).post(where, told())
    assert town.status_code == 403 and "行政处罚法第24条" in town.content.decode()
    assert signed_in(safe.county.regulator).post(where, told()).status_code == 404
    late = signed_in(safe.inspector).post(where, told(decided_on="2026-11-25"))
    assert late.status_code == 422 and "不能晚于今天" in late.content.decode()
    recorded(safe.inspector, f"enterprise={safe.county.enterprise.pk}")
    twice = signed_in(safe.inspector).post(where, told())
    assert twice.status_code == 422 and "已经登记" in twice.content.decode()
    assert Penalty.objects.count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        Penalty._base_manager.update(published_on=DECIDED)


def test_the_laws_of_both_sectors_of_an_enterprise_apply(safe: Safe, head: Person) -> None:
    plant = safe.county.enterprise
    fine = next(one for one in fines().values() if one.source_id == "reg_coal")
    where, client = f"/penalties/new/?enterprise={plant.pk}", signed_in(safe.inspector)
    assert fine.id not in client.get(where).content.decode()
    assert client.post(where, told(fine=fine.id)).status_code == 422
    Enterprise.objects.filter(pk=plant.pk).update(second_sector="coal")
    assert fine.id in client.get(where).content.decode()
    assert recorded(safe.inspector, f"enterprise={plant.pk}", fine=fine.id).law == "reg_coal"
    hazard = file(safe.inspector, plant.pk)
    own = recorded(safe.inspector, f"hazard={hazard.pk}", fine=fine.id, decision_number="第二号")
    assert own.law == "reg_coal"


def test_who_received_a_hazard_penalises_it_and_its_former_regulator_no_more(
    safe: Safe, head: Person
) -> None:
    brigade = Unit.objects.create(kind="department", name="测试县消防救援大队", territory=COUNTY)
    post = Post.objects.create(unit=brigade, kind="officer", title="监督岗")
    officer, _other = in_post("fire-1", post), in_post("fire-2", post)
    in_post("fire-head", Post.objects.create(unit=brigade, kind="principal", title="大队长"))
    hazard = file(safe.inspector, safe.county.enterprise.pk)
    moved = act(safe.verifier, hazard, "hand_over", handed_to=post.pk, reason="消防设施归消防")
    assert moved.status_code == 302, moved.content.decode()
    where = f"/penalties/new/?hazard={hazard.pk}"
    answer = signed_in(safe.inspector).post(where, told())
    assert answer.status_code == 403 and not Penalty.objects.exists()
    penalty = recorded(officer, f"hazard={hazard.pk}", sanction="罚款二万元")
    assert penalty.body == brigade
    assert (
        penalty.public_text.count("罚款") == 1 and "《中华人民共和国安全生产法》第97条" in penalty.public_text
    )


def test_a_post_in_a_plant_gives_no_right_of_the_bureau_there(safe: Safe) -> None:
    coal = Unit.objects.create(kind="department", name="煤炭局", territory=COUNTY)
    person = in_post("both", Post.objects.create(unit=coal, kind="officer", title="科员"))
    own = Post.objects.create(unit=safe.county.enterprise.unit, kind="safety", title="兼职安全科长")
    Holding.objects.create(post=own, person=person, from_on=DECIDED)
    where = f"enterprise={safe.county.enterprise.pk}"
    assert signed_in(person).get(f"/enterprises/{safe.county.enterprise.pk}/").status_code == 200
    assert signed_in(person).post(f"/penalties/new/?{where}", told()).status_code == 403
    assert not Penalty.objects.exists()
