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
    assert [row.state for row in found.rows] == ["doubtful", "doubtful", "repaired"]  # a unit that is new
    assert {row.values["from_on"] for row in found.rows} == {date(2024, 5, 6)}
    assert [row.values["phone"] for row in found.rows] == ["13800000011", "13800000012", "03551234567"]
    assert [row.values["unit"] for row in found.rows] == ["测试县水利局", "测试县水利局", "甲镇人民政府"]
    write(
        "roster",
        [*lines[2:3], *[[n, "测试县水利局", *rest] for n, _u, *rest in lines[3:5]]],
        actor=clerk,
        doubtful=True,
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
        ["县应急局", "科员", "孙二"],  # a department written short
        ["测试县水利局", "局长", "周三"],  # a new one, like no other
        ["乙镇人民政府", "镇长", "吴四"],  # new, and only its kind is like another's
        ["东方矿业公司", "矿长", "郑五"],
        ["甲化工厂", "副厂长", "王六"],
    )
    found = look("roster", head, *lines, actor=clerk)
    assert [row.state for row in found.rows] == ["doubtful"] * 5 + ["good"]
    first, second, third, fifth = (found.rows[number].doubts[""] for number in (0, 1, 2, 4))
    assert "名称相近的有：甲化工厂" in first and "企业台账" in first
    assert "名称相近的有：测试县应急管理局" in second and "将登记为部门" in second
    assert "相近" not in third and "确认名称无误才写入，将登记为部门" in third
    assert "相近" not in fifth and "须先在企业台账登记" in fifth
    assert "甲化工厂" not in "".join(
        look("roster", head, lines[0], actor=county.stranger).rows[0].doubts.values()
    )
    before = Unit.objects.count()
    write("roster", [head, *lines], actor=clerk)
    people = Person.objects.filter(full_name__in=[line[2] for line in lines])
    assert Unit.objects.count() == before and people.get().full_name == "王六"  # no unit without a word
    write("roster", [head, *lines[2:4]], actor=clerk, doubtful=True)
    assert Unit.objects.count() == before + 2


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


def test_a_known_unit_is_known_again_however_a_list_writes_it(county: County) -> None:
    clerk = county_clerk()
    head = ["单位", "职务", "姓名"]
    spellings = {
        "测试县 应急管理局": "测试县应急管理局",
        "测试县\u3000应急管理局": "测试县应急管理局",
        "甲镇": "甲镇人民政府",
        "甲 镇 人民政府": "甲镇人民政府",
    }
    found = look("roster", head, *[[name, "科员", f"张{n}"] for n, name in enumerate(spellings)], actor=clerk)
    assert [row.values["unit"] for row in found.rows] == list(spellings.values())
    assert [row.state for row in found.rows] == ["repaired"] * 4
    assert "“甲镇”改为“甲镇人民政府”" in found.rows[2].repairs["unit"]
    of_units = ["单位名称", "单位类型", "属地", "上级主管单位"]
    lines = (
        ["测试县 应急管理局", "县直部门", "测试县", ""],  # a blank makes no new unit
        ["县应急局", "县直单位", "测试县", ""],  # a short name of a known one
        ["测试县水利局", "县直部门", "测试县", "甲镇"],
        ["西坡村村民委员会", "行政村", "甲镇", "甲镇人民政府"],
    )
    found = look("units", of_units, *lines, actor=clerk)
    assert found.rows[0].existing == Unit.objects.get(name="测试县应急管理局")
    assert [row.state for row in found.rows[1:]] == ["doubtful", "repaired", "good"]
    assert "测试县应急管理局" in found.rows[1].doubts[""]
    assert "改为“甲镇人民政府”" in found.rows[2].repairs["parent"]
    assert found.rows[3].values["kind"] == "village"


def test_blanks_within_a_name_are_taken_out_and_told(county: County, browse: Browse) -> None:
    clerk = county_clerk()
    head = ["单位", "职务", "姓名", "任免文号", "单位性质"]
    lines = [["甲镇人民政府", "干事", name, "任〔2026〕3号", "乡镇"] for name in ("马 千里", "周　瑜")]
    found = write("roster", [head, *lines], actor=clerk)
    assert [row.state for row in found.rows] == ["repaired"] * 2
    assert "“马 千里”改为“马千里”" in found.rows[0].repairs["full_name"]
    assert Holding.objects.filter(document="任〔2026〕3号").count() == 2
    for words in ("周瑜", "周 瑜"):
        page = browse(clerk).get("/ledgers/people/", {"search": words}).content.decode()
        assert "周瑜" in page and "马千里" not in page


def test_the_dry_run_tells_of_a_number_that_two_people_have(county: County) -> None:
    """What writing would refuse is not promised: within the sheet, or with somebody registered."""
    clerk = county_clerk()
    Person.objects.filter(pk=county.boss.pk).update(phone="13800000021")
    head = ["单位", "职务", "姓名", "手机"]
    lines = [
        ["甲镇人民政府", "干事", "周一", "13800000022"],
        ["甲镇人民政府", "网格员", "周一", "138 0000 0022"],  # the same person in another post
        ["甲镇人民政府", "干事", "周二", "13800000022"],
        ["甲镇人民政府", "干事", "周三", "13800000021"],
    ]
    found = write("roster", [head, *lines], actor=clerk)
    assert [row.state for row in found.rows] == ["good", "repaired", "refused", "refused"]
    assert "本表中也写给了“周一”" in found.rows[2].refusals[""]
    assert "已登记给其他人" in found.rows[3].refusals[""]
    assert Person.objects.get(phone="13800000022").holdings.count() == 2
    people = [["账号", "姓名", "手机"], ["", "周五", "13800000025"], ["", "周五", "13800000025"]]
    assert [row.state for row in look("people", *people, actor=clerk).rows] == ["good", "refused"]
