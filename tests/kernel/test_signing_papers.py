"""Signing a paper makes its file beforehand: nobody waits for it, and two at once get two numbers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from anwei.ledgers.models import Paper, PaperSeries
from anwei.ledgers.papers import files, services
from anwei.org.models import Person, Post
from tests.kernel.county import NOW, County, build, in_post, open_repair
from tests.pages.test_papers import text_of

pytestmark = pytest.mark.django_db(transaction=True)
N_HANDS = 2


@pytest.fixture
def county(transactional_db: None) -> County:
    return build()


@pytest.fixture
def head(county: County) -> Person:
    return in_post("head", Post.objects.create(unit=county.duty.unit, kind="principal", title="局长"))


@pytest.fixture
def reviewer(county: County) -> Person:
    return in_post("reviewer", Post.objects.create(unit=county.duty.unit, kind="officer", title="科长"))


def reviewed(county: County, reviewer: Person) -> Paper:
    case = open_repair(county)
    paper = services.draft("cases.case", case, "supervision_notice", actor=county.officer, now=NOW)
    return services.review(paper, actor=reviewer, now=NOW)


def sign(person: Person, paper: Paper) -> str:
    """Sign at the door; return what the page says."""
    client = Client()
    client.force_login(person)
    return client.post(f"/papers/{paper.pk}/sign/", follow=True).content.decode()


def signed_text(paper: Paper) -> str:
    return text_of(files.path_of(Paper.objects.get(pk=paper.pk).valid.stored_as).read_bytes())


def test_no_transaction_is_open_while_the_file_is_made(
    county: County, head: Person, reviewer: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper, fill, open_while_filling = reviewed(county, reviewer), files.fill, []

    def watched(content: bytes, marks: dict[str, str]) -> bytes:
        open_while_filling.append(connection.in_atomic_block)
        return fill(content, marks)

    monkeypatch.setattr(files, "fill", watched)
    assert "已签发" in sign(head, paper)
    assert open_while_filling == [False]


def test_two_at_once_get_two_numbers_and_each_file_its_own(
    county: County, head: Person, reviewer: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    papers = [reviewed(county, reviewer) for _hand in range(N_HANDS)]
    both_have_begun, fill, begun = Barrier(N_HANDS), files.fill, []

    def together(content: bytes, marks: dict[str, str]) -> bytes:
        begun.append(marks)
        if len(begun) <= N_HANDS:
            both_have_begun.wait(timeout=20)
        return fill(content, marks)

    monkeypatch.setattr(files, "fill", together)

    def hand(paper: Paper) -> str:
        try:
            return sign(head, paper)
        finally:
            connection.close()

    with ThreadPoolExecutor(N_HANDS) as pool:
        said = list(pool.map(hand, papers))
    assert all("已签发" in text for text in said) and len(begun) == N_HANDS + 1  # the slower one made it anew
    numbers = {Paper.objects.get(pk=paper.pk).number for paper in papers}
    assert {number.partition("〕")[2] for number in numbers} == {"1号", "2号"}
    assert all(Paper.objects.get(pk=paper.pk).number in signed_text(paper) for paper in papers)
    assert PaperSeries.objects.get().last == N_HANDS


def test_a_text_that_changes_meanwhile_is_not_signed(
    county: County, head: Person, reviewer: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper, fill = reviewed(county, reviewer), files.fill
    drafter = Client()
    drafter.force_login(county.officer)

    def slow(content: bytes, marks: dict[str, str]) -> bytes:
        monkeypatch.setattr(files, "fill", fill)
        words: dict[str, Any] = {"file": SimpleUploadedFile("修改稿.docx", content)}
        assert drafter.post(f"/papers/{paper.pk}/change_text/", words).status_code == 302
        return fill(content, marks)

    monkeypatch.setattr(files, "fill", slow)
    assert "请刷新后再办理" in sign(head, paper)
    paper.refresh_from_db()
    assert (paper.state, paper.number, paper.valid) == ("drafted", "", None)
    assert not PaperSeries.objects.exists()
