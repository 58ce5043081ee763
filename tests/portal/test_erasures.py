"""Erasing personal text takes two administrators; the text is gone, the chain still verifies, the act stays."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import IntegrityError
from django.test import Client

from anwei.cases.models import Entry
from anwei.cases.services import advance
from anwei.cases.verify import verify
from anwei.ledgers.models import Change, ErasureRequest
from anwei.ledgers.papers import services as papers
from anwei.ledgers.papers.files import path_of
from anwei.ledgers.services import record_change
from anwei.org.models import Person, Post, Unit
from tests.kernel.county import COUNTY, NOW, County, in_post
from tests.kernel.test_advance import to_review

Visit = Callable[[Person], Client]
PAGE = "/system/erasures/"


@pytest.fixture
def administrators(county: County) -> dict[str, Person]:
    unit = Unit.objects.create(kind="committee_office", name="测试县安委办", territory=COUNTY)
    kinds = ("security_admin", "audit_admin", "system_admin")
    return {kind: in_post(kind, Post.objects.create(unit=unit, kind=kind, title=kind)) for kind in kinds}


@pytest.fixture
def entry(county: County) -> Entry:
    """A line that a person wrote, with a file, of a case that is closed."""
    case = advance(to_review(county), "inspect", actor=county.officer, now=NOW, finding="张三家属电话已记")
    advance(case, "close", actor=county.officer, now=NOW)
    return Entry.objects.get(case=case, verb="finish")


def asked(client: Client, row: Entry | Change, **changes: str) -> str:
    body = {"model": row._meta.label_lower, "pk": str(row.pk), "reason": "张三 11 月 20 日申请删除"}
    body |= {"citation": "个人信息保护法 第47条"} | changes
    return client.post(f"{PAGE}propose/", body, follow=True).content.decode()


def test_one_proposes_the_other_confirms(
    county: County, entry: Entry, administrators: dict[str, Person], visit: Visit
) -> None:
    security, audit = visit(administrators["security_admin"]), visit(administrators["audit_admin"])
    found = security.get(PAGE, {"case": entry.case.number}).content.decode()
    assert "张三家属电话已记" in found and "个人信息保护法 第47条" in found
    assert "已提出" in asked(security, entry)
    request = ErasureRequest.objects.get()
    alone = security.post(f"{PAGE}{request.pk}/", {"answer": "agree"}, follow=True)
    assert "须由另一位管理员确认" in alone.content.decode()
    entry.refresh_from_db()
    assert entry.content != {"erased": True}
    done = audit.post(f"{PAGE}{request.pk}/", {"answer": "agree"}, follow=True).content.decode()
    assert "内容已抹除" in done
    entry.refresh_from_db()
    assert (entry.note, entry.content) == ("", {"erased": True})
    assert verify().broken == ()
    record = Change.objects.get(register="cases.entry", row=str(entry.pk), verb="erase")
    assert record.actor == administrators["audit_admin"]
    for words in ("第47条", "张三 11 月 20 日申请删除", "security_admin"):
        assert words in record.reason
    assert visit(county.officer).get(f"/cases/{entry.case_id}/").status_code == 200
    assert "已经抹除" in asked(security, entry)


def test_an_administrator_of_a_township_reads_no_timeline(entry: Entry, county: County, visit: Visit) -> None:
    town = county.townsman.holdings.get().post.unit
    auditor = in_post("auditor", Post.objects.create(unit=town, kind="audit_admin", title="安全审计员"))
    assert visit(auditor).get(PAGE, {"case": entry.case.number}).status_code == 403


def test_a_refusal_leaves_the_text(entry: Entry, administrators: dict[str, Person], visit: Visit) -> None:
    asked(visit(administrators["audit_admin"]), entry)
    request = ErasureRequest.objects.get()
    visit(administrators["security_admin"]).post(f"{PAGE}{request.pk}/", {"answer": "refuse"})
    request.refresh_from_db()
    entry.refresh_from_db()
    assert request.state == "refused" and entry.content != {"erased": True}
    sealed = Change.objects.filter(register="ledgers.erasure", row=str(request.pk)).order_by("pk")
    assert [(change.verb, change.actor) for change in sealed] == [
        ("propose", administrators["audit_admin"]),
        ("refused", administrators["security_admin"]),
    ]


def test_a_change_log_row_is_erased_too(administrators: dict[str, Person], visit: Visit) -> None:
    content = {"changed": {"phone": ["13900000001", ""]}}
    row = record_change("org.person", 7, actor=None, now=NOW, verb="change", content=content, reason="换号")
    security = visit(administrators["security_admin"])
    assert "13900000001" in security.get(PAGE, {"register": "org.person", "row": "7"}).content.decode()
    asked(security, row)
    visit(administrators["audit_admin"]).post(
        f"{PAGE}{ErasureRequest.objects.get().pk}/", {"answer": "agree"}
    )
    row.refresh_from_db()
    assert (row.content, row.reason) == ({"erased": True}, "") and verify().broken == ()
    record = Change.objects.get(verb="erase")
    assert "抹除记录本身" in asked(security, record)


def test_the_papers_still_verify_when_a_line_of_theirs_is_erased(
    county: County, entry: Entry, administrators: dict[str, Person], visit: Visit
) -> None:
    paper = papers.draft("cases.case", entry.case, "supervision_notice", actor=county.officer, now=NOW)
    line = Change.objects.get(register="ledgers.paper", row=str(paper.pk), verb="draft")
    asked(visit(administrators["security_admin"]), line)
    request = ErasureRequest.objects.get()
    visit(administrators["audit_admin"]).post(f"{PAGE}{request.pk}/", {"answer": "agree"})
    line.refresh_from_db()
    assert line.content == {"erased": True}
    assert verify().broken == ()
    path_of(paper.versions.get().stored_as).write_bytes(b"another text")
    assert [broken.reason for broken in verify().broken] == ["公文文件被改动"]


def test_what_cannot_be_erased_is_said(
    county: County, entry: Entry, administrators: dict[str, Person], visit: Visit
) -> None:
    security = visit(administrators["security_admin"])
    running = Entry.objects.filter(case=to_review(county)).first()
    assert running is not None and "尚未办结" in asked(security, running)
    assert "请写明理由和依据" in asked(security, entry, reason=" ")
    asked(security, entry)
    assert "已有待确认" in asked(visit(administrators["audit_admin"]), entry)
    assert visit(administrators["system_admin"]).get(PAGE).status_code == 403
    assert visit(county.officer).get(PAGE).status_code == 403


def test_the_database_itself_wants_two(entry: Entry, administrators: dict[str, Person]) -> None:
    alone = administrators["audit_admin"]
    with pytest.raises(IntegrityError, match="erasure_takes_two_persons"):
        ErasureRequest.objects.create(
            model="cases.entry", row=entry.pk, state="done", reason="x", citation="y",
            proposed_by=alone, proposed_as="audit_admin", proposed_at=NOW,
            answered_by=alone, answered_as="security_admin", answered_at=NOW,
        )  # fmt: skip
