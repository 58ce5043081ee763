"""Papers on a warning by the doors people use: drafted, changed, reviewed, signed, stamped; nobody alone."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from typing import Any

import docx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client

from anwei.cases.models import Notice
from anwei.cases.verify import verify
from anwei.ledgers.models import Change, Paper, PaperVersion
from anwei.ledgers.papers.files import path_of
from anwei.ledgers.papers.queries import papers_of
from anwei.ledgers.services import change_setting
from anwei.monitoring.models import Warning
from anwei.org.models import Person, Post
from tests.kernel.county import NOW, County, in_post

SignIn = Callable[[Person], Client]
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@dataclass
class Office:
    """The issuing department: one drafts, one reviews, one signs."""

    drafter: Client
    reviewer: Client
    head: Client
    head_person: Person


@pytest.fixture
def office(county: County, warning: Warning, sign_in: SignIn) -> Office:
    unit = warning.supervisor.unit
    reviewer = in_post("reviewer", Post.objects.create(unit=unit, kind="officer", title="科长"))
    head = in_post("head", Post.objects.create(unit=unit, kind="principal", title="局长"))
    return Office(sign_in(county.officer), sign_in(reviewer), sign_in(head), head)


def draft(client: Client, warning: Warning, template: str = "supervision_notice") -> Paper:
    answer = client.post("/papers/new/", {"register": "cases.case", "row": warning.pk, "template": template})
    assert answer.status_code == 302, answer.content.decode()[:300]
    return Paper.objects.latest("pk")


def act(client: Client, paper: Paper, verb: str, **fields: Any) -> Any:
    return client.post(f"/papers/{paper.pk}/{verb}/", fields, follow=True)


def issue(office: Office, paper: Paper) -> Paper:
    act(office.reviewer, paper, "review")
    act(office.head, paper, "sign")
    paper.refresh_from_db()
    return paper


def text_of(content: bytes) -> str:
    document = docx.Document(BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(p.text for p in document.paragraphs), *cells])


def file_of(client: Client, paper: Paper, number: int) -> bytes:
    answer = client.get(f"/papers/{paper.pk}/versions/{number}/")
    assert answer.status_code == 200 and "attachment" in answer["Content-Disposition"]
    return answer.content


def upload(content: bytes, name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def test_from_the_case_page_to_the_stamped_copy(office: Office, warning: Warning) -> None:
    page = office.drafter.get(f"/cases/{warning.pk}/").content.decode()
    assert "督办通知书" in page and "预警处置通知单" in page
    paper = draft(office.drafter, warning)
    assert warning.title in text_of(file_of(office.drafter, paper, 1))

    act(office.reviewer, paper, "review")
    answer = act(office.head, paper, "sign")
    paper.refresh_from_db()
    assert paper.number == "测试县应急管理局督〔2026〕1号" and paper.number in answer.content.decode()
    signed = text_of(file_of(office.head, paper, 2))
    assert paper.number in signed and "2026年11月24日" in signed and "　号" not in signed

    act(office.drafter, paper, "stamped", file=upload(PDF, "盖章.pdf"))
    paper.refresh_from_db()
    kinds = list(paper.versions.values_list("kind", flat=True))
    assert kinds == ["generated", "signed", "stamped"] and paper.valid.kind == "stamped"
    assert file_of(office.drafter, paper, 3) == PDF
    assert text_of(file_of(office.drafter, paper, 2)) == signed  # earlier ones stay readable
    assert list(papers_of("cases.case", warning)) == [paper]


def test_a_closed_case_offers_no_new_paper_and_takes_none(office: Office, warning: Warning) -> None:
    assert 'name="template"' in office.drafter.get(f"/cases/{warning.pk}/").content.decode()
    Warning.objects.update(phase="closed", outcome="lifted", closed_at=NOW)
    assert 'name="template"' not in office.drafter.get(f"/cases/{warning.pk}/").content.decode()
    asked = {"register": "cases.case", "row": warning.pk, "template": "supervision_notice"}
    assert office.drafter.post("/papers/new/", asked).status_code == 403


def test_only_a_head_signs_and_only_after_review(office: Office, warning: Warning) -> None:
    paper = draft(office.drafter, warning)
    assert "请刷新后再办理" in act(office.head, paper, "sign").content.decode()
    act(office.reviewer, paper, "review")
    assert act(office.reviewer, paper, "sign").status_code == 403


def test_numbers_run_without_gaps_and_drafts_given_up_take_none(office: Office, warning: Warning) -> None:
    given_up = draft(office.drafter, warning)
    act(office.drafter, given_up, "withdraw", reason="重复")
    first, second = (issue(office, draft(office.drafter, warning)) for _n in range(2))
    other = issue(office, draft(office.drafter, warning, "warning_order"))
    assert [first.serial, second.serial, other.serial] == [1, 2, 1]
    with pytest.raises(IntegrityError), transaction.atomic():
        Paper.objects.filter(pk=second.pk).update(serial=1)


@pytest.mark.parametrize(
    "content",
    [b"", b"no docx", PDF, b"PK\x03\x04broken"],
)
def test_what_is_no_docx_is_refused_with_a_sentence(office: Office, warning: Warning, content: bytes) -> None:
    paper = draft(office.drafter, warning)
    answer = act(office.drafter, paper, "change_text", file=upload(content, "改.docx"))
    field = re.search(
        r'<div><label class="form-label" for="file-change_text">.*?</div>', answer.content.decode(), re.S
    )
    assert answer.status_code == 422 and field and 'class="errorlist"' in field[0]
    assert PaperVersion.objects.filter(paper=paper).count() == 1


def test_a_text_that_lost_the_place_of_its_number_is_refused(office: Office, warning: Warning) -> None:
    paper = draft(office.drafter, warning)
    document = docx.Document()
    document.add_paragraph("没有文号位置")
    content = BytesIO()
    document.save(content)
    answer = act(office.drafter, paper, "change_text", file=upload(content.getvalue(), "改.docx"))
    assert "请保留系统稿中文号和成文日期的空位" in answer.content.decode()


@pytest.mark.parametrize("verbs", [(), ("review",)])
def test_nobody_returns_a_stamped_copy_of_what_nobody_signed(
    office: Office, warning: Warning, verbs: tuple[str, ...]
) -> None:
    paper = draft(office.drafter, warning)
    for verb in verbs:
        act(office.reviewer, paper, verb)
    answer = act(office.drafter, paper, "stamped", file=upload(PDF, "盖章.pdf"))
    assert "请刷新后再办理" in answer.content.decode()
    assert [version.kind for version in paper.versions.all()] == ["generated"]


def test_a_stamped_copy_says_who_returned_it_when_and_its_digest(office: Office, warning: Warning) -> None:
    paper = issue(office, draft(office.drafter, warning))
    page = act(office.drafter, paper, "stamped", file=upload(PDF, "盖章.pdf")).content.decode()
    digest = sha256(PDF).hexdigest()
    assert digest in page and "officer 盖章件归档" in page
    change = Change.objects.get(register="ledgers.paper", row=str(paper.pk), verb="stamped")
    assert (change.actor.username, change.content["sha256"]) == ("officer", digest)
    assert change.at == paper.versions.get(kind="stamped").added_at


def test_a_stamped_copy_is_pdf_or_jpg(office: Office, warning: Warning) -> None:
    paper = issue(office, draft(office.drafter, warning))
    answer = act(office.drafter, paper, "stamped", file=upload(b"<svg onload=alert(1)>", "盖章.pdf"))
    assert "须是完整的 PDF 或 JPG" in answer.content.decode()


def test_sent_back_with_a_reason(office: Office, warning: Warning) -> None:
    paper = draft(office.drafter, warning)
    refused = act(office.reviewer, paper, "send_back", reason=" ")
    field = re.search(
        r'<div><label class="form-label" for="reason-send_back">.*?</div>', refused.content.decode(), re.S
    )
    assert refused.status_code == 422 and field and "请写明理由" in field[0]
    assert '<details class="aside-act" open><summary>退回修改' in refused.content.decode()
    assert "依据写错" in act(office.reviewer, paper, "send_back", reason="依据写错").content.decode()


def test_a_reason_written_while_another_hand_was_faster_is_not_lost(office: Office, warning: Warning) -> None:
    paper = issue(office, draft(office.drafter, warning))
    answer = act(office.reviewer, paper, "send_back", reason="依据写错，应引第二十一条")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "请刷新后再办理" in page and "依据写错，应引第二十一条" in page


def test_the_enterprise_sees_what_was_issued_and_no_draft(
    county: County, office: Office, warning: Warning, sign_in: SignIn
) -> None:
    worker, stranger = sign_in(county.worker), sign_in(county.stranger)
    paper = draft(office.drafter, warning)
    assert worker.get(f"/papers/{paper.pk}/").status_code == 404
    assert worker.get(f"/papers/{paper.pk}/versions/1/").status_code == 404
    assert paper.title not in re.sub(
        r"(?s)<title>.*?</title>", "", worker.get(f"/cases/{warning.pk}/").content.decode()
    )
    issue(office, paper)
    assert worker.get(f"/papers/{paper.pk}/").status_code == 200
    assert (
        worker.post(
            "/papers/new/", {"register": "cases.case", "row": warning.pk, "template": "supervision_notice"}
        ).status_code
        == 403
    )
    assert stranger.get(f"/papers/{paper.pk}/").status_code == 404
    assert (
        stranger.post(
            "/papers/new/", {"register": "cases.case", "row": warning.pk, "template": "supervision_notice"}
        ).status_code
        == 404
    )


def test_a_draft_says_in_its_foot_who_took_it_and_the_signed_file_is_exact(
    office: Office, warning: Warning
) -> None:
    paper = draft(office.drafter, warning)
    archive = zipfile.ZipFile(BytesIO(file_of(office.reviewer, paper, 1)))
    feet = "".join(archive.read(name).decode() for name in archive.namelist() if "footer" in name)
    assert "草稿，未签发 · reviewer" in feet
    issue(office, paper)
    version = paper.versions.get(kind="signed")
    assert file_of(office.reviewer, paper, version.number) == path_of(version.stored_as).read_bytes()


def test_every_version_is_sealed_with_its_digest_and_cannot_be_changed(
    office: Office, warning: Warning
) -> None:
    paper = issue(office, draft(office.drafter, warning))
    sealed = Change.objects.filter(register="ledgers.paper", row=str(paper.pk))
    digests = {change.content.get("sha256") for change in sealed}
    assert digests == set(paper.versions.values_list("sha256", flat=True))
    assert [change.verb for change in sealed.order_by("number")] == ["draft", "review", "sign"]
    with pytest.raises(Exception, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE ledgers_paperversion SET sha256 = ''")


def test_a_county_words_its_own_template(county: County, office: Office, warning: Warning) -> None:
    own = {"title": "关于{企业}的督办令", "body": "请{落实岗位}立即办理。"}
    change_setting(
        "papers.supervision_notice", own, default={}, actor=county.officer, now=NOW, reason="本县格式"
    )
    paper = draft(office.drafter, warning)
    assert paper.title == "关于甲化工厂的督办令" and "请甲化工厂安全科长立即办理。" in text_of(
        file_of(office.drafter, paper, 1)
    )


def test_a_changed_or_missing_file_is_found_by_the_verification(office: Office, warning: Warning) -> None:
    paper = issue(office, draft(office.drafter, warning))
    assert verify().broken == ()
    path = path_of(paper.versions.get(kind="signed").stored_as)
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + b"x")
    assert [broken.reason for broken in verify().broken] == ["公文文件被改动"]
    path.unlink()
    assert [broken.reason for broken in verify().broken] == ["公文文件缺失"]
    path.write_bytes(whole)


def test_the_next_hand_is_told(county: County, office: Office, warning: Warning) -> None:
    def told(person: Person) -> list[str]:
        notices = Notice.objects.filter(person=person, url=f"/papers/{paper.pk}/").order_by("pk")
        return [notice.text.rpartition("：")[2] for notice in notices]

    paper = draft(office.drafter, warning)
    reviewer = Person.objects.get(username="reviewer")
    assert told(reviewer) == told(office.head_person) == ["待审核"] and told(county.officer) == []
    act(office.reviewer, paper, "send_back", reason="依据写错")
    assert told(county.officer) == ["退回修改"] and told(reviewer) == ["待审核"]
    content = path_of(paper.versions.latest("number").stored_as).read_bytes()
    act(office.drafter, paper, "change_text", file=upload(content, "改.docx"))
    act(office.reviewer, paper, "review")
    assert told(office.head_person)[-1] == "待签发" and told(reviewer) == ["待审核"] * 2
    act(office.head, paper, "sign")
    assert told(county.officer)[-1] == "已签发" and told(county.worker) == []
