"""Two filings of one hazard become one; no hazard is lost by it."""

from __future__ import annotations

import re
from io import BytesIO

from python_calamine import CalamineWorkbook

from anwei.hazards.models import Hazard
from anwei.hazards.services.opening import Whereabouts, file_hazard
from anwei.org.models import Person, Post, Unit
from anwei.sites.models import Site
from tests.hazards.conftest import Safe
from tests.hazards.doors import CRITERION, MAJOR, ORDERED, act, closed_off, file, filing, picture, signed_in
from tests.kernel.county import NOW, TOWN, in_post


def merge(person: Person, hazard: Hazard, into: Hazard) -> tuple[int, str]:
    answer = act(person, hazard, "merge", merged_into=into.number, reason="同一件")
    return answer.status_code, answer.content.decode()


def test_a_major_hazard_vanishes_into_none_of_less_weight_nor_into_a_closed_one(safe: Safe) -> None:
    plant = safe.county.enterprise.pk
    closed = closed_off(safe.inspector, safe.verifier, safe.county.worker, plant, description="灭火器过期")
    general = file(safe.inspector, plant, key="form-2", description="灭火器缺失")
    major = file(safe.inspector, plant, key="form-3", criterion=CRITERION)
    for target, why in ((closed, "已经办结"), (general, "等级低于本件")):
        code, text = merge(safe.verifier, major, target)
        assert code == 422 and why in text and major.phase == "registered"
    act(safe.verifier, major, "order", **MAJOR)
    act(safe.verifier, general, "order", **ORDERED)
    assert merge(safe.verifier, major, general)[0] == 422 and major.phase == "assigned"
    assert merge(safe.verifier, general, major)[0] == 302  # what weighs less goes into what weighs more


def test_what_may_be_the_same_is_told_at_filing_and_offered_to_who_merges(safe: Safe) -> None:
    plant = safe.county.enterprise.pk
    first = file(safe.inspector, plant)
    other = file(safe.inspector, plant, key="form-2", description="灭火器过期", place="配电室")
    again = signed_in(safe.inspector).post(
        f"/hazards/new/?enterprise={plant}",
        filing(key="form-3", description="一号罐围堰有裂缝，长约两米"),
        follow=True,
    )
    assert f"与未销号的{first.number}描述相近" in again.content.decode()
    second = Hazard.objects.get(key__endswith="form-3")
    card = re.search(
        r'id="alike".*?</section>',
        signed_in(safe.verifier).get(f"/cases/{second.pk}/").content.decode(),
        re.S,
    )
    assert card is not None and first.number in card[0]
    assert other.number not in card[0] and second.number not in card[0]
    shown = signed_in(safe.verifier).get(f"/cases/{second.pk}/").content.decode()
    offered = re.findall(r'type="radio" name="merged_into" value="(YH\d+)"> (.*?)</label>', shown, re.S)
    assert [number for number, _words in offered] == [first.number]
    assert re.search(r"一号罐围堰有裂缝（相似\d+%）.*长约两米", offered[0][1], re.S), offered
    assert 'name="merged_into-other"' in shown and "填写编号" in shown
    told = {"reason": "同一件", "merged_into": first.number}
    typed = act(safe.verifier, second, "merge", **told, **{"merged_into-other": "YH209900001"})
    assert typed.status_code == 422 and "没有编号为“YH209900001”的隐患" in typed.content.decode()
    assert merge(safe.verifier, second, first)[0] == 302  # as the ticked line sends it
    for hazard in (first, other, second):
        assert 'id="alike"' not in signed_in(safe.verifier).get(f"/cases/{hazard.pk}/").content.decode()


def test_who_filed_it_does_not_merge_it(safe: Safe) -> None:
    first = file(safe.inspector, safe.county.enterprise.pk)
    second = file(safe.inspector, safe.county.enterprise.pk, key="form-2")
    assert merge(safe.inspector, second, first)[0] == 403
    assert merge(safe.verifier, second, first)[0] == 302
    kept = signed_in(safe.verifier).get(f"/cases/{first.pk}/").content.decode()
    assert "并入的隐患" in kept and f'href="/cases/{second.pk}/">{second.number}' in kept
    content = signed_in(safe.verifier).get("/hazards/provincial.xlsx").content
    told = {
        cell
        for row in CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()
        for cell in row
    }
    assert first.number in told and second.number not in told  # it is none that was put right


def test_what_others_were_merged_into_is_neither_untrue_nor_merged_on(safe: Safe) -> None:
    first, second, third = (
        file(safe.inspector, safe.county.enterprise.pk, key=f"form-{number}") for number in range(3)
    )
    assert merge(safe.verifier, first, second)[0] == 302
    untrue = act(safe.verifier, second, "false_report", reason="不属实", evidence=picture())
    assert untrue.status_code == 422 and first.number in untrue.content.decode()
    assert merge(safe.verifier, second, third)[0] == 422
    assert merge(safe.verifier, third, first)[0] == 422  # it is closed itself
    assert second.phase == "registered"
    assert act(safe.verifier, second, "order", **ORDERED).status_code == 302  # the way on


def test_hazards_of_two_sites_are_two(safe: Safe) -> None:
    town = Unit.objects.get(name="甲镇人民政府")
    in_post("mayor", Post.objects.create(unit=town, kind="principal", title="镇长"))
    in_post("keeper", Post.objects.create(unit=town, kind="safety", title="安办主任"))

    def filed(name: str) -> Hazard:
        site = Site.objects.filter(name=name).first() or Site.objects.create(
            category="road", name=name, territory=TOWN, sector="chemical", code=name, unit=town
        )
        told = {"origin": "inspection", "description": "护栏缺失", "found_at": NOW}
        return file_hazard(Whereabouts(None, site), actor=safe.inspector, now=NOW, **told)  # type: ignore[arg-type]

    first, other, again = filed("一号路口"), filed("二号路口"), filed("一号路口")
    who = Person.objects.filter(holdings__post=first.supervisor).exclude(pk=safe.inspector.pk).first()
    assert who is not None
    code, text = merge(who, first, other)
    assert code == 422 and "同一场所" in text
    assert merge(who, again, first)[0] == 302
