"""Accidents: the grade follows from the counts, late deaths change both, and no month counts twice."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from anwei.emergency.models import Accident, OpeningFigure
from anwei.emergency.queries import accidents_seen
from anwei.emergency.services.accidents import LateDeath, record_late_death, save_accidents
from anwei.emergency.services.opening import save_opening
from anwei.ledgers.models import Change
from anwei.ledgers.saving import Edit
from anwei.org.models import Person
from anwei.standards.accidents import grade_of, type_fits, type_labels
from tests.hazards.conftest import Safe
from tests.kernel.county import NOW, OTHER_TOWN, TOWN
from tests.ledgers.sheets import write

pytestmark = pytest.mark.db
Browse = Callable[[Person], Client]


def accident(now: Any = NOW, **told: Any) -> Accident:
    values = {
        "happened_on": date(2026, 11, 2),
        "place": "一号仓库",
        "territory": TOWN,
        "sector": "chemical",
        "type": "WSA10010",
        **told,
    }
    (row,) = save_accidents([Edit(None, values)], actor=None, now=now)
    return row


def test_the_sum_of_losses_is_told_without_the_databases_zeros(safe: Safe, browse: Browse) -> None:
    accident(loss=Decimal("10197.1"))
    accident(happened_on=date(2026, 11, 3), place="二号仓库", loss=Decimal("0.1"))
    page = browse(safe.county.officer).get("/ledgers/accidents/")
    assert "10197.2" in page.context["listing"].totals
    assert '<td class="number">10197.2</td>' in page.content.decode()


@pytest.mark.parametrize(
    ("deaths", "serious", "loss", "grade"),
    [
        (0, 0, "0", "ordinary"),
        (2, 9, "999.9999", "ordinary"),
        (3, 0, "0", "larger"),
        (0, 10, "0", "larger"),
        (0, 0, "1000", "larger"),
        (9, 49, "4999.9999", "larger"),
        (10, 0, "0", "serious"),
        (0, 50, "0", "serious"),
        (0, 0, "5000", "serious"),
        (29, 99, "9999.9999", "serious"),
        (30, 0, "0", "extraordinary"),
        (0, 100, "0", "extraordinary"),
        (1, 0, "10000", "extraordinary"),
    ],
)
def test_the_gravest_of_three_counts_makes_the_grade(
    deaths: int, serious: int, loss: str, grade: str
) -> None:
    assert grade_of(deaths, serious, Decimal(loss)).code == grade


def test_an_old_type_ends_where_the_new_standard_begins() -> None:
    assert len(type_labels()) == len({*type_labels().values()}) == 27 + 20
    assert type_fits("10", date(2026, 6, 30)) and not type_fits("10", date(2026, 7, 1))
    assert type_fits("WSA10012", date(2026, 7, 1))


@pytest.mark.django_db
def test_a_late_death_changes_counts_and_grade_and_is_sealed(safe: Safe) -> None:
    row = accident(deaths=2, serious_injuries=1)
    assert row.grade == "ordinary"
    after = record_late_death(
        row, LateDeath(date(2026, 11, 20)), actor=safe.inspector, now=NOW, reason="县医院证明"
    )
    assert (after.deaths, after.serious_injuries, after.grade) == (3, 0, "larger")
    change = Change.objects.get(register="emergency.accident", row=str(row.pk), verb="late_death")
    assert change.content["changed"]["grade"] == ["ordinary", "larger"] and change.reason == "县医院证明"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("type_code", "sector", "last"),
    [
        ("WSA10010", "chemical", date(2026, 11, 14)),
        ("WSA10003", "road", date(2026, 10, 22)),
        ("WSA10009", "industry", date(2026, 10, 22)),
    ],
)
def test_deaths_count_for_thirty_days_or_for_seven(
    safe: Safe, type_code: str, sector: str, last: date
) -> None:
    row = accident(happened_on=date(2026, 10, 15), type=type_code, sector=sector, serious_injuries=2)
    with pytest.raises(ValueError, match="第13条"):
        record_late_death(
            row, LateDeath(last + timedelta(days=1)), actor=safe.county.officer, now=NOW, reason="证明"
        )
    assert (
        record_late_death(row, LateDeath(last), actor=safe.county.officer, now=NOW, reason="证明").deaths == 1
    )


@pytest.mark.django_db
def test_the_register_takes_no_death_after_the_limit_but_what_was_left_out_by_then(
    safe: Safe, browse: Browse
) -> None:
    row, young = (
        accident(happened_on=day, deaths=1, serious_injuries=1)
        for day in (date(2026, 3, 1), date(2026, 11, 2))
    )

    def entered(row: Accident, **typed: str) -> str:
        client, address = browse(safe.inspector), reverse("ledger_edit", args=["accidents", row.pk])
        fields = {field.column.name: field.text for field in client.get(address).context["fields"]}
        told = {**fields, "deaths": "2", "serious_injuries": "0", "reason": "医院证明", **typed}
        return client.post(address, told, follow=True).content.decode()

    told = {"source": "elsewhere", "source_name": "调查报告", "territory": "", "type": "20"}
    elsewhere = accident(happened_on=date(2016, 11, 24), deaths=73, **told)
    save_accidents([Edit(elsewhere, {"deaths": 74})], actor=None, now=NOW)
    assert Accident.objects.get(pk=elsewhere.pk).deaths == 74
    assert "2026-03-31 以后的死亡不再计入（国务院令第493号第13条" in entered(row)
    with pytest.raises(ValueError, match="不再计入"):
        save_accidents([Edit(row, {"deaths": 2})], actor=None, now=NOW)
    assert Accident.objects.get(pk=row.pk).deaths == 1
    entered(row, facts="核定")
    entered(young)
    assert set(Accident.objects.exclude(pk=elsewhere.pk).values_list("deaths", flat=True)) == {2}


@pytest.mark.django_db
def test_a_late_death_is_of_somebody_and_has_a_reason(safe: Safe) -> None:
    row = accident(minor_injuries=1)
    for death, reason, words in (
        (LateDeath(date(2026, 11, 3), "serious_injuries"), "证明", "没有这样的伤员"),
        (LateDeath(date(2026, 11, 1), "minor_injuries"), "证明", "之间"),
        (LateDeath(date(2026, 11, 25), "minor_injuries"), "证明", "之间"),
        (LateDeath(date(2026, 11, 3), "minor_injuries"), " ", "核实依据"),
    ):
        with pytest.raises(ValueError, match=words):
            record_late_death(row, death, actor=safe.inspector, now=NOW, reason=reason)
    assert Accident.objects.get().deaths == 0


@pytest.mark.django_db
def test_the_page_counts_a_late_death_and_stays_where_it_is_refused(safe: Safe, browse: Browse) -> None:
    row = accident(serious_injuries=1, unit_name="甲化工厂", enterprise=safe.county.enterprise.pk)
    client, address = browse(safe.inspector), reverse("accident", args=[row.pk])
    assert "2026-12-02 以前死亡的计入" in client.get(address).content.decode()
    refused = client.post(address, {"died_on": "2026-10-01", "was": "serious_injuries", "reason": "证明"})
    assert refused.status_code == 422 and "之间" in refused.content.decode()
    (key,) = re.findall(r'name="key" value="([0-9a-f]{32})"', client.get(address).content.decode())
    sent = {"died_on": "2026-11-10", "was": "serious_injuries", "reason": "证明", "key": key}
    for _twice in range(2):  # a slow line, the button back
        assert client.post(address, sent).status_code == 302
    assert Accident.objects.get().deaths == 1 and Accident.objects.get().serious_injuries == 0
    assert browse(safe.county.worker).get(address).status_code == 200
    posted = {"died_on": "2026-11-10", "was": "", "reason": "证明"}
    assert browse(safe.county.worker).post(address, posted).status_code == 403
    assert browse(safe.county.stranger).get(address).status_code == 404


@pytest.mark.django_db
def test_a_month_counts_by_opening_figures_or_by_the_ledger(safe: Safe) -> None:
    of_march = {"year": 2026, "month": 3, "territory": OTHER_TOWN, "accidents": 1}
    (opening,) = save_opening([Edit(None, of_march)], actor=None, now=NOW)
    with pytest.raises(ValueError, match="重复计算"), transaction.atomic():
        accident(happened_on=date(2026, 3, 31))
    accident(happened_on=date(2026, 3, 31), of_production=False)  # which is in no statistics
    ours = accident(happened_on=date(2026, 4, 1))
    with pytest.raises(ValueError, match="重复计算"), transaction.atomic():
        save_opening([Edit(opening, {"month": 4})], actor=None, now=NOW)
    with pytest.raises(ValueError, match="重复计算"), transaction.atomic():
        save_accidents([Edit(ours, {"happened_on": date(2026, 3, 1)})], actor=None, now=NOW)
    assert OpeningFigure.objects.get().month_begins == date(2026, 3, 1)
    assert Accident.objects.get(of_production=True).happened_on == date(2026, 4, 1)


@pytest.mark.django_db
def test_an_accident_elsewhere_has_a_source_and_is_in_no_figure_of_ours(safe: Safe, browse: Browse) -> None:
    told = {"source": "elsewhere", "territory": "", "sector": "", "deaths": 74, "place": "江西丰城电厂"}
    with pytest.raises(IntegrityError), transaction.atomic():
        accident(**told)
    row = accident(**told, source_name="国务院调查报告")
    assert row.grade == "extraordinary" and not row.counts
    for person in (safe.inspector, safe.county.worker, safe.county.stranger):
        seen = accidents_seen(person)
        assert seen.filter(source="elsewhere").count() == 1 and not seen.filter(counted=True).exists()
        assert browse(person).get(reverse("accident", args=[row.pk])).status_code == 200


@pytest.mark.django_db
def test_a_sheet_of_accidents_and_of_opening_figures_is_read(safe: Safe) -> None:
    clerk = safe.county.officer
    write(
        "accidents",
        [
            ["发生日期", "时间", "事故单位", "地点", "乡镇", "行业", "事故类型", "死亡", "重伤", "损失"],
            [
                "2026年8月5日",
                "14时30分",
                "某汽修厂",
                "108国道",
                "甲镇",
                "道路交通",
                "WSA10003",
                "3",
                "1",
                "1000.5",
            ],
            ["2026-5-6", "", "某工地", "工地", "甲镇", "建筑", "冒顶片帮", "1", "0", "0.1"],
        ],
        actor=clerk,
    )
    first, second = Accident.objects.order_by("-happened_on")
    assert (first.grade, first.loss, first.happened_time) == ("larger", Decimal("1000.5000"), "14:30")
    assert (second.type, second.loss, second.happened_time) == ("11", Decimal("0.1000"), "")
    assert first.number.startswith("SG2026")
    write(
        "opening-figures",
        [
            ["年度", "月份", "乡镇", "行业", "起数", "亡人事故", "死亡", "受伤", "直接经济损失"],
            ["2024", "3", "甲镇", "道路交通", "2", "1", "1", "3", "35.25"],
            ["2024", "4", "甲镇", "", "0", "0", "0", "0", "0"],
            ["2026", "8", "甲镇", "", "1", "0", "0", "0", "0"],
        ],
        actor=clerk,
        keep_good=True,
    )
    assert [row.month_begins for row in OpeningFigure.objects.order_by("month_begins")] == [
        date(2024, 3, 1),
        date(2024, 4, 1),
    ]
