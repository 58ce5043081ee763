"""A published number never moves: months are frozen, corrected by a new issue, and the same everywhere."""

from __future__ import annotations

import io
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from python_calamine import CalamineWorkbook

from anwei.cases.indicators import Number, indicator, indicators
from anwei.cases.periods import span_of
from anwei.emergency.services.accidents import LateDeath, record_late_death
from anwei.emergency.services.opening import save_opening
from anwei.hazards.models import Hazard
from anwei.hazards.services.opening import Whereabouts, file_hazard
from anwei.ledgers.models import Change, Setting
from anwei.ledgers.saving import Edit
from anwei.org.models import Person
from anwei.oversight import tasks
from anwei.oversight.figures import differences, figures
from anwei.oversight.models import FrozenFigure, FrozenMonth
from anwei.oversight.schedule import a_month_waits
from anwei.oversight.services import freezing
from anwei.oversight.services.freezing import NotFrozen, freeze_month
from tests.emergency.test_accidents import accident
from tests.kernel.county import NOW, OTHER_TOWN, TOWN
from tests.oversight.conftest import Governed

pytestmark = pytest.mark.db
OCTOBER = span_of("2026-10")
DEATHS = indicator("acc_death")


def browse(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def told(person: Person | None, key: str, *months: str, **narrow: str) -> Any:
    span = span_of("2026")
    assert span is not None
    return figures(person, NOW, span, [indicator(key)]).number(indicator(key), months, **narrow).n


def frozen_october(governed: Governed) -> Any:
    """Have an accident of October, whose month is frozen."""
    row = accident(happened_on=date(2026, 10, 28), deaths=2, serious_injuries=2)
    freeze_month(actor=governed.leader, now=NOW, year=2026, month=10)
    return row


@pytest.mark.django_db
def test_a_late_death_does_not_move_what_was_published(governed: Governed) -> None:
    row = frozen_october(governed)
    late = LateDeath(date(2026, 11, 20))
    record_late_death(row, late, actor=governed.leader, now=NOW, reason="医院证明")
    assert told(None, "acc_death", "2026-10") == 2
    assert told(None, "large_cnt", "2026-10") == 0
    client = browse(governed.leader)
    page = client.get("/figures/?year=2026").content.decode()
    assert "定版后有变化" in page and "2026-10 更正" in page
    asked = {"month": "2026-10", "reason": "10月28日事故1名伤员11月20日死亡"}
    client.post("/figures/freeze/", {**asked, "only": ["2026-09:acc_death"]})  # none of that month
    assert FrozenMonth.objects.count() == 1
    ticked = re.findall(r'name="only" value="([^"]+)"', page)
    assert {"2026-10:acc_death", "2026-10:large_cnt"} <= {*ticked}
    assert client.post("/figures/freeze/", {**asked, "only": ticked}).status_code == 302
    assert told(None, "acc_death", "2026-10") == 3 and told(None, "large_cnt", "2026-10") == 1
    issue = FrozenMonth.objects.get(issue=2)
    assert differences(None, issue)["acc_death"] == (2, 3) and issue.reason
    page = client.get("/figures/?year=2026").content.decode()
    assert "定版后有变化" not in page and re.search(r"死亡人数 <del[^>]*>2</del> → 3", page)
    assert set(FrozenFigure.objects.filter(indicator="acc_death").values_list("numerator", flat=True)) == {
        2,
        3,
    }
    assert Change.objects.filter(register="oversight.frozenmonth", row="2026-10").count() == 2


@pytest.mark.django_db
def test_what_goes_on_after_a_month_is_no_mistake_of_it(governed: Governed) -> None:
    """A hazard closed off later changes no published rate; a correction touches what its reason names."""
    for day in range(1, 7):
        file_hazard(
            Whereabouts(governed.county.enterprise),
            actor=governed.officer,
            now=NOW,
            origin="inspection",
            description=f"十月隐患{day}",
            found_at=datetime(2026, 10, day, 2, tzinfo=UTC),
        )
    freeze_month(actor=governed.leader, now=NOW, year=2026, month=10)
    first = Hazard._base_manager.order_by("pk")[:1].values("pk")
    Hazard._base_manager.filter(pk__in=list(first.values_list("pk", flat=True))).update(
        phase="closed", outcome="rectified", closed_at=NOW
    )
    client = browse(governed.leader)
    assert "定版后有变化" not in client.get("/figures/?year=2026").content.decode()
    accident(happened_on=date(2026, 10, 28), deaths=1, sector="coal")
    page = client.get("/figures/?year=2026").content.decode()
    ticked = [one for one in re.findall(r'name="only" value="([^"]+)"', page) if one.endswith(":acc_cnt")]
    client.post("/figures/freeze/", {"month": "2026-10", "reason": "10月28日漏报1起", "only": ticked})
    assert set(differences(None, FrozenMonth.objects.get(issue=2))) == {"acc_cnt"}


@pytest.mark.django_db
def test_of_two_at_once_the_later_count_stays(governed: Governed, monkeypatch: pytest.MonkeyPatch) -> None:
    """One has counted; before it is written, somebody else enters an accident and corrects the month."""
    frozen_october(governed)
    accident(happened_on=date(2026, 10, 3))
    keep, others = freezing._keep, []

    def meanwhile(*args: Any, **more: Any) -> Any:
        if not others:
            others.append("又一起")
            accident(happened_on=date(2026, 10, 4))
            freeze_month(actor=governed.clerk, now=NOW, year=2026, month=10, reason="又一起")
        return keep(*args, **more)

    monkeypatch.setattr(freezing, "_keep", meanwhile)
    with pytest.raises(NotFrozen, match="别人"):
        freeze_month(actor=governed.leader, now=NOW, year=2026, month=10, reason="漏报一起")
    assert told(None, "acc_cnt", "2026-10") == 3


@pytest.mark.django_db
def test_a_month_is_frozen_once_when_it_is_over(governed: Governed) -> None:
    with pytest.raises(NotFrozen, match="还没有结束"):
        freeze_month(actor=None, now=NOW, year=2026, month=11)
    frozen_october(governed)
    with pytest.raises(NotFrozen, match="须写明原因"):
        freeze_month(actor=None, now=NOW, year=2026, month=10)
    with pytest.raises(NotFrozen, match="没有差别"):
        freeze_month(actor=None, now=NOW, year=2026, month=10, reason="再看一遍")
    assert FrozenMonth.objects.count() == 1


@pytest.mark.django_db
def test_the_database_keeps_what_was_published(governed: Governed) -> None:
    frozen_october(governed)
    kept = FrozenMonth.objects.get()
    for change in (
        lambda: FrozenFigure.objects.update(numerator=0),
        lambda: FrozenFigure.objects.all().delete(),
        lambda: FrozenMonth.objects.update(reason="改"),
        lambda: FrozenMonth.objects.all()._raw_delete(FrozenMonth.objects.db),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()
    for issue, reason in ((1, "再来"), (2, "")):
        with pytest.raises(IntegrityError), transaction.atomic():
            FrozenMonth.objects.create(
                month_begins=kept.month_begins, issue=issue, frozen_at=NOW, reason=reason, digest="x"
            )


@pytest.mark.django_db
def test_who_is_not_of_the_county_freezes_nothing(governed: Governed) -> None:
    for person in (governed.county.townsman, governed.county.worker):
        assert browse(person).post("/figures/freeze/", {"month": "2026-10"}).status_code == 403
    assert browse(governed.leader).post("/figures/freeze/", {"month": "nonsense"}).status_code == 302
    assert not FrozenMonth.objects.exists()


@pytest.mark.django_db
def test_the_background_freezes_on_the_day_that_is_set(governed: Governed, time_machine: Any) -> None:
    early, due = datetime(2026, 12, 4, 1, tzinfo=UTC), datetime(2026, 12, 5, 1, tzinfo=UTC)
    assert not a_month_waits(due)  # nothing was recorded here when November began
    freeze_month(actor=governed.leader, now=NOW, year=2025, month=1)  # of a year that somebody imports
    assert not a_month_waits(due)
    freeze_month(actor=governed.leader, now=NOW, year=2026, month=10)
    assert not a_month_waits(early) and a_month_waits(due)
    Setting.objects.create(
        key="statistics", value={"freeze_on": 3}, changed_by=governed.leader, changed_at=NOW, reason="提前"
    )
    assert a_month_waits(early)
    time_machine.move_to(early)
    tasks.freeze_last_month.call()
    assert FrozenMonth.objects.get(frozen_by=None).key == "2026-11"
    assert not a_month_waits(early)


@pytest.mark.django_db
def test_months_that_passed_while_nothing_ran_are_frozen(governed: Governed, time_machine: Any) -> None:
    freeze_month(actor=governed.leader, now=NOW, year=2026, month=9)
    time_machine.move_to(late := datetime(2027, 2, 6, 1, tzinfo=UTC))
    while a_month_waits(late):
        tasks.freeze_last_month.call()
    found = sorted(one.key for one in FrozenMonth.objects.all())
    assert found == ["2026-09", "2026-10", "2026-11", "2026-12", "2027-01"]


@pytest.mark.django_db
def test_each_sees_the_frozen_figures_of_the_own_townships_and_sectors(governed: Governed) -> None:
    county = governed.county
    accident(happened_on=date(2026, 10, 5), enterprise=county.enterprise.pk)
    accident(happened_on=date(2026, 10, 6), territory=OTHER_TOWN, sector="coal")
    freeze_month(actor=None, now=NOW, year=2026, month=10)
    accident(happened_on=date(2026, 10, 7), territory=OTHER_TOWN, sector="coal")  # reported too late
    people = {
        governed.leader: 2,
        county.townsman: 1,
        county.regulator: 1,
        county.worker: 1,
        county.stranger: 0,
    }
    for person, n in people.items():
        assert told(person, "acc_cnt", "2026-10") == n, person
    span = span_of("2026")
    assert span is not None
    one = indicator("acc_cnt")
    found = {
        person: figures(person, NOW, span, [one]).drift(one, "2026-10")
        for person in (governed.leader, county.townsman, county.regulator, county.worker)
    }
    assert [None if change is None else change.n for change in found.values()] == [1, None, 1, None]


@pytest.mark.django_db
def test_a_frozen_month_holds_every_indicator_as_the_records_say(governed: Governed) -> None:
    frozen_october(governed)
    assert OCTOBER is not None
    kept = FrozenMonth.objects.get()
    unknown = {one.key for one in indicators() if not one.is_dated}  # nobody recorded a hazard in October
    assert kept.indicators == [one.key for one in indicators() if one.key not in unknown]
    for one in indicators():
        number = one.values(None, NOW, OCTOBER).number(one) if one.is_dated else Number(Decimal(0))
        assert (
            sum(FrozenFigure.objects.filter(indicator=one.key).values_list("numerator", flat=True))
            == number.n
        )


def nothing_of(year: int, *months: int) -> None:
    """Record of months that nothing happened in a town."""
    told = [{"year": year, "month": month, "territory": OTHER_TOWN} for month in months]
    save_opening([Edit(None, one) for one in told], actor=None, now=NOW)


@pytest.mark.django_db
def test_page_and_sheet_show_the_same_numbers_each_with_its_rows(governed: Governed) -> None:
    for month, n in ((3, 2), (5, 1)):
        for year in (2024, 2025):
            figure = {"year": year, "month": month, "territory": TOWN, "sector": "chemical", "accidents": n}
            save_opening([Edit(None, figure)], actor=None, now=NOW)
    nothing_of(2024, 1)
    nothing_of(2025, *range(1, 10))
    frozen_october(governed)
    accident(happened_on=date(2026, 4, 2), loss=12.5)
    client = browse(governed.leader)
    page = client.get("/figures/")
    lines = {line.indicator.key: line for line in page.context["lines"]}
    assert lines["acc_cnt"].last_year.before is None  # October of last year was never recorded
    nothing_of(2025, 10)
    page = client.get("/figures/")
    lines = {line.indicator.key: line for line in page.context["lines"]}
    accidents = lines["acc_cnt"]
    assert accidents.two_years.before is None  # nor was most of the year before it
    nothing_of(2024, *range(2, 11))
    page = client.get("/figures/")
    lines = {line.indicator.key: line for line in page.context["lines"]}
    accidents = lines["acc_cnt"]
    assert [shown.text for shown in accidents.months[:11]] == list("00010000010")
    assert accidents.months[11] is None and accidents.whole.text == "2"
    assert accidents.months[9].is_frozen and not accidents.months[3].is_frozen
    assert (accidents.last_year.before, accidents.last_year.difference) == ("3", "-1")
    assert accidents.last_year.words == "样本不足"  # of 2 and 3 no split is told from chance
    assert accidents.two_years.words == "变化不显著"  # of 2 and 6 in two years some would be
    assert lines["acc_death"].last_year.words == ""  # several die at once: no test
    assert lines["hazards_found"].last_year.before is None  # nobody recorded any
    opened = client.get(accidents.months[3].link)
    assert opened.context["listing"].count == 1
    rows = CalamineWorkbook.from_filelike(
        io.BytesIO(client.get("/figures/?export=xlsx").content)
    ).get_sheet_by_index(0)
    sheet = {line[0]: line for line in rows.to_python()}
    assert sheet["事故起数"][2:15] == [0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, "", 2]
    assert sheet["事故起数"][15] == "3 -1 样本不足"
    assert sheet["直接经济损失"][5] == 12.5
    assert "已定版" in sheet["指标"][11] and "未完" in sheet["指标"][12]
    before = browse(governed.leader).get("/figures/?year=2025")
    march = {line.indicator.key: line for line in before.context["lines"]}["acc_cnt"].months[2]
    assert march.text == "2" and march.link.startswith("/ledgers/opening-figures/")
    none_there = {"year": 2025, "month": 3, "territory": OTHER_TOWN, "sector": "coal", "accidents": 0}
    save_opening([Edit(None, none_there)], actor=None, now=NOW)
    assert client.get(march.link).context["listing"].count == 1  # not the row that has none of it
    worker = browse(governed.county.worker).get("/figures/").content.decode()
    assert f"只统计 {governed.county.enterprise} 的记录" in worker and "只统计" not in page.content.decode()
    earlier = client.get("/figures/?year=2023").context["lines"]
    assert all(line.months[0].is_before for line in earlier if line.indicator.key == "acc_cnt")


@pytest.mark.django_db
def test_a_change_that_chance_does_not_explain_is_said(governed: Governed) -> None:
    figure = {"year": 2025, "month": 1, "territory": TOWN, "accidents": 3}
    save_opening([Edit(None, figure)], actor=None, now=NOW)
    nothing_of(2025, *range(2, 11))
    for day in range(1, 15):
        accident(happened_on=date(2026, 2, day))
    lines = browse(governed.leader).get("/figures/").context["lines"]
    against = next(line for line in lines if line.indicator.key == "acc_cnt").last_year
    assert (against.before, against.difference, against.words) == ("3", "+11", "明显增加")
    narrow = browse(governed.leader).get(f"/figures/?township={OTHER_TOWN}&sector=-").context["lines"]
    assert next(line for line in narrow if line.indicator.key == "acc_cnt").whole.text == "0"
