"""Finder, fixer and verifier are never one person, whichever way somebody came to be the finder."""

from __future__ import annotations

from anwei.hazards.models import Hazard
from anwei.org.models import Person, Post
from tests.hazards.conftest import Safe
from tests.hazards.doors import (
    FIXED,
    ORDERED,
    VERIFIED,
    act,
    file,
    picture,
    put_right,
    signed_in,
)
from tests.kernel.county import in_post

WAY_ON = "发现隐患的人不能自己提交整改"


def self_checked(safe: Safe, finder: Person, **told: str) -> Hazard:
    return file(finder, safe.county.enterprise.pk, origin="self_check", **told)


def page(person: Person, hazard: Hazard) -> str:
    return signed_in(person).get(f"/cases/{hazard.pk}/").content.decode()


def fix(person: Person, hazard: Hazard) -> int:
    code: int = act(person, hazard, "fix", **FIXED, evidence=picture(colour="green")).status_code
    return code


def test_who_found_it_does_not_put_it_right_but_a_colleague_does(safe: Safe) -> None:
    colleague = in_post("colleague", safe.county.safety)
    hazard = self_checked(safe, safe.county.worker)
    act(safe.county.boss, hazard, "order", **ORDERED)
    act(safe.county.worker, hazard, "accept")
    assert fix(safe.county.worker, hazard) == 403
    assert WAY_ON in page(safe.county.worker, hazard) and WAY_ON not in page(colleague, hazard)
    assert fix(colleague, hazard) == 302
    assert act(safe.county.boss, hazard, "verify", **VERIFIED, evidence=picture()).status_code == 302
    assert act(safe.county.boss, hazard, "close").status_code == 302
    people = dict(hazard.entries.values_list("verb", "actor"))
    assert len({people["open"], people["fix"], people["verify"]}) == 3


def test_a_plant_with_one_safety_officer_names_another_post_of_its_own(safe: Safe) -> None:
    workshop = Post.objects.create(unit=safe.county.enterprise.unit, kind="officer", title="车间主任")
    foreman = in_post("foreman", workshop)
    empty = Post.objects.create(unit=safe.county.enterprise.unit, kind="officer", title="空岗")
    hazard = self_checked(safe, safe.county.worker)
    act(safe.county.boss, hazard, "order", **ORDERED)
    before = list(hazard.clocks.values_list("name", "due_at", "met_at"))
    assert WAY_ON in page(safe.county.boss, hazard)  # who can name another post reads it too
    for wrong in (safe.supervising, empty, safe.county.safety):
        told = act(safe.county.boss, hazard, "reassign", assigned_to=wrong.pk, reason="改派")
        assert told.status_code == 422 and hazard.implementer == safe.county.safety
    told = act(safe.county.boss, hazard, "reassign", assigned_to=workshop.pk, reason="由车间整改")
    assert told.status_code == 302 and hazard.implementer == workshop
    assert list(hazard.clocks.values_list("name", "due_at", "met_at")) == before
    put_right(foreman, hazard)
    assert act(safe.county.boss, hazard, "verify", **VERIFIED, evidence=picture()).status_code == 302


def test_where_only_the_head_is_left_to_put_it_right_the_regulator_verifies(safe: Safe) -> None:
    hazard = self_checked(safe, safe.county.worker)
    act(safe.county.boss, hazard, "order", **ORDERED)
    own = act(safe.county.boss, hazard, "reassign", assigned_to=safe.county.principal.pk, reason="自己整改")
    assert own.status_code == 422  # nobody verifies what he put right himself
    act(safe.county.boss, hazard, "hand_over", handed_to=safe.supervising.pk, reason="由负责人整改")
    act(safe.verifier, hazard, "reassign", assigned_to=safe.county.principal.pk, reason="由负责人整改")
    put_right(safe.county.boss, hazard)
    assert act(safe.verifier, hazard, "verify", **VERIFIED, evidence=picture()).status_code == 302
    assert act(safe.verifier, hazard, "close").status_code == 302


def test_what_the_head_found_is_verified_by_the_regulator(safe: Safe) -> None:
    hazard = self_checked(safe, safe.county.boss)
    assert hazard.supervisor == safe.supervising
    act(safe.verifier, hazard, "order", **ORDERED)
    put_right(safe.county.worker, hazard)
    assert act(safe.verifier, hazard, "verify", **VERIFIED, evidence=picture()).status_code == 302


def test_who_found_what_was_merged_in_verifies_neither(safe: Safe) -> None:
    merged = file(safe.verifier, safe.county.enterprise.pk)
    hazard = file(safe.inspector, safe.county.enterprise.pk, key="form-2")
    assert act(safe.inspector, merged, "merge", merged_into=hazard.number, reason="同一件").status_code == 302
    act(safe.inspector, hazard, "order", **ORDERED)
    put_right(safe.county.worker, hazard)
    assert act(safe.verifier, hazard, "verify", **VERIFIED, evidence=picture()).status_code == 403
    third = in_post("third", safe.supervising)
    assert act(third, hazard, "verify", **VERIFIED, evidence=picture()).status_code == 302


def test_a_finder_given_by_name_is_that_person(safe: Safe) -> None:
    hazard = file(safe.inspector, safe.county.enterprise.pk, finder="verifier")
    assert (hazard.found_by, hazard.finder) == (safe.verifier, "verifier")
    act(safe.inspector, hazard, "order", **ORDERED)
    put_right(safe.county.worker, hazard)
    assert act(safe.verifier, hazard, "verify", **VERIFIED, evidence=picture()).status_code == 403


def test_who_bears_one_of_the_names_typed_does_not_verify(safe: Safe) -> None:
    Person.objects.filter(pk=safe.verifier.pk).update(full_name="王小明")
    hazard = file(safe.inspector, safe.county.enterprise.pk, finder="李四、王 小明")
    assert hazard.found_by is None
    act(safe.inspector, hazard, "order", **ORDERED)
    put_right(safe.county.worker, hazard)
    assert act(safe.verifier, hazard, "verify", **VERIFIED, evidence=picture()).status_code == 403


def test_who_got_an_account_after_the_finding_does_not_verify_either(safe: Safe) -> None:
    hazard = file(safe.inspector, safe.county.enterprise.pk, finder="newcomer")
    act(safe.inspector, hazard, "order", **ORDERED)
    newcomer = in_post("newcomer", safe.supervising)
    put_right(safe.county.worker, hazard)
    assert act(newcomer, hazard, "verify", **VERIFIED, evidence=picture()).status_code == 403
