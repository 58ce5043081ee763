"""Found by any two characters that stand together; never by whom it does not concern."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection

from anwei.ledgers.models import SearchEntry
from anwei.ledgers.saving import Edit
from anwei.ledgers.search.dialects import create
from anwei.ledgers.search.finding import entries_of, find, suggest
from anwei.ledgers.search.grams import gram_text, normal, query_words
from anwei.ledgers.search.keeping import catch_up, rebuild
from anwei.org.models import Person, Post, Unit
from anwei.org.services import appoint, dismiss
from anwei.org.services.signings import record_signing
from anwei.sites.models import Enterprise, Site
from anwei.sites.risks.points import save_risk_points
from tests.kernel.county import NOW, TOWN, County, make_enterprise, open_repair
from tests.sites.risks import place, point
from tests.support.commits import after_commit

pytestmark = pytest.mark.db
DAY = timedelta(days=1)


def titles(person: Person, query: str) -> list[str]:
    """Return what is found of sites and cases."""
    after_commit()
    found = entries_of(find(person, query).keys, person)
    return [entry.title for entry in found if not entry.register.startswith("org.")]


def bodies(person: Person, query: str) -> list[str]:
    """Return what is found of units, posts and people."""
    after_commit()
    found = entries_of(find(person, query).keys, person)
    return [f"{entry.title} {entry.detail}" for entry in found if entry.register.startswith("org.")]


def test_units_posts_and_people_are_found_but_no_enterprise_twice(county: County) -> None:
    county.worker.full_name = "王小安"
    county.worker.save()
    assert bodies(county.officer, "王小") == ["王小安 甲化工厂 安全科长"]
    assert bodies(county.officer, "甲化 安全科") == ["安全科长 甲化工厂"]
    assert bodies(county.officer, "甲镇人民") == ["甲镇人民政府 乡镇街道", "安监员 甲镇人民政府"]
    assert bodies(county.stranger, "王小") == bodies(county.stranger, "甲化") == []
    assert "甲化工厂 企业" not in bodies(county.officer, "甲化工厂")


def test_where_somebody_works_now_is_told_to_those_who_see_it(county: County) -> None:
    """A plant knows a former official by the post that answered for it, not by today's at a competitor."""
    dismiss(county.townsman.holdings.get(), actor=None, now=NOW, last_on=NOW.date() - DAY, reason="调离")
    mine = Post.objects.create(unit=county.other_enterprise.unit, kind="principal", title="矿长")
    appoint(county.townsman, mine, actor=None, now=NOW)
    assert bodies(county.officer, "townsman") == ["townsman 乙煤矿 矿长"]
    assert bodies(county.boss, "townsman") == ["townsman "]
    assert bodies(county.boss, "乙煤矿") == bodies(county.boss, "矿长") == []


def entries(person: Person, query: str) -> list[tuple[str, str]]:
    """Return name and page of what is found."""
    after_commit()
    return [(entry.title, entry.url) for entry in entries_of(find(person, query).keys, person)]


def test_a_risk_point_is_found_by_name_and_number_until_it_is_removed(county: County) -> None:
    gas = point(place(county.enterprise), "FX-coal-01", name="瓦斯积聚")
    found = [("瓦斯积聚", f"/risks/points/{gas.pk}/")]
    for query in ("瓦斯积聚", "FX-coal-01"):
        assert entries(county.officer, query) == entries(county.worker, query) == found
        assert entries(county.stranger, query) == []
    site = Site.objects.get(pk=gas.site_id)
    site.name = "回风巷"
    site.save()
    assert entries(county.officer, "回风巷 瓦斯") == found
    save_risk_points([Edit(gas, {"removed_on": NOW.date()})], actor=None, now=NOW)
    assert entries(county.officer, "瓦斯积聚") == []


def test_a_signed_letter_is_found_by_its_side_and_number(county: County) -> None:
    upper, lower = Unit.objects.get(name="甲镇人民政府"), county.enterprise.unit
    record_signing(
        year=2026, upper=upper, lower=lower, signed_on=NOW.date(), reference="安责4号", actor=None, now=NOW
    )
    [(title, url)] = entries(county.officer, "安责4号")
    assert title == "2026年度责任书 甲化工厂" and url.startswith("/org/letters/?year=2026&search=")
    assert entries(county.worker, "责任书 甲化") == [(title, url)]
    assert entries(county.stranger, "安责4号") == []


@pytest.mark.parametrize(
    ("text", "words", "pairs"),
    [
        ("安全生产", "安全生产", "安全 全生 生产"),
        ("ＬＥＬ－０１（甲烷）", "lel 01 甲烷", "le el 01 甲烷"),
        ("a 号", "a 号", "a 号"),
        ("", "", ""),
    ],
)
def test_pairs(text: str, words: str, pairs: str) -> None:
    assert (normal(text), gram_text(normal(text))) == (words, pairs)


def test_one_character_is_no_query() -> None:
    assert query_words("安") == query_words("a 1") == query_words("—") == []
    assert query_words("安 全部") == ["安", "全部"]


@pytest.mark.parametrize(
    "query", ["甲化", "化工", "工厂", "甲化工厂", "Ａ 甲化", "化工厂 aaa", "00000000001x"]
)
def test_an_enterprise_is_found_by_any_piece(county: County, query: str) -> None:
    county.enterprise.address = "aaa 路"
    county.enterprise.save()
    assert titles(county.officer, query.replace("Ａ", "ａａ")) == ["甲化工厂"]


@pytest.mark.parametrize(
    "query", ["甲工", "化厂", "甲化工厂厂", "化工%", "_", "%%", '"甲化" OR "乙煤"', "甲化*", "NEAR(甲化)"]
)
def test_what_is_not_there_is_not_found(county: County, query: str) -> None:
    found = titles(county.officer, query)
    assert "乙煤矿" not in found
    assert query in ("化工%", "甲化*", "NEAR(甲化)", '"甲化" OR "乙煤"') or found == []


def test_neighbouring_words_are_no_word(county: County) -> None:
    Site.objects.create(enterprise=county.enterprise, code="S1", name="罐区 区域")
    assert titles(county.officer, "罐区域") == [] and titles(county.officer, "罐区 区域") == ["罐区 区域"]


def test_the_name_that_begins_with_it_comes_first(county: County) -> None:
    unit = make_enterprise("新甲化建材", TOWN, "chemical", "91000000000000003X").unit
    Site.objects.create(enterprise=county.enterprise, code="S1", name="一号罐区")
    found = titles(county.officer, "甲化")
    assert found == ["甲化工厂", unit.name, "一号罐区"]  # begins, holds, lies there


def test_saves_and_deletes_are_followed(county: County) -> None:
    site = Site.objects.create(enterprise=county.enterprise, code="S1", name="一号罐区")
    site.name = "二号仓库"
    site.save()
    assert titles(county.officer, "罐区") == [] and titles(county.officer, "仓库") == ["二号仓库"]
    county.enterprise.unit.name = "丙制药厂"
    county.enterprise.unit.save()
    assert titles(county.officer, "制药") == ["丙制药厂", "二号仓库"] and titles(county.officer, "甲化") == []
    site.delete()
    assert titles(county.officer, "仓库") == []


def test_a_case_is_found_by_title_and_number(county: County) -> None:
    case = open_repair(county, title="更换压力表")
    assert titles(county.officer, "压力表") == titles(county.officer, case.number) == ["更换压力表"]
    entry = SearchEntry.objects.get(register="cases.case")
    assert (entry.row, entry.url) == (case.pk, f"/cases/{case.pk}/")


def test_scope_holds_for_results_counts_and_suggestions(county: County) -> None:
    open_repair(county, title="甲化压力表")
    after_commit()
    seen = {
        person.username: {
            code: n for code, n in find(person, "甲化").by_register.items() if not code.startswith("org.")
        }
        for person in (county.officer, county.townsman, county.boss, county.stranger, county.regulator)
    }
    everything = {"sites.enterprise": 1, "cases.case": 1}
    assert seen == {
        "officer": everything,
        "townsman": everything,
        "boss": everything,
        "stranger": {},
        "regulator": {},
    }
    assert suggest(county.stranger, "甲化", 8) == [] and len(suggest(county.boss, "甲化", 8)) == 4
    county.boss.holdings.all().delete()
    after_commit()
    assert find(Person.objects.get(pk=county.boss.pk), "甲化").count == 0


def test_more_than_anybody_reads_is_counted_so(county: County) -> None:
    for number in range(5):
        Site.objects.create(enterprise=county.enterprise, code=f"S{number}", name=f"{number}号罐区")
    after_commit()
    found = find(county.officer, "罐区", at_most=4)
    assert (found.count, found.more, len(found.keys)) == (4, True, 4)
    found = find(county.officer, "罐区", at_most=5)
    assert (found.count, found.more) == (5, False)
    assert find(county.officer, "甲化", register="sites.site").by_register["sites.enterprise"] == 1


def test_what_is_written_in_bulk_is_caught_up_with(county: County) -> None:
    rows = [
        Site(enterprise=county.enterprise, code=f"S{number}", name="一号罐区").completed()
        for number in range(3)
    ]
    after_commit()
    Site.objects.bulk_create(rows)
    assert titles(county.officer, "罐区") == []
    assert catch_up() == 3 and catch_up() == 0
    assert len(titles(county.officer, "罐区")) == 3


def test_a_rebuild_mends_everything(county: County, capsys: pytest.CaptureFixture[str]) -> None:
    case = open_repair(county, title="更换压力表")
    after_commit()
    Unit.objects.filter(pk=county.enterprise.unit_id).update(name="丙制药厂")
    SearchEntry.objects.filter(register="cases.case").delete()
    SearchEntry.objects.create(
        register="sites.site", row=99, title="空", url="/", text="空罐区", grams="空罐 罐区"
    )
    SearchEntry.objects.create(
        register="gone.model", row=1, title="空", url="/", text="空罐区", grams="空罐 罐区"
    )
    call_command("search", "rebuild")
    assert "搜索条目" in capsys.readouterr().out
    assert titles(county.officer, "制药") == ["丙制药厂", case.title]
    assert not SearchEntry.objects.filter(title="空").exists()
    assert rebuild() == SearchEntry.objects.count()


def test_the_index_made_anew_knows_the_entries_that_stand(county: County) -> None:
    create(connection)
    assert titles(county.officer, "甲化") == ["甲化工厂"]
    Enterprise.objects.filter(pk=county.enterprise.pk).first().save()  # type: ignore[union-attr]
    assert titles(county.officer, "甲化") == ["甲化工厂"]
