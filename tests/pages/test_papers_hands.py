"""The hands of a paper are three people, whatever detour the text takes and for whom a deputy stands."""

from __future__ import annotations

import zipfile
from datetime import timedelta
from importlib import import_module
from io import BytesIO
from typing import Any

import docx
import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.test import Client

from anwei.ledgers.models import Paper, PaperHand
from anwei.ledgers.papers.files import path_of
from anwei.monitoring.models import Warning
from anwei.org.models import Holding, Person, Post, Unit
from anwei.org.services import delegate
from tests.kernel.county import COUNTY, NOW, County, in_post
from tests.pages.test_papers import PDF, Office, SignIn, act, draft, file_of, issue, office, text_of, upload
from tests.support.commits import after_commit

__all__ = ["office"]


def stand_in(post: Post, principal: Person, deputy: Person) -> None:
    terms: dict[str, Any] = {"from_at": NOW, "to_at": NOW + timedelta(days=1), "reason": "出差", "now": NOW}
    delegate(post, principal=principal, deputy=deputy, actor=principal, **terms)


def same_text_again(client: Client, paper: Paper) -> None:
    """Hand the present text in once more, as one's own."""
    content = path_of(paper.versions.latest("number").stored_as).read_bytes()
    assert act(client, paper, "change_text", file=upload(content, "改.docx")).status_code == 200


def state_of(paper: Paper) -> str:
    paper.refresh_from_db()
    return paper.state


def test_the_drafter_neither_reviews_nor_signs(office: Office, warning: Warning, sign_in: SignIn) -> None:
    paper = draft(office.head, warning)
    assert act(office.head, paper, "review").status_code == 403
    act(office.reviewer, paper, "review")
    assert act(office.head, paper, "sign").status_code == 403
    paper.refresh_from_db()
    assert (paper.state, paper.number) == ("reviewed", "")
    with pytest.raises(IntegrityError), transaction.atomic():
        Paper.objects.filter(pk=paper.pk).update(reviewed_by=office.head_person)


def test_an_edited_text_must_be_reviewed_again_by_another_hand(
    office: Office, warning: Warning, sign_in: SignIn
) -> None:
    paper = draft(office.drafter, warning)
    act(office.reviewer, paper, "review")
    document = docx.Document(BytesIO(path_of(paper.versions.get().stored_as).read_bytes()))
    document.add_paragraph("另请于明日上午到会说明。")
    for run in [run for p in document.paragraphs for run in p.runs if "〔" in run.text]:
        text, run.text = run.text, ""
        for piece in (text[:5], text[5:9], text[9:]):  # as an editor splits texts
            run.add_text(piece)
    edited = BytesIO()
    document.save(edited)
    act(office.reviewer, paper, "change_text", file=upload(edited.getvalue(), "改.docx"))
    paper.refresh_from_db()
    assert (paper.state, paper.reviewed_by, paper.drafted_by.username) == ("drafted", None, "reviewer")
    for author in (office.reviewer, office.drafter):
        assert act(author, paper, "review").status_code == 403

    post = Post.objects.create(unit=warning.supervisor.unit, kind="officer", title="副科长")
    act(sign_in(in_post("second", post)), paper, "review")
    act(office.head, paper, "sign")
    signed = text_of(file_of(office.head, paper, 3))
    assert "另请于明日上午到会说明。" in signed and "督〔2026〕1号" in signed


def test_who_reviewed_does_not_sign(office: Office, warning: Warning) -> None:
    paper = draft(office.drafter, warning)
    act(office.head, paper, "review")
    page = office.head.get(f"/papers/{paper.pk}/").content.decode()
    assert f"/papers/{paper.pk}/sign/" not in page
    assert act(office.head, paper, "sign").status_code == 403
    assert state_of(paper) == "reviewed"
    with pytest.raises(IntegrityError), transaction.atomic():
        PaperHand.objects.create(paper=paper, person=office.head_person, act="sign")


def test_a_former_author_stays_one(office: Office, warning: Warning) -> None:
    paper = draft(office.head, warning)
    same_text_again(office.drafter, paper)  # the last to change it, and not the only author
    assert act(office.head, paper, "review").status_code == 403
    act(office.reviewer, paper, "review")
    assert act(office.head, paper, "sign").status_code == 403
    assert state_of(paper) == "reviewed"


def test_a_reviewer_who_changes_the_text_becomes_an_author_and_one_who_sent_it_back_may_review_again(
    office: Office, warning: Warning
) -> None:
    paper = draft(office.drafter, warning)
    act(office.reviewer, paper, "review")
    act(office.head, paper, "send_back", reason="依据写错")
    same_text_again(office.drafter, paper)
    act(office.reviewer, paper, "review")
    assert state_of(paper) == "reviewed"
    same_text_again(office.reviewer, paper)
    assert act(office.reviewer, paper, "review").status_code == 403
    assert state_of(paper) == "drafted"


def test_a_deputy_signs_for_the_head_but_not_the_head_s_own_text(
    office: Office, warning: Warning, sign_in: SignIn
) -> None:
    secretary, post = in_post("secretary"), office.head_person.holdings.get().post
    stand_in(post, office.head_person, secretary)
    deputy = sign_in(secretary)
    for drafter, status, state in ((office.head, 403, "reviewed"), (office.drafter, 200, "signed")):
        paper = draft(drafter, warning)
        act(office.reviewer, paper, "review")
        assert act(deputy, paper, "sign").status_code == status
        paper.refresh_from_db()
        assert paper.state == state


def test_what_a_deputy_wrote_for_the_head_the_head_does_not_sign(
    office: Office, warning: Warning, sign_in: SignIn
) -> None:
    secretary, post = in_post("secretary"), office.head_person.holdings.get().post
    stand_in(post, office.head_person, secretary)
    paper = draft(sign_in(secretary), warning)
    assert act(office.head, paper, "review").status_code == 403
    act(office.reviewer, paper, "review")
    assert act(office.head, paper, "sign").status_code == 403
    assert state_of(paper) == "reviewed"


def test_what_a_deputy_reviewed_for_the_head_the_head_does_not_sign(
    office: Office, warning: Warning, sign_in: SignIn
) -> None:
    secretary, post = in_post("secretary"), office.head_person.holdings.get().post
    stand_in(post, office.head_person, secretary)
    paper = draft(office.drafter, warning)
    act(sign_in(secretary), paper, "review")
    assert act(office.head, paper, "sign").status_code == 403
    assert state_of(paper) == "reviewed"


def test_who_has_a_post_here_acts_at_it_and_not_at_the_head_s(
    county: County, office: Office, warning: Warning
) -> None:
    post = office.head_person.holdings.get().post
    stand_in(post, office.head_person, Person.objects.get(username="reviewer"))
    paper = draft(office.drafter, warning)
    act(office.reviewer, paper, "review")
    act(office.head, paper, "sign")
    assert state_of(paper) == "signed"


def test_papers_on_their_way_when_parts_began_to_be_kept_keep_theirs(
    office: Office, warning: Warning
) -> None:
    paper = draft(office.drafter, warning)
    act(office.reviewer, paper, "review")
    kept = sorted(PaperHand.objects.values_list("paper", "person", "act"))
    PaperHand.objects.all().delete()
    import_module("anwei.ledgers.migrations.0003_paper_hands").note_hands_of_open_papers(apps, None)
    assert sorted(PaperHand.objects.values_list("paper", "person", "act")) == kept


def test_outside_the_issuer_only_the_valid_version_is_read(
    county: County, office: Office, warning: Warning, sign_in: SignIn
) -> None:
    worker, paper = sign_in(county.worker), draft(office.drafter, warning)
    act(office.reviewer, paper, "send_back", reason="内部意见")
    same_text_again(office.drafter, paper)
    issue(office, paper)
    act(office.drafter, paper, "stamped", file=upload(PDF, "盖章.pdf"))
    answers = [worker.get(f"/papers/{paper.pk}/versions/{number}/").status_code for number in range(1, 5)]
    assert answers == [404, 404, 404, 200]
    page = worker.get(f"/papers/{paper.pk}/").content.decode()
    assert "盖章扫描件" in page
    assert not [words for words in ("系统生成稿", "修改稿", "签发稿", "内部意见") if words in page]
    for inside in (office.drafter, office.reviewer, office.head):
        assert [inside.get(f"/papers/{paper.pk}/versions/{n}/").status_code for n in range(1, 5)] == [200] * 4
    dossier = worker.get(f"/cases/{warning.pk}/dossier.zip")
    names = zipfile.ZipFile(BytesIO(b"".join(dossier.streaming_content))).namelist()
    assert len([name for name in names if "公文/" in name]) == 1


def test_a_paper_is_found_by_its_number_where_it_may_be_read(
    county: County, office: Office, warning: Warning, sign_in: SignIn
) -> None:
    worker, stranger = sign_in(county.worker), sign_in(county.stranger)
    paper = draft(office.drafter, warning)

    def finds(client: Client, query: str) -> bool:
        after_commit()
        answer = client.get("/search/", {"q": query, "in": "ledgers.paper"})
        address = f"/papers/{paper.pk}/"
        return answer.get("Location") == address or f'href="{address}"' in answer.content.decode()

    assert finds(office.reviewer, paper.title) and not finds(worker, paper.title)
    issue(office, paper)
    assert paper.number.endswith("1号")
    assert finds(worker, paper.number) and finds(office.head, paper.number)
    assert not finds(stranger, paper.number)


def waits_for(client: Client, paper: Paper) -> bool:
    """Say whether a paper stands on the desk; the frame counts what the desk shows."""
    context = client.get("/work/").context
    assert context["desk"].n_todo == context["counts"]["todo"]
    lines = [line.address for heap in context["heaps"] for line in heap.lines]
    return f"/papers/{paper.pk}/" in lines


def desks(office: Office, paper: Paper) -> tuple[bool, bool, bool]:
    return tuple(waits_for(client, paper) for client in (office.drafter, office.reviewer, office.head))


def test_a_paper_waits_on_the_desk_of_whose_turn_it_is(
    county: County, office: Office, warning: Warning, sign_in: SignIn
) -> None:
    paper = draft(office.drafter, warning)
    assert desks(office, paper) == (False, True, True)
    page = office.reviewer.get("/work/").content.decode()
    assert paper.title in page and "待审核" in page
    act(office.reviewer, paper, "send_back", reason="依据写错")
    assert desks(office, paper) == (True, False, False)
    same_text_again(office.drafter, paper)
    assert desks(office, paper) == (False, True, True)
    act(office.reviewer, paper, "review")
    assert desks(office, paper) == (False, False, True)
    act(office.head, paper, "sign")
    assert desks(office, paper) == (False, False, False)
    assert not waits_for(sign_in(county.worker), paper)


def test_a_paper_waits_for_nobody_who_or_whose_principal_has_a_part(
    office: Office, warning: Warning, sign_in: SignIn
) -> None:
    head = office.head_person
    deputy = in_post("deputy")
    stand_in(head.holdings.get().post, head, deputy)
    by_drafter, by_head = draft(office.drafter, warning), draft(office.head, warning)
    for paper, waits in ((by_drafter, True), (by_head, False)):
        assert waits_for(sign_in(deputy), paper) is waits
        assert (act(sign_in(deputy), paper, "review").status_code == 200) is waits
    act(office.reviewer, by_head, "review")
    assert not waits_for(sign_in(deputy), by_head) and not waits_for(office.head, by_head)
    assert not waits_for(office.head, by_drafter)  # reviewed in the head's name


def test_where_the_issuer_has_no_head_the_paper_waits_for_the_one_above(
    office: Office, warning: Warning, sign_in: SignIn
) -> None:
    above = Unit.objects.create(kind="government", name="测试县人民政府", territory=COUNTY)
    leader = in_post("leader", Post.objects.create(unit=above, kind="principal", title="县长"))
    Unit.objects.filter(pk=warning.supervisor.unit_id).update(parent=above)
    paper = draft(office.drafter, warning)
    act(office.reviewer, paper, "review")
    assert not waits_for(sign_in(leader), paper)
    Holding.objects.filter(person=office.head_person).delete()
    assert waits_for(sign_in(leader), paper) and not waits_for(office.head, paper)
    assert act(sign_in(leader), paper, "sign").status_code == 200
    assert not waits_for(sign_in(leader), paper)
