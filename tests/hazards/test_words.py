"""What the page of a hazard says: whose turn it is, what a verb asks of this hazard, words and not codes."""

from __future__ import annotations

import re

from anwei.hazards.models import Hazard
from anwei.org.models import Person, Post, Unit
from tests.hazards.conftest import Safe
from tests.hazards.doors import FIVE, LATER, MAJOR, ORDERED, act, file, picture, signed_in
from tests.hazards.inspecting import campaign, team
from tests.kernel.county import COUNTY


def page(person: Person, hazard: Hazard) -> str:
    return signed_in(person).get(f"/cases/{hazard.pk}/").content.decode()


def ordered(safe: Safe, **told: str) -> Hazard:
    hazard = file(safe.inspector, safe.county.enterprise.pk)
    assert act(safe.verifier, hazard, "order", **(ORDERED | told)).status_code == 302
    return hazard


def test_the_first_deadline_is_no_new_one(safe: Safe) -> None:
    hazard = ordered(safe)
    assert "重新整改期限" not in page(safe.county.worker, hazard)
    act(safe.county.worker, hazard, "accept")
    fixed = {"rectification": "已修", "evidence_taken_at": "2026-11-24T09:30", "evidence_place": "罐区"}
    act(safe.county.worker, hazard, "fix", **fixed, evidence=picture(colour="green"))
    act(safe.verifier, hazard, "return_back", reason="仍漏", due_on=LATER.isoformat())
    shown = page(safe.county.worker, hazard)
    assert "重新整改期限" in shown and "整改期限（立查立改不填）" in shown


def test_whose_turn_it_is_not_reads_who_has_it(safe: Safe) -> None:
    hazard = ordered(safe)
    shown = page(safe.verifier, hazard)
    assert "轮到您办理" not in shown and f"现由 <b>{hazard.implementer}</b> 办理" in shown
    assert "改派整改岗位" in shown  # it stands with the others
    mine = page(safe.county.worker, hazard)
    assert "签收并落实" in mine and "现由 <b>" not in mine


def test_a_general_hazard_is_signed_for_without_the_five_implementations(safe: Safe) -> None:
    hazard = ordered(safe)
    form = page(safe.county.worker, hazard)
    assert not any(f'name="{name}"' in form for name in FIVE)
    assert act(safe.county.worker, hazard, "accept").status_code == 302
    major = file(safe.inspector, safe.county.enterprise.pk, key="form-2", criterion=MAJOR["criterion"])
    act(safe.verifier, major, "order", **MAJOR)
    form = page(safe.county.worker, major)
    assert all(f'name="{name}"' in form for name in FIVE)


def test_a_hazard_goes_to_regulators_and_not_to_the_party_secretary(safe: Safe) -> None:
    party = Unit.objects.create(kind="party", name="测试县委", territory=COUNTY)
    secretary = Post.objects.create(unit=party, kind="principal", title="县委书记")
    hazard = ordered(safe)
    form = page(safe.verifier, hazard)
    offered = re.search(r'<select name="handed_to".*?</select>', form, re.S)
    assert offered is not None and "县委书记" not in offered[0] and "测试县煤炭局" in offered[0]
    assert act(safe.verifier, hazard, "hand_over", handed_to=secretary.pk, reason="移送").status_code == 422


def test_what_was_chosen_reads_in_words_where_somebody_was_faster(safe: Safe) -> None:
    hazard = file(safe.inspector, safe.county.enterprise.pk)
    form = page(safe.verifier, hazard)
    version = re.search(r'name="version" value="(\d+)"', form)
    assert version is not None
    act(safe.verifier, hazard, "order", **ORDERED)
    late = {**ORDERED, "version": version[1], "key": "late"}
    told = signed_in(safe.verifier).post(f"/cases/{hazard.pk}/order/", late)
    text = re.sub(r"<[^>]*>", " ", told.content.decode())
    assert told.status_code == 409 and "一般" in text and "限期整改" in text
    assert not re.search(r"\b(general|dated)\b", text)


def test_the_daily_report_counts_nothing_untrue_or_filed_twice(safe: Safe) -> None:
    crew = team(safe)
    running = campaign(crew)
    kept = file(safe.inspector, safe.county.enterprise.pk)
    untrue = file(safe.inspector, safe.county.enterprise.pk, key="form-2", description="门锁坏")
    again = file(safe.inspector, safe.county.enterprise.pk, key="form-3")
    shown = signed_in(crew.clerk).get(f"/inspections/campaigns/{running.pk}/daily/").content.decode()
    assert 3 in numbers(shown)
    act(safe.verifier, untrue, "false_report", reason="门锁完好", evidence=picture())
    act(safe.verifier, again, "merge", merged_into=kept.number, reason="同一件")
    shown = signed_in(crew.clerk).get(f"/inspections/campaigns/{running.pk}/daily/").content.decode()
    assert 3 not in numbers(shown) and 1 in numbers(shown)


def numbers(shown: str) -> set[int]:
    """Return the numbers of the table."""
    return {int(n) for n in re.findall(r"<td[^>]*>(?:<[^>]*>)*\s*(\d+)\s*<", shown)}
