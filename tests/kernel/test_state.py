"""Posts, deadline and clocks of a case are sealed with every act; what earlier versions sealed still verifies."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from anwei.cases.models import Case, Clock, Entry, Evidence
from anwei.cases.services import advance
from anwei.cases.sweep import sweep
from anwei.cases.transfer import transfer_post
from anwei.cases.verify import verify
from anwei.ledgers import append_only, erasure, seal
from anwei.ledgers.models import ErasureRequest
from anwei.org.models import Post, Unit
from tests.kernel.county import COUNTY, NOW, County, county_clerk, in_post, open_repair, photo
from tests.kernel.test_engine import ordered
from tests.kernel.test_extension import approve, ask

LATER = timedelta(days=900)
CHANGED = "岗位、期限或时限与办理记录不符"


def reasons() -> list[str]:
    return [broken.reason for broken in verify().broken]


def without(content: Any, *names: str) -> Any:
    """What an earlier version sealed: the same without the columns that came later."""
    return {name: value for name, value in content.items() if name not in names}


@pytest.fixture
def old(county: County, monkeypatch: pytest.MonkeyPatch) -> Case:
    """A case with a photo whose entries an earlier version wrote."""
    append = seal.append

    def as_before(row: Entry) -> Entry:
        row.content = without(row.content, "state")
        if "evidence" in row.content:
            files = row.content["evidence"]
            row.content["evidence"] = [without(file, "n_bytes", "by_camera", "seconds") for file in files]
        return append(row)

    with monkeypatch.context() as patch:
        patch.setattr(seal, "append", as_before)
        case = advance(open_repair(county), "order", actor=county.officer, now=NOW)
        case = advance(case, "sign", actor=county.worker, now=NOW)
        case = advance(case, "finish", actor=county.worker, now=NOW, way="repair", evidence=[photo()])
        return advance(case, "inspect", actor=county.officer, now=NOW, finding="好")


def test_what_an_earlier_version_sealed_verifies_and_the_next_act_seals_more(
    county: County, old: Case
) -> None:
    assert reasons() == []
    Case.objects.filter(pk=old.pk).update(deadline=NOW + LATER)
    assert reasons() == []  # nothing sealed says otherwise
    old.refresh_from_db()
    advance(old, "return_back", actor=county.officer, now=NOW, reason="补件")
    assert reasons() == []
    Clock.objects.filter(case=old, met_at=None).update(due_at=NOW + LATER)
    assert reasons() == [CHANGED]


@pytest.mark.parametrize("column", ["n_bytes", "seconds", "by_camera"])
def test_a_changed_file_row_is_found(county: County, column: str) -> None:
    case = advance(open_repair(county), "order", actor=county.officer, now=NOW)
    case = advance(case, "sign", actor=county.worker, now=NOW)
    advance(case, "finish", actor=county.worker, now=NOW, way="repair", evidence=[photo()])
    assert reasons() == []
    append_only.drop(connection)
    Evidence.objects.update(**{column: 1})
    append_only.create(connection)
    assert reasons() == ["佐证材料与办理记录不符"]


def test_an_extension_and_a_transfer_are_no_tampering(county: County) -> None:
    case = ordered(county)
    approve(county, ask(county, case), date(2026, 12, 13))
    heir = Post.objects.create(unit=county.duty.unit, kind="officer", title="接手岗")
    in_post("heir", heir)
    transfer_post(county.duty, heir, actor=county_clerk(), now=NOW, reason="机构改革")
    assert sweep(NOW + timedelta(days=60)).n_overdue > 0
    assert reasons() == []
    for columns in ({"supervisor": county.duty}, {"deadline": NOW + LATER}):
        before = Case.objects.values(*columns).get(pk=case.pk)
        Case.objects.filter(pk=case.pk).update(**columns)
        assert reasons() == [CHANGED]
        Case.objects.filter(pk=case.pk).update(**before)


@pytest.mark.parametrize(
    ("verb", "left"),
    [("extension_asked", "已申请延期"), ("extended", "已延期"), ("transfer", "已移交"), ("order", "已下达")],
)
def test_what_is_kept_of_an_erased_entry_still_tells(
    county: County, client: Client, verb: str, left: str
) -> None:
    """Reasons that people typed are erased by the two administrators; the case still verifies and is shown."""
    office = Unit.objects.create(kind="committee_office", name="测试县安委办", territory=COUNTY)
    clerk = in_post("clerk", Post.objects.create(unit=office, kind="officer", title="干事"))
    security = in_post("security", Post.objects.create(unit=office, kind="security_admin", title="保密"))
    audit = in_post("audit", Post.objects.create(unit=office, kind="audit_admin", title="审计"))
    case = ordered(county)
    approve(county, ask(county, case, reason="张三住院"), date(2026, 12, 13))
    heir = Post.objects.create(unit=county.duty.unit, kind="officer", title="接手岗")
    officer = in_post("heir", heir)
    transfer_post(county.duty, heir, actor=clerk, now=NOW, reason="张三调离")
    case = advance(Case.objects.get(pk=case.pk), "finish", actor=county.worker, now=NOW)
    advance(case, "close", actor=officer, now=NOW, finding="好")
    entry = case.entries.get(verb=verb)
    client.force_login(security)
    asked = {
        "model": "cases.entry",
        "pk": entry.pk,
        "reason": "张三申请",
        "citation": "个人信息保护法 第47条",
    }
    client.post("/system/erasures/propose/", asked)
    client.force_login(audit)
    client.post(f"/system/erasures/{ErasureRequest.objects.get().pk}/", {"answer": "agree"})
    entry.refresh_from_db()
    assert (entry.note, entry.content) == ("", {"erased": True})
    assert reasons() == []
    client.force_login(officer)
    page = client.get(f"/cases/{case.pk}/").content.decode()
    assert f"<div>{left}</div>" in page
    for name in ("due_at", "met_at"):
        Clock.objects.filter(case=case, name="大修").update(**{name: NOW + LATER})
        assert reasons() == [CHANGED]


def test_an_erased_last_entry_tells_by_what_was_kept(county: County) -> None:
    case = advance(open_repair(county), "order", actor=county.officer, now=NOW, note="请找张三")
    entry = case.entries.get(verb="order")
    kept = {"state": entry.content["state"]}
    erasure.erase(entry, actor=county.officer, now=NOW, reason="当事人申请", kept=kept)
    assert reasons() == []
    Clock.objects.filter(case=case, name="完成").update(due_at=NOW + LATER)
    assert reasons() == [CHANGED]
