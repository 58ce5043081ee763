"""通报: every cell as an independent count has it, the same on the screen and in both files, with its rows."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation
from docx import Document as open_docx
from python_calamine import CalamineWorkbook

from anwei.hazards.services.opening import Whereabouts, file_hazard
from anwei.oversight.briefing import records
from anwei.oversight.briefing.book import Book
from anwei.oversight.briefing.papers import document_of
from anwei.oversight.briefing.parts import Figure, Sheet, plain_text
from anwei.oversight.models import Briefing
from anwei.oversight.services.briefings import make
from anwei.oversight.services.freezing import freeze_month
from anwei.standards.accidents import type_name
from tests.emergency.test_accidents import accident
from tests.kernel.county import COUNTY, NOW, OTHER_TOWN, TOWN
from tests.oversight import recount
from tests.oversight.conftest import Governed
from tests.oversight.planted import plant
from tests.oversight.test_figures import browse

pytestmark = [pytest.mark.db, pytest.mark.django_db]
PLACES = {"甲镇": TOWN, "乙镇": OTHER_TOWN, "县直": COUNTY, "合计": "*"}
SECTORS = {
    "煤矿": ("coal",),
    "非煤矿山": ("mine",),
    "危险化学品": ("chemical",),
    "烟花爆竹": ("fireworks",),
    "建筑施工": ("construction",),
    "道路交通": ("road",),
    "消防": ("fire",),
    "工贸": ("industry",),
    "燃气": ("gas",),
    "其他": ("",),
    "合计": None,
}
INDUSTRIES = (
    ("coal", "mine"),
    ("chemical", "fireworks", "industry"),
    ("construction",),
    ("road",),
    ("fire", "gas", ""),
    None,
)
FOUR = ("accidents", "deaths", "injuries", "loss")


@dataclass(frozen=True)
class Way:
    """A period, whose years count by opening figures, and by which day each year is counted and compared."""

    months: int
    opening_of: tuple[int, ...]
    counted: date
    compared: date


WAYS = (
    Way(10, (2024,), date(2026, 10, 31), date(2026, 10, 31)),
    Way(11, (), date(2026, 11, 24), date(2026, 11, 24)),  # day by day in all years
    Way(11, (2024,), date(2026, 11, 24), date(2026, 10, 31)),  # whole months only: those that ended
)


def told(governed: Governed, layout: str, way: Way) -> Briefing:
    plant(governed, opening_of=way.opening_of)
    return make(actor=governed.clerk, now=NOW, year=2026, months=way.months, layout=layout)


def sheets(briefing: Briefing) -> dict[str, Sheet]:
    document = document_of(briefing)
    return {
        sheet.title: sheet
        for sheet in (*(one for section in document.sections for one in section.sheets), *document.annexes)
    }


class Count:
    """The independent count of a planted county, as a way asks."""

    def __init__(self, way: Way) -> None:
        self.rows, self.way = recount.counted(), way

    def now(self, measure: str, place: str = "*", sectors: Any = None) -> Decimal:
        return recount.total(self.rows, measure, date(2026, 1, 1), self.way.counted, place, sectors)

    def beside(self, measure: str, place: str = "*", sectors: Any = None) -> str:
        """What a table says beside a number: nothing of fewer months than that has."""
        return "—" if self.way.compared < self.way.counted else self.change(measure, place, sectors)

    def change(self, measure: str, place: str = "*", sectors: Any = None) -> str:
        this, before = (
            recount.total(
                self.rows, measure, date(year, 1, 1), self.way.compared.replace(year=year), place, sectors
            )
            for year in (2026, 2025)
        )
        return recount.percent(this, before)

    def four(self, place: str, sectors: Any) -> Iterator[str]:
        for measure in FOUR:
            yield f"{self.now(measure, place, sectors).normalize():f}"
            yield self.beside(measure, place, sectors)


def written(rows: Any) -> list[list[str]]:
    return [[str(cell) for cell in row] for row in rows]


@pytest.mark.parametrize("way", WAYS, ids=("whole", "same-day", "ended"))
def test_tables_by_sector_and_township_are_as_counted_again(governed: Governed, way: Way) -> None:
    tables, count = sheets(told(governed, "total", way)), Count(way)
    assert count.now("accidents") >= 9 and count.now("deaths")
    assert written(tables["分行业事故情况"].rows) == [
        [name, *count.four("*", sectors)] for name, sectors in SECTORS.items()
    ]
    assert written(tables["分乡镇事故情况"].rows) == [
        [name, *count.four(place, None)] for name, place in PLACES.items()
    ]
    dashes = [cell for row in written(tables["分行业事故情况"].rows) for cell in row if cell == "—"]
    assert dashes  # a zero base is none of nought


@pytest.mark.parametrize("way", WAYS, ids=("whole", "same-day", "ended"))
def test_the_grid_of_townships_and_industries_is_as_counted_again(governed: Governed, way: Way) -> None:
    tables, count = sheets(told(governed, "grid", way)), Count(way)
    for title, measure in (("各乡镇分行业事故起数", "accidents"), ("各乡镇分行业死亡人数", "deaths")):
        assert written(tables[title].rows) == [
            [
                name,
                *(f"{count.now(measure, place, one):f}" for one in INDUSTRIES),
                count.beside(measure, place),
            ]
            for name, place in PLACES.items()
        ]


@pytest.mark.parametrize("way", WAYS, ids=("whole", "same-day", "ended"))
def test_the_sentences_of_all_layouts_are_as_counted_again(governed: Governed, way: Way) -> None:
    plant(governed, opening_of=way.opening_of)
    count = Count(way)
    texts = {}
    for layout in ("total", "sectors", "grid"):
        made = make(actor=governed.clerk, now=NOW, year=2026, months=way.months, layout=layout)
        assert any("按GB 6441-1986，从这一天起的按GB 6441-2025" in line for line in document_of(made).foot)
        texts[layout] = "\n".join(
            plain_text(text) for section in document_of(made).sections for text in section.texts
        )
    n, deaths, injuries, loss = (f"{count.now(measure).normalize():f}" for measure in FOUR)
    for text in texts.values():
        assert "1986" not in text and "(" not in text
        assert ("截至2026年11月24日（11月未结束）" in text) == (way.months == 11)
        assert f"发生较大及以上事故{count.now('larger')}起" in text
        for measure, name in (("accidents", "事故起数"), ("deaths", "死亡人数"), ("injuries", "受伤人数")):
            assert (
                _moved(count, way, measure, name) in text
                or _moved(count, way, measure, name, "，同比") in text
            )
    assert f"生产安全事故{n}起，死亡{deaths}人，受伤{injuries}人，直接经济损失{loss}万元" in texts["total"]
    assert f"生产安全事故{n}起（其中亡人事故{count.now('fatal')}起）、死亡{deaths}人" in texts["sectors"]
    road = [count.now(measure, sectors=("road",)) for measure in ("accidents", "deaths")]
    assert f"（一）道路运输。发生事故{road[0]}起（死亡{road[1]}人），同比" in texts["sectors"]
    assert f"道路运输{road[0]}起、死亡{road[1]}人" in texts["grid"]
    assert "没有前两年同期的记录" not in texts["total"] and "与前两年同期平均相比" in texts["total"]
    before = [
        recount.total(count.rows, "deaths", date(year, 1, 1), way.compared.replace(year=year))
        for year in (2024, 2025)
    ]
    this = recount.total(count.rows, "deaths", date(2026, 1, 1), way.compared)
    mean = sum(before, Decimal(0)) / 2
    pair = [
        recount.total(count.rows, "accidents", date(year, 1, 1), way.compared.replace(year=year))
        for year in (2026, 2025)
    ]
    both = f"1—10月{pair[0]}起，上年同期{pair[1]}起）"
    assert all((both in text) == (way.compared < way.counted) for text in texts.values())
    assert f"死亡人数{_words(this, mean)}" in texts["total"].partition("前两年同期平均")[2]


def _moved(count: Count, way: Way, measure: str, name: str, between: str = "") -> str:
    this, before = (
        recount.total(count.rows, measure, date(year, 1, 1), way.compared.replace(year=year))
        for year in (2026, 2025)
    )
    if between:
        return f"{name}{count.now(measure):f}{'起' if measure == 'accidents' else '人'}{between}" + _words(
            this, before, "起" if measure == "accidents" else "人"
        )
    return name + _words(this, before, "起" if measure == "accidents" else "人")


def _words(this: Decimal, before: Decimal, unit: str = "人") -> str:
    """Say how it moved, without what a test says of it."""
    if this == before:
        return "持平"
    how = "上升" if this > before else "下降"
    base = "" if before else "同期"
    return f"{how}{abs(this - before).normalize():f}{unit}（" + (
        recount.percent(this, before) if not base else ""
    )


def test_hazards_and_enforcement_are_as_counted_again(governed: Governed) -> None:
    made = told(governed, "total", WAYS[0])
    text = "\n".join(plain_text(text) for section in document_of(made).sections for text in section.texts)
    within = "found_at >= '2025-12-31 16:00' AND found_at < '2026-10-31 16:00'"
    found = recount.hazards(within)
    tipped = recount.hazards(f"{within} AND origin = 'tip_off'")
    assert found and tipped
    assert f"全县共排查隐患{found}条" in text and f"举报并登记隐患{tipped}件" in text
    assert f"未销号隐患{recount.hazards('closed_at IS NULL')}条" in text
    table = {row[0]: str(row[1]) for row in sheets(made)["附件2 隐患统计表"].rows}
    for name, place in list(PLACES.items())[:2]:
        assert table[name] == str(recount.hazards(f"{within} AND territory LIKE '{place}%'"))


def test_screen_paper_and_sheet_say_the_same_numbers(governed: Governed) -> None:
    plant(governed)
    freeze_month(actor=governed.leader, now=NOW, year=2026, month=10)
    made = make(actor=governed.clerk, now=NOW, year=2026, months=10, layout="total")
    client = browse(governed.clerk)
    lines = {line.indicator.key: line for line in client.get("/figures/").context["lines"]}
    shown = {
        key: lines[key].whole.text for key in ("acc_cnt", "acc_death", "acc_injury", "acc_loss", "large_cnt")
    }
    assert all(shown.values()) and shown["acc_cnt"] != "0"
    book = CalamineWorkbook.from_filelike(io.BytesIO(client.get(f"/briefings/{made.pk}/xlsx/").content))
    totals = {row[0]: row for row in book.get_sheet_by_name("总表").to_python()}
    paper = open_docx(io.BytesIO(client.get(f"/briefings/{made.pk}/docx/").content))
    text = "\n".join(paragraph.text for paragraph in paper.paragraphs)
    page = re.sub(r"<[^>]+>", "", client.get(f"/briefings/{made.pk}/").content.decode())
    for key, name in (
        ("acc_cnt", "事故起数"),
        ("acc_death", "死亡人数"),
        ("acc_injury", "受伤人数"),
        ("acc_loss", "直接经济损失"),
        ("large_cnt", "较大及以上事故起数"),
    ):
        assert f"{totals[name][2]:g}" == shown[key], key
    assert (
        "，尚未判定等级" in text and "0000条" not in text
    )  # of a frozen month, with the decimals of its column
    for words in (
        f"生产安全事故{shown['acc_cnt']}起，死亡{shown['acc_death']}人",
        "已定版的月份（2026-10）用定版数",
    ):
        assert words in text and words in page
    assert lines["acc_cnt"].last_year.before == f"{totals['事故起数'][3]:g}"
    assert lines["acc_cnt"].two_years.before == f"{totals['事故起数'][6]:g}"


def test_the_book_holds_every_table_with_numbers_as_numbers(governed: Governed) -> None:
    made = told(governed, "grid", WAYS[0])
    content = browse(governed.clerk).get(f"/briefings/{made.pk}/xlsx/").content
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    for title, sheet in sheets(made).items():
        rows = book.get_sheet_by_name(title).to_python()
        assert rows[0] == list(sheet.heads)
        for row, cells in zip(rows[1:], sheet.rows, strict=False):
            for value, cell in zip(row, cells, strict=True):
                if isinstance(cell, Figure) and cell.value is not None:
                    assert isinstance(value, float | int) and value == pytest.approx(float(cell.value))
                else:
                    assert value == str(cell)
    assert content.count(b"xl/charts/chart") >= 2


@pytest.mark.parametrize("layout", ["total", "grid"])
def test_every_count_opens_just_its_rows(governed: Governed, layout: str) -> None:
    made = told(governed, layout, WAYS[1])
    client, opened = browse(governed.clerk), 0
    table = sheets(made)["各乡镇分行业事故起数" if layout == "grid" else "分行业事故情况"]
    columns = range(1, 7) if layout == "grid" else (1,)
    for row in table.rows:
        for cell in (row[place] for place in columns):
            assert isinstance(cell, Figure)
            assert sum(client.get(door.url).context["listing"].count for door in cell.doors) == (
                cell.value or 0
            )
            opened += len(cell.doors)
    assert opened > 5
    page = client.get(f"/briefings/{made.pk}/").content.decode()
    assert page.count("/ledgers/accidents/?") > 10
    lines = [re.sub(r"<[^>]+>", "", line) for line in re.findall(r"<p>(.*?)</p>", page)]
    texts = [plain_text(text) for section in document_of(made).sections for text in section.texts]
    assert texts == [line for line in lines if line in texts]  # no door within a sentence


def test_the_gravest_accident_is_the_one_to_learn_from(governed: Governed) -> None:
    """Not the first of seven types with one each; who is still missing is told, and is no death."""
    row = accident(happened_on=date(2026, 1, 5), place="粮库", type="09", minor_injuries=1)
    made = make(actor=governed.clerk, now=NOW, year=2026, months=10, layout="total")
    assert "对照自查" not in records.next_steps(Book(made.snapshot))
    accident(happened_on=date(2026, 6, 3), place="一号井", sector="coal", deaths=3, missing=1)
    made = make(actor=governed.clerk, now=NOW, year=2026, months=10, layout="total")
    book = Book(made.snapshot)
    told = f"6月3日一号井{type_name('WSA10010')}，死亡3人、下落不明1人，较大事故"
    assert plain_text(records.problems(book)[0]) == f"最重的一起：{told}。"
    assert records.next_steps(book).splitlines()[0].startswith(f"吸取“{told}”的教训")
    page = browse(governed.clerk).get(f"/briefings/{made.pk}/").content.decode()
    assert told in page and "另有下落不明1人，不计入死亡" in page and row.number in page


def test_what_changed_since_is_said_beside_the_doors(governed: Governed) -> None:
    made = told(governed, "total", WAYS[1])
    client = browse(governed.clerk)
    assert "与通报的数一致" in client.get(f"/briefings/{made.pk}/").content.decode()
    row = accident(happened_on=date(2026, 11, 20), deaths=1)
    file_hazard(
        Whereabouts(governed.county.enterprise),
        actor=governed.officer,
        now=NOW,
        origin="inspection",
        description="补登",
        found_at=NOW,
    )
    page = client.get(f"/briefings/{made.pk}/").content.decode().partition('id="since"')[2]
    changed = re.findall(r'lang="zh-Hans">(.*?)</td><td[^>]*>(.*?)</td><td[^>]*>(.*?)</td>', page)
    assert (row.number, "不计入", "计入") in changed
    assert ("排查隐患（条）", "9", "10") in changed and ("未销号隐患（条）", "9", "10") in changed
    assert {what for what, _was, _now in changed} >= {"事故起数：全县（起）", "死亡人数：全县（人）"}
    assert Briefing.objects.get() == made and "生成更正" not in page


def test_who_reads_english_makes_the_same_briefing(governed: Governed) -> None:
    chinese = told(governed, "total", WAYS[0]).snapshot
    with translation.override("en"):
        made = make(actor=governed.clerk, now=NOW, year=2026, months=WAYS[0].months, layout="total")
    assert made.snapshot == chinese
    assert dict(made.snapshot["sectors"])["coal"] == "煤矿"
