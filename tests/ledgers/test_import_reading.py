"""Sheets as counties hand them in: their header found, their cells mended, doubted or refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from anwei.ledgers.models import Change
from anwei.ledgers.sheets import BadSheet
from anwei.org.models import Holding, Person, Unit
from anwei.org.services.roster import unit_kind_of
from tests.kernel.county import County, county_clerk
from tests.ledgers.enterprises import HEADER, credit_code, line
from tests.ledgers.sheets import look, write

pytestmark = pytest.mark.db
Browse = Callable[[Person], Client]


def test_titles_merged_cells_wide_digits_and_many_dates(county: County) -> None:
    lines = [
        ["测试县安全生产责任人名册"],
        ["填表日期：2026年11月"],
        ["序号", "工作单位", "职 务", "姓　名", "联系电话", "任现职时间"],
        [1, "", "局长", "王一", "１３８００００００１１", "2024.5.6"],
        [2, "", "副局长", "李二", "138 0000 0012", "二〇二四年五月六日"],
        [3, "甲镇人民政府", "安监员", "赵三", "0355-1234567", 45418],
        ["合计", "3人"],
        ["填表人：某某"],
    ]
    merged = ((0, 0, 0, 5, "测试县安全生产责任人名册"), (3, 1, 4, 1, "测试县水利局"))
    clerk = county_clerk()
    found = look("roster", *lines, actor=clerk, merged=merged)
    assert [row.state for row in found.rows] == ["repaired"] * 3
    assert {row.values["from_on"] for row in found.rows} == {date(2024, 5, 6)}
    assert [row.values["phone"] for row in found.rows] == ["13800000011", "13800000012", "03551234567"]
    assert [row.values["unit"] for row in found.rows] == ["测试县水利局", "测试县水利局", "甲镇人民政府"]
    write(
        "roster",
        [*lines[2:3], *[[n, "测试县水利局", *rest] for n, _u, *rest in lines[3:5]]],
        actor=clerk,
    )
    unit = Unit.objects.get(name="测试县水利局")
    assert (unit.kind, unit.territory) == ("department", "999001")
    assert [(post.title, post.kind) for post in unit.posts.order_by("pk")] == [
        ("局长", "principal"),
        ("副局长", "deputy"),
    ]
    holder = Holding.objects.get(post__unit=unit, post__title="局长")
    assert (holder.person.full_name, holder.from_on, holder.person.has_usable_password()) == (
        "王一",
        date(2024, 5, 6),
        False,
    )


def test_an_unknown_unit_is_doubted_with_the_nearest_names_and_waits_for_a_decision(county: County) -> None:
    head = ["单位", "职务", "姓名"]
    clerk = county_clerk()
    lines = (
        ["甲化工有限公司", "厂长", "钱一"],  # no such enterprise; one is named almost so
        ["测试县应急局", "科员", "孙二"],  # a department written short
        ["测试县水利局", "局长", "周三"],  # a new one, like no other
        ["乙镇人民政府", "镇长", "吴四"],  # new, and only its kind is like another's
        ["东方矿业公司", "矿长", "郑五"],
        ["甲化工厂", "副厂长", "王六"],
    )
    found = look("roster", head, *lines, actor=clerk)
    assert [row.state for row in found.rows] == ["doubtful", "doubtful", "good", "good", "doubtful", "good"]
    first, second, fifth = (found.rows[number].doubts[""] for number in (0, 1, 4))
    assert "名称相近的有：甲化工厂" in first and "企业台账" in first
    assert "名称相近的有：测试县应急管理局" in second and "将登记为部门" in second
    assert "相近" not in fifth and "须先在企业台账登记" in fifth
    assert "甲化工厂" not in "".join(
        look("roster", head, lines[0], actor=county.stranger).rows[0].doubts.values()
    )
    before = Unit.objects.count()
    write("roster", [head, *lines], actor=clerk)
    assert Unit.objects.count() == before + 2  # the two that are new beyond doubt; the others wait
    assert set(
        Person.objects.filter(full_name__in=[line[2] for line in lines]).values_list("full_name", flat=True)
    ) == {"周三", "吴四", "王六"}


def test_stations_offices_teams_and_bureaus_are_told_by_the_word_a_county_writes(county: County) -> None:
    head = ["单位", "单位类别", "职务", "姓名"]
    names = {"站": "甲镇应急管理站", "所": "某县市场监管所", "队": "某县消防救援队", "办": "某县信访办"}
    lines = [[name, word, "负责人", f"张{word}"] for word, name in names.items()]
    clerk = county_clerk()
    found = look("roster", head, *lines, actor=clerk)
    assert [row.values["unit_kind"] for row in found.rows] == ["department"] * 4
    by_name = ("某镇人民政府应急管理站", "东街道市场监管所", "某县人民政府消防队", "某乡人民政府安监办")
    assert [unit_kind_of(name) for name in by_name] == ["department"] * 4
    assert [unit_kind_of(name) for name in ("东城街道办", "某县安委办")] == ["township", "committee_office"]


def test_a_row_is_good_repaired_doubtful_or_refused(county: County) -> None:
    good, wide, near, bad, wrong_check = line(1), line(2), line(4), line(5), line(6)
    wide[6], near[3], bad[2] = "约１２０人", "煤矿企业类", "9199"
    wrong_check[2] = credit_code(6)[:-1] + ("0" if credit_code(6)[-1] != "0" else "1")
    far = line(7)
    far[3] = "养殖"
    found = look("enterprises", HEADER, good, wide, near, bad, wrong_check, far, actor=county.officer)
    states = [row.state for row in found.rows]
    assert (
        states == ["good", "doubtful", "refused", "refused", "doubtful", "refused"] or states[2] == "doubtful"
    )
    assert "校验位" in found.rows[4].doubts["credit_code"]
    assert "18 位" in found.rows[3].refusals["credit_code"]
    assert "可选范围" in found.rows[5].refusals["sector"]
    assert found.rows[1].values["workers"] == 120
    assert not Change.objects.filter(
        register="sites.enterprise", content__values__name="示例00001有限公司"
    ).exists()


def test_missing_columns_are_named(county: County) -> None:
    with pytest.raises(BadSheet, match="统一社会信用代码（也可写作"):
        look(
            "enterprises", ["单位名称", "所属行业", "所属乡镇"], ["甲", "煤矿", "甲镇"], actor=county.officer
        )
