"""通报 is issued by three hands and never changes; later facts make a correction, the old one stays readable."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
from datetime import date
from hashlib import sha256
from pathlib import Path
from urllib.parse import unquote

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from docx import Document as open_docx
from PIL import Image

from anwei.emergency.models import Accident
from anwei.emergency.services.accidents import LateDeath, record_late_death
from anwei.ledgers.models import Change, GlobalHead, Paper
from anwei.ledgers.papers import services as papers
from anwei.ledgers.papers.errors import PaperError
from anwei.ledgers.papers.files import path_of
from anwei.org.models import Person, Post, Unit
from anwei.oversight.briefing.document import Written
from anwei.oversight.briefing.papers import ANNEXES, document_of
from anwei.oversight.briefing.parts import plain_text
from anwei.oversight.briefing.queries import briefings
from anwei.oversight.models import Briefing, FrozenMonth
from anwei.oversight.services.briefings import NotMade, correct, make, rewrite
from anwei.oversight.services.freezing import freeze_month
from anwei.standards.briefing import layouts
from tests.emergency.test_accidents import accident
from tests.kernel.county import NOW, in_post
from tests.oversight.conftest import Governed
from tests.oversight.planted import plant
from tests.oversight.test_figures import browse

pytestmark = [pytest.mark.db, pytest.mark.django_db]
STEPS = "一是逐条复查超期隐患。\n二是各乡镇十五日前报送进展。"
Hands = tuple[Person, Person, Person]
RENDERED = 60  # dots an inch: enough to see whether a page is empty
LOST = re.compile(r"(?<!\d)-$|[−（]$")  # a sign that lost its number at the end of a line


@pytest.fixture
def hands(governed: Governed) -> tuple[Person, Person, Person]:
    """Who drafts, reviews and signs in the committee office."""
    office = Unit.objects.get(kind="committee_office")
    reviewer = in_post("reviewer", Post.objects.create(unit=office, kind="officer", title="科长"))
    head = in_post("head", Post.objects.create(unit=office, kind="principal", title="主任"))
    return governed.clerk, reviewer, head


def issue(briefing: Briefing, hands: tuple[Person, Person, Person]) -> Paper:
    drafter, reviewer, head = hands
    client = browse(drafter)
    asked = {"register": "oversight.briefing", "row": briefing.pk, "template": "briefing"}
    answer = client.post("/papers/new/", asked)
    assert answer.status_code == 302, answer.content.decode()[:400]
    paper = Paper.objects.get(register="oversight.briefing", row=str(briefing.pk))
    papers.review(paper, actor=reviewer, now=NOW)
    return papers.sign(paper, actor=head, now=NOW)


def written(governed: Governed, months: int = 10, layout: str = "total") -> Briefing:
    made = make(actor=governed.clerk, now=NOW, year=2026, months=months, layout=layout)
    return rewrite(made, Written(next_steps=STEPS), actor=governed.clerk, now=NOW)


def text_of(content: bytes) -> str:
    return "\n".join(paragraph.text for paragraph in open_docx(io.BytesIO(content)).paragraphs)


def test_one_button_makes_a_draft_whose_last_part_a_person_writes(
    governed: Governed, hands: tuple[Person, Person, Person]
) -> None:
    plant(governed)
    client = browse(governed.clerk)
    assert "生成通报" in client.get("/briefings/").content.decode()
    answer = client.post("/briefings/make/", {"year": 2026, "months": 11, "layout": "total"})
    first = Briefing.objects.get()
    assert answer.headers["Location"] == f"/briefings/{first.pk}/"
    page = client.get(f"/briefings/{first.pk}/").content.decode()
    assert "待写" in page and "安全生产情况通报</button>" not in page
    asked = {"register": "oversight.briefing", "row": first.pk, "template": "briefing"}
    assert client.post("/papers/new/", asked).status_code == 403
    assert client.post(f"/briefings/{first.pk}/", {"next_steps": " "}).status_code == 422
    answer = client.post(f"/briefings/{first.pk}/", {"next_steps": STEPS, "problems": "复查不及时。"})
    second = Briefing.objects.get(version=2)
    assert answer.headers["Location"] == f"/briefings/{second.pk}/"
    assert second.snapshot == first.snapshot and second.digest != first.digest
    page = client.get(f"/briefings/{second.pk}/").content.decode()
    assert "待写" not in page and "一是逐条复查超期隐患。" in page and "复查不及时。" in page
    assert "安全生产情况通报</button>" in page
    assert client.post("/papers/new/", asked).status_code == 403  # the former version


def test_a_briefing_stands_on_the_desk_of_whose_hand_it_waits_for(
    governed: Governed, hands: tuple[Person, Person, Person]
) -> None:
    drafter, reviewer, head = hands

    def desks(*lines: str) -> list[list[bool]]:
        pages = [browse(person).get("/work/").content.decode() for person in hands]
        return [[line in page for line in lines] for page in pages]

    first = make(actor=drafter, now=NOW, year=2026, months=10, layout="total")
    assert desks(f'href="/briefings/{first.pk}/"', "下步要求") == [[True, True], [False] * 2, [False] * 2]
    made = rewrite(first, Written(next_steps=STEPS), actor=drafter, now=NOW)
    draft = f'href="/briefings/{made.pk}/"'
    assert desks(f'href="/briefings/{first.pk}/"', draft)[0] == [False, True]
    asked = {"register": "oversight.briefing", "row": made.pk, "template": "briefing"}
    assert browse(drafter).post("/papers/new/", asked).status_code == 302
    paper = Paper.objects.get(register="oversight.briefing", row=str(made.pk))
    line = f'href="/papers/{paper.pk}/"'
    assert desks(draft, line) == [[False, False], [False, True], [False, True]]
    paper = papers.review(paper, actor=reviewer, now=NOW)
    assert desks(draft, line) == [[False, False], [False, False], [False, True]]
    papers.sign(paper, actor=head, now=NOW)
    assert desks(draft, line) == [[False, False]] * 3
    later = make(actor=drafter, now=NOW, year=2026, months=9, layout="total")
    assert desks(f'href="/briefings/{later.pk}/"')[0] == [False]  # a later period has its own already


def test_a_period_that_has_not_begun_and_a_layout_that_is_none_make_nothing(governed: Governed) -> None:
    client = browse(governed.clerk)
    for year, months, layout in (
        (2026, 12, "total"),
        (2027, 1, "total"),
        (2026, 0, "grid"),
        (2026, 3, "none"),
    ):
        answer = client.post("/briefings/make/", {"year": year, "months": months, "layout": layout})
        assert answer.headers["Location"] == "/briefings/"
    assert client.post("/briefings/make/", {"year": "x"}).status_code == 302
    assert not Briefing.objects.exists()


def test_the_signed_paper_carries_the_digest_and_the_head_of_the_chain(
    governed: Governed, hands: tuple[Person, Person, Person]
) -> None:
    plant(governed)
    made = written(governed)
    paper = issue(made, hands)
    assert paper.valid is not None
    text = text_of(path_of(paper.valid.stored_as).read_bytes())
    head = GlobalHead.objects.get(number=made.head_number)
    joined = text.replace(" ", "")
    assert made.digest in joined and head.digest in joined and paper.number in text
    told = {
        "snapshot": made.snapshot,
        "layout": "total",
        "causes": "",
        "problems": "",
        "next_steps": STEPS,
        "differences": [],
        "corrects": "",
        "reason": "",
    }
    spelled = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert sha256(spelled.encode()).hexdigest() == made.digest
    assert (
        Change.objects.get(register="oversight.briefing", row=str(made.pk)).content["digest"] == made.digest
    )
    content = path_of(paper.valid.stored_as).read_bytes()
    charts = [name for name in _names(content) if name.startswith("word/charts/chart")]
    assert len(charts) == 2
    client = browse(governed.clerk)
    assert "已印发" in client.get("/briefings/").content.decode()
    signed = client.get(f"/briefings/{made.pk}/docx/", follow=True)
    assert signed.getvalue() == content
    with pytest.raises(NotMade, match="不能再改"):
        rewrite(made, Written(next_steps="改"), actor=governed.clerk, now=NOW)


def _names(content: bytes) -> list[str]:
    from zipfile import ZipFile

    return ZipFile(io.BytesIO(content)).namelist()


def test_the_database_keeps_every_version(governed: Governed) -> None:
    made = make(actor=governed.clerk, now=NOW, year=2026, months=10, layout="grid")
    for change in (
        lambda: Briefing.objects.update(next_steps="改"),
        lambda: Briefing.objects.update(snapshot={}),
        lambda: Briefing.objects.all()._raw_delete(Briefing.objects.db),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()
    row = {
        name: getattr(made, name)
        for name in ("year", "months", "layout", "as_of", "post", "made_by", "made_at", "snapshot", "digest")
    }
    head = {"head_number": made.head_number, "head_digest": made.head_digest}
    for wrong in ({"version": 1}, {"version": 2, "corrects": made}, {"version": 2, "reason": "无"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Briefing.objects.create(**row, **head, **wrong)


def test_a_late_death_is_told_by_a_correction_with_the_difference(
    governed: Governed, hands: tuple[Person, Person, Person]
) -> None:
    plant(governed)
    row = accident(happened_on=date(2026, 10, 28), deaths=2, serious_injuries=2, sector="coal")
    freeze_month(actor=governed.leader, now=NOW, year=2026, month=10)
    former = written(governed)
    issue(former, hands)
    deaths = _deaths(former)
    client = browse(governed.clerk)
    page = client.get(f"/briefings/{former.pk}/").content.decode()
    assert "与通报的数一致" in page and "生成更正" not in page
    with pytest.raises(NotMade, match="没有变化"):
        correct(former, actor=governed.clerk, now=NOW, reason="再核")
    record_late_death(
        Accident.objects.get(pk=row.pk),
        LateDeath(date(2026, 11, 20)),
        actor=governed.leader,
        now=NOW,
        reason="医院证明",
    )
    assert _deaths(Briefing.objects.get(pk=former.pk)) == deaths  # what was issued says the same
    page = client.get(f"/briefings/{former.pk}/").content.decode()
    assert "死亡人数：全县（人）" in page and f"{row.number} 死亡" in page and "生成更正" in page
    assert client.post(f"/briefings/{former.pk}/correct/", {"reason": " "}).status_code == 422
    assert Briefing.objects.count() == 2
    reason = "10月28日事故1名伤员11月20日死亡"
    client.post(f"/briefings/{former.pk}/correct/", {"reason": reason})
    made = Briefing.objects.get(corrects=former)
    assert _deaths(made) == deaths + 1
    assert FrozenMonth.objects.get(month_begins=date(2026, 10, 1), issue=2).reason == reason
    first = document_of(made).sections[0]
    rows = [[str(cell) for cell in cells] for cells in first.sheets[0].rows]
    assert ["死亡人数：全县（人）", str(deaths), str(deaths + 1), reason] in rows
    assert ["死亡人数：煤矿（人）"] in [cells[:1] for cells in rows]
    assert ["较大及以上事故起数：全县（起）"] in [cells[:1] for cells in rows]
    assert not any("隐患" in cells[0] for cells in rows)
    assert made.snapshot["cells"]["hazards_open"] == former.snapshot["cells"]["hazards_open"]
    assert document_of(made).title.startswith("关于更正")
    page = client.get(f"/briefings/{made.pk}/").content.decode()
    assert (
        f'<td data-label="原因">{reason}' in page.partition('<table class="ledger printed-table stack">')[2]
    )
    number = briefings().get(pk=former.pk).number
    assert f"《关于2026年1—10月全县安全生产情况的通报》（{number}）" in plain_text(first.texts[0])
    again = rewrite(made, Written(next_steps="按更正后的数整改。"), actor=governed.clerk, now=NOW)
    assert again.corrects == former and again.differences == made.differences
    issue(again, hands)
    old = client.get(f"/briefings/{former.pk}/").content.decode()
    assert "死亡<a" in old and reason in old
    with pytest.raises(NotMade, match="最近的一期"):
        correct(former, actor=governed.clerk, now=NOW, reason="又来")


def test_a_draft_of_numbers_that_moved_goes_no_further_until_it_is_made_anew(
    governed: Governed, hands: tuple[Person, Person, Person]
) -> None:
    """Records that moved, then the month issued again: refused at drafting, reviewing and signing, and told."""
    drafter, reviewer, head = hands
    row = accident(happened_on=date(2026, 10, 28), deaths=2, serious_injuries=3)
    freeze_month(actor=governed.leader, now=NOW, year=2026, month=10)
    draft, in_hand = written(governed), written(governed, layout="grid")
    client = browse(drafter)

    def asked(briefing: Briefing) -> dict[str, object]:
        return {"register": "oversight.briefing", "row": briefing.pk, "template": "briefing"}

    assert "重新生成" not in client.get(f"/briefings/{draft.pk}/").content.decode()
    client.post("/papers/new/", asked(in_hand))
    paper = Paper.objects.get(row=str(in_hand.pk))

    def dies(day: int) -> None:
        late = LateDeath(date(2026, 11, day))
        record_late_death(row, late, actor=governed.leader, now=NOW, reason="医院证明")

    dies(20)
    page = client.get(f"/briefings/{draft.pk}/").content.decode()
    assert "事故记录有变化" in page and f"/briefings/{draft.pk}/anew/" in page
    with pytest.raises(PaperError, match="事故记录有变化"):
        papers.review(paper, actor=reviewer, now=NOW)
    answer = client.post(f"/briefings/{draft.pk}/anew/", follow=True)
    assert "请先在统计指标中更正" in answer.content.decode()  # a month is corrected first
    freeze_month(actor=governed.leader, now=NOW, year=2026, month=10, reason="医院证明")
    assert "2026-10 定版后又有更正" in client.get(f"/briefings/{draft.pk}/").content.decode()
    answer = client.post("/papers/new/", asked(draft))
    assert answer.status_code == 403 and "定版后又有更正" in answer.content.decode()
    answer = browse(reviewer).post(f"/papers/{paper.pk}/review/")
    assert answer.status_code == 422 and "定版后又有更正" in answer.content.decode()
    answer = client.post(f"/briefings/{draft.pk}/anew/")
    made = Briefing.objects.latest("pk")
    assert answer.headers["Location"] == f"/briefings/{made.pk}/"
    assert made.next_steps == STEPS and _deaths(made) == _deaths(draft) + 1
    client.post("/papers/new/", asked(made))
    good = papers.review(Paper.objects.get(row=str(made.pk)), actor=reviewer, now=NOW)
    dies(21)
    with pytest.raises(PaperError, match="事故记录有变化"):
        papers.sign(good, actor=head, now=NOW)


def _deaths(briefing: Briefing) -> int:
    text = "".join(plain_text(text) for section in document_of(briefing).sections for text in section.texts)
    return int(text.partition("起，死亡")[2].partition("人")[0])


def test_officials_read_what_is_issued_and_only_the_county_drafts(
    governed: Governed, hands: tuple[Person, Person, Person]
) -> None:
    county = governed.county
    none = {one: browse(one).get("/briefings/").content.decode() for one in (governed.clerk, county.townsman)}
    assert ["点“生成通报”" in page for page in none.values()] == [True, False]
    made = written(governed)
    address = f"/briefings/{made.pk}/"

    def reads(person: Person) -> list[int]:
        client: Client = browse(person)
        return [client.get(one).status_code for one in ("/briefings/", address, f"{address}xlsx/")]

    assert reads(governed.leader) == [200, 200, 200]
    assert reads(county.townsman) == [200, 404, 404] and reads(county.worker) == [403, 404, 404]
    for person in (county.townsman, county.worker):
        answer = browse(person).post("/briefings/make/", {"year": 2026, "months": 10, "layout": "total"})
        assert answer.status_code == 403
    issue(made, hands)
    assert reads(county.townsman) == [200, 200, 200] and reads(county.worker) == [403, 404, 404]
    assert browse(county.townsman).post(address, {"next_steps": "改"}).status_code == 403
    assert browse(county.townsman).post(f"{address}correct/", {"reason": "改"}).status_code == 403
    page = browse(county.townsman).get(address).content.decode()
    assert "生成更正" not in page and "只列您管辖范围内的" in page


@pytest.mark.parametrize("layout", ["total", "sectors", "grid"])
def test_office_opens_the_paper_and_no_page_of_it_is_empty(
    governed: Governed, layout: str, tmp_path: Path
) -> None:
    soffice, pdftoppm = shutil.which("soffice"), shutil.which("pdftoppm")
    if soffice is None or pdftoppm is None:
        print("LibreOffice or pdftoppm is not installed: the paper is not rendered")
        pytest.skip("LibreOffice or pdftoppm is not installed")
    plant(governed)
    made = written(governed, layout=layout)
    answer = browse(governed.clerk).get(f"/briefings/{made.pk}/docx/")
    content = answer.content
    assert f"{layouts()[layout].name[:4]}" in unquote(answer.headers["Content-Disposition"])
    (tmp_path / "paper.docx").write_bytes(content)
    profile = f"-env:UserInstallation=file://{tmp_path}/office"
    convert = [soffice, profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path)]
    subprocess.run([*convert, str(tmp_path / "paper.docx")], check=True, capture_output=True, timeout=120)
    render = [pdftoppm, "-r", str(RENDERED), "-png", str(tmp_path / "paper.pdf"), str(tmp_path / "page")]
    subprocess.run(render, check=True, capture_output=True, timeout=60)
    pages = sorted(tmp_path.glob("page-*.png"))
    assert 5 <= len(pages) <= 12
    told = ["pdftotext", "-layout", str(tmp_path / "paper.pdf"), "-"]
    sheets = subprocess.run(told, check=True, capture_output=True, text=True, timeout=60).stdout.split("\f")
    first_lines = [[line.replace(" ", "") for line in sheet.splitlines() if line.strip()] for sheet in sheets]
    heads = [lines[:2] for lines in first_lines if lines and re.match(r"附件\d", lines[0])]
    assert heads == [[f"附件{n}", name] for n, name in enumerate(ANNEXES, 1)]  # each on a page of its own
    lines = [line for page in first_lines for line in page]
    assert any("−" in line for line in lines) and not [line for line in lines if LOST.search(line)]
    assert not [line for line in lines if "共4条" in line]
    heads_of_pages = [lines[0] for lines in first_lines if lines]
    assert not [head for head in heads_of_pages if head.startswith(("合计", "2.", "校验值"))]
    for page in pages:
        with Image.open(page) as picture:
            grey = picture.convert("L")
            body = grey.crop((0, 0, grey.width, round(grey.height * 0.85)))  # without the number in the foot
            assert sum(body.histogram()[:128]) > 100, page.name
