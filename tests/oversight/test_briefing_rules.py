"""One period has one issued 通报: what follows is its correction, of what was corrected alone."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from time_machine import TimeMachineFixture

from anwei.cases.indicators import indicator, indicators
from anwei.cases.periods import span_of
from anwei.cases.verify import verify
from anwei.emergency.models import Accident
from anwei.emergency.services.accidents import LateDeath, record_late_death, save_accidents
from anwei.hazards.services.opening import Whereabouts, file_hazard
from anwei.ledgers.saving import Edit
from anwei.org.models import Post, Territory
from anwei.oversight.briefing.document import Written
from anwei.oversight.briefing.papers import document_of
from anwei.oversight.briefing.parts import plain_text
from anwei.oversight.figures import figures
from anwei.oversight.models import Briefing, FrozenMonth, Target
from anwei.oversight.services import freezing
from anwei.oversight.services.briefings import NotMade, correct, make, rewrite
from anwei.oversight.services.freezing import NotFrozen, freeze_month
from anwei.standards.accidents import type_name
from tests.emergency.test_accidents import accident
from tests.kernel.county import NOW, TOWN
from tests.oversight.conftest import Governed
from tests.oversight.planted import plant
from tests.oversight.test_briefing_issued import Hands, hands, issue, written  # noqa: F401
from tests.oversight.test_figures import browse
from tests.oversight.test_targets import target

pytestmark = [pytest.mark.db, pytest.mark.django_db]
OCTOBER = {"year": 2026, "month": 10}


def text(briefing: Briefing) -> str:
    told = document_of(briefing)
    return "\n".join([told.title, *(plain_text(line) for part in told.sections for line in part.texts)])


def file(governed: Governed, found_at: datetime) -> None:
    whereabouts = Whereabouts(governed.county.enterprise)
    file_hazard(
        whereabouts,
        actor=governed.officer,
        now=NOW,
        origin="inspection",
        description="补登",
        found_at=found_at,
    )


def test_after_an_issued_one_the_button_makes_no_other(governed: Governed, hands: Hands) -> None:  # noqa: F811
    plant(governed)
    made = written(governed)
    issue(made, hands)
    accident(happened_on=date(2026, 10, 28), deaths=3, sector="coal")
    answer = browse(governed.clerk).post(
        "/briefings/make/", {"year": 2026, "months": 10, "layout": "total"}, follow=True
    )
    assert "这一期已经印发；事实有变化的请更正。" in answer.content.decode()
    assert Briefing.objects.order_by("pk").last() == made
    assert correct(made, actor=governed.clerk, now=NOW, reason="补报事故").corrects == made


def test_while_its_paper_is_in_hand_nobody_writes_on(governed: Governed, hands: Hands) -> None:  # noqa: F811
    plant(governed)
    made = written(governed)
    asked = {"register": "oversight.briefing", "row": made.pk, "template": "briefing"}
    assert browse(governed.clerk).post("/papers/new/", asked).status_code == 302
    with pytest.raises(NotMade, match="正在审签"):
        rewrite(made, Written(next_steps="别的要求"), actor=governed.clerk, now=NOW)


def test_a_correction_moves_what_is_corrected_alone(governed: Governed, hands: Hands) -> None:  # noqa: F811
    """Not a hazard that was filed late, nor what stood open on the day the month was frozen."""
    plant(governed)
    row = accident(happened_on=date(2026, 10, 28), deaths=1, serious_injuries=2, sector="coal")
    freeze_month(actor=governed.leader, now=NOW, **OCTOBER)
    made = written(governed)
    issue(made, hands)
    file(governed, datetime(2026, 10, 20, 2, tzinfo=NOW.tzinfo))
    late = LateDeath(date(2026, 11, 20))
    record_late_death(
        Accident.objects.get(pk=row.pk), late, actor=governed.leader, now=NOW, reason="医院证明"
    )
    correct(made, actor=governed.clerk, now=NOW, reason="10月28日1人死亡")
    first, second = FrozenMonth.objects.filter(month_begins=date(2026, 10, 1)).order_by("issue")

    def told(month: FrozenMonth) -> dict[tuple[str, str, str], Decimal]:
        return {(one.indicator, one.territory, one.sector): one.numerator for one in month.figures.all()}

    moved = {key for key, _n in told(first).items() ^ told(second).items()}
    assert {indicator for indicator, _place, _sector in moved} == {"acc_death", "acc_injury"}


def test_what_stands_open_now_corrects_no_month(governed: Governed) -> None:
    plant(governed)
    freeze_month(actor=governed.leader, now=NOW, **OCTOBER)
    file(governed, NOW)
    with pytest.raises(NotFrozen, match="没有差别"):
        freeze_month(actor=governed.leader, now=NOW, **OCTOBER, reason="没有变化")


def test_the_digest_covers_why_it_is_corrected(governed: Governed, hands: Hands) -> None:  # noqa: F811
    plant(governed)
    made = written(governed)
    issue(made, hands)
    accident(happened_on=date(2026, 10, 28), deaths=3, sector="coal")
    one, two = (correct(made, actor=governed.clerk, now=NOW, reason=reason) for reason in ("甲", "乙"))
    assert (one.snapshot, one.differences) == (two.snapshot, two.differences) and one.digest != two.digest


def test_the_last_day_of_a_month_is_part_of_a_month(
    governed: Governed, time_machine: TimeMachineFixture
) -> None:
    last_day = datetime(2026, 11, 30, 2, tzinfo=NOW.tzinfo)
    time_machine.move_to(last_day)
    made = make(actor=governed.clerk, now=last_day, year=2026, months=11, layout="total")
    assert "截至2026年11月30日（11月未结束）" in text(made)
    assert text(made).startswith("关于2026年1—11月（截至11月30日）全县")
    time_machine.move_to(next_day := datetime(2026, 12, 1, 2, tzinfo=NOW.tzinfo))
    assert "未结束" not in text(
        make(actor=governed.clerk, now=next_day, year=2026, months=11, layout="total")
    )
    again = rewrite(made, Written(next_steps="要求"), actor=governed.clerk, now=next_day)
    assert "截至2026年11月30日（11月未结束）" in text(again)


def test_whose_target_is_exceeded_is_said_with_its_sector(governed: Governed) -> None:
    target("deaths", 99)
    target("deaths", 0, sector="coal")
    accident(happened_on=date(2026, 10, 28), deaths=1, sector="coal")
    told = text(make(actor=governed.clerk, now=NOW, year=2026, months=10, layout="total"))
    assert "煤矿死亡人数已超过全年控制数。" in told and told.count("已超过全年控制数") == 1


def test_what_nobody_recorded_is_no_zero(governed: Governed) -> None:
    accident(happened_on=date(2026, 1, 5), deaths=1)
    file(governed, NOW)  # in November
    told = text(make(actor=governed.clerk, now=NOW, year=2026, months=1, layout="total"))
    assert "本期没有隐患排查的记录。" in told and "死亡1人" in told
    assert "本期没有检查企业、场所、行政处罚、责令停产停业整改、群众举报并登记隐患的记录。" in told
    assert "0条" not in told.partition("五、隐患")[2].partition("到2026")[0]


def test_accidents_of_opening_figures_are_none_of_no_ledger(governed: Governed) -> None:
    plant(governed, opening_of=(2024, 2026))
    made = make(actor=governed.clerk, now=NOW, year=2026, months=10, layout="total")
    assert "本期事故按期初数统计，没有逐起的台账" in text(made)
    assert "没有计入统计的事故" not in text(made)
    assert document_of(made).foot[0].startswith("数据说明：按2026年11月24日的记录；")


def test_a_briefing_says_nothing_of_what_was_measured_later(governed: Governed) -> None:
    plant(governed)
    made = make(actor=governed.clerk, now=NOW, year=2026, months=10, layout="total")
    made.snapshot["cells"].pop("penalties_decided")  # as a release without it wrote it
    assert "本期没有检查企业、场所、行政处罚的记录。" in text(made)


def test_text_and_annex_never_disagree(governed: Governed) -> None:
    """A frozen month that the records contradict is corrected before a paper tells both."""
    row = accident(happened_on=date(2026, 10, 28), deaths=2, serious_injuries=2)
    freeze_month(actor=governed.leader, now=NOW, **OCTOBER)
    late = LateDeath(date(2026, 11, 20))
    record_late_death(row, late, actor=governed.leader, now=NOW, reason="医院证明")
    with pytest.raises(NotMade, match="2026-10定版后事故记录有变化"):
        make(actor=governed.clerk, now=NOW, year=2026, months=11, layout="total")
    freeze_month(actor=governed.leader, now=NOW, **OCTOBER, reason="1人死亡")
    made = make(actor=governed.clerk, now=NOW, year=2026, months=11, layout="total")
    assert "死亡3人" in text(made) and sum(one["deaths"] for one in made.snapshot["accidents"]) == 3


@pytest.mark.parametrize("layout", ["total", "sectors", "grid"])
def test_of_what_nobody_recorded_a_paper_says_no_zero(governed: Governed, layout: str) -> None:
    made = make(actor=governed.clerk, now=NOW, year=2026, months=10, layout=layout)
    assert "不等于没有发生事故" in text(made) and "隐患台账还没有登记" in text(made)
    assert not re.search("未发生|没有超期未改|未销号隐患0|发生.*—起", text(made))


def test_a_correction_lists_whatever_it_prints_otherwise(governed: Governed, hands: Hands) -> None:  # noqa: F811
    target("deaths", 5)
    row = accident(happened_on=date(2026, 10, 28), deaths=1, sector="coal", unit_name="甲煤矿")
    made = written(governed)
    issue(made, hands)
    Target.objects.update(most=20)  # no fact of the period: it is told as it was
    Territory.objects.filter(code=TOWN).update(name="甲街道")
    wrong = {"type": "WSA10001", "unit_name": "乙煤矿", "missing": 1}
    save_accidents([Edit(Accident.objects.get(pk=row.pk), wrong)], actor=None, now=NOW)
    page = browse(governed.clerk).get(f"/briefings/{made.pk}/").content.decode()
    assert f"{row.number} 单位或地点" in page and "生成更正" in page
    again = correct(made, actor=governed.clerk, now=NOW, reason="单位写错")
    assert again.differences == [
        {"what": f"{row.number} 单位或地点", "before": "甲煤矿", "after": "乙煤矿"},
        {"what": f"{row.number} 类型", "before": type_name(row.type), "after": type_name("WSA10001")},
        {"what": f"{row.number} 下落不明", "before": "0", "after": "1"},
    ]
    before, after = (tables(one) for one in (made, again))
    assert {(was, now) for was, now in zip(before, after, strict=True) if was != now} == {
        (one["before"], one["after"]) for one in again.differences[:2]
    }
    gone = [line.split("：")[0] for line in text(made).splitlines()[1:] if line not in text(again)]
    assert gone == ["按事故类型", "最重的一起"]
    assert "另有下落不明1人" in text(again)


def tables(briefing: Briefing) -> list[str]:
    """Return the cells of the tables of a briefing without what a correction lists."""
    told = document_of(briefing)
    sheets = [sheet for part in told.sections if part.heading != "更正说明" for sheet in part.sheets]
    return [str(cell) for sheet in (*sheets, *told.annexes) for cells in sheet.rows for cell in cells]


def test_a_correction_that_is_refused_issues_no_month(governed: Governed, hands: Hands) -> None:  # noqa: F811
    plant(governed)
    row = accident(happened_on=date(2026, 10, 28), deaths=1, serious_injuries=2, sector="coal")
    freeze_month(actor=governed.leader, now=NOW, **OCTOBER)
    made = written(governed)
    issue(made, hands)
    late = LateDeath(date(2026, 11, 20))
    record_late_death(row, late, actor=governed.leader, now=NOW, reason="医院证明")
    with pytest.raises(PermissionDenied):
        correct(made, actor=governed.officer, now=NOW, reason="无权更正")
    assert FrozenMonth.objects.count() == 1


def test_a_month_corrected_later_publishes_no_zero_of_a_new_indicator(
    governed: Governed, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = accident(happened_on=date(2026, 10, 28), deaths=2, serious_injuries=2)
    file(governed, datetime(2026, 10, 20, 2, tzinfo=NOW.tzinfo))
    former = tuple(one for one in indicators() if one.key != "hazards_found")
    with monkeypatch.context() as release:
        release.setattr(freezing, "indicators", lambda: former)
        freeze_month(actor=governed.leader, now=NOW, **OCTOBER)
    late = LateDeath(date(2026, 11, 20))
    record_late_death(row, late, actor=governed.leader, now=NOW, reason="医院证明")
    freeze_month(actor=governed.leader, now=NOW, **OCTOBER, reason="1人死亡", only=["acc_death"])
    one, year = indicator("hazards_found"), span_of("2026")
    assert year is not None and figures(None, NOW, year, [one]).number(one, ["2026-10"]).n == 1


MONTH, BRIEFING = "oversight.frozenmonth 2026-10", "oversight.briefing {briefing}"
FIGURE = "indicator, territory, sector, numerator, denominator"
NO_FIGURES = "DELETE FROM oversight_frozenfigure WHERE month_id = {second}"
CHANGES = {
    "number": (MONTH, "UPDATE oversight_frozenfigure SET numerator = numerator + 1 WHERE month_id = {first}"),
    "reason": (MONTH, "UPDATE oversight_frozenmonth SET reason = '改过' WHERE issue = 2"),
    "no correction": (MONTH, NO_FIGURES, "DELETE FROM oversight_frozenmonth WHERE issue = 2"),
    "the former figures": (
        MONTH,
        NO_FIGURES,
        f"INSERT INTO oversight_frozenfigure (month_id, {FIGURE})"
        f" SELECT {{second}}, {FIGURE} FROM oversight_frozenfigure WHERE month_id = {{first}}",
        "UPDATE oversight_frozenmonth SET digest = '{digest}' WHERE issue = 2",
    ),
    "words": (BRIEFING, "UPDATE oversight_briefing SET problems = '改过'"),
    "no briefing": (BRIEFING, "DELETE FROM oversight_briefing"),
    "anchor": (BRIEFING, "UPDATE oversight_briefing SET head_digest = '{digest}'"),
    "day": (BRIEFING, "UPDATE oversight_briefing SET as_of = '2026-10-30'"),
    "version": (BRIEFING, "UPDATE oversight_briefing SET version = 7"),
    "post": (BRIEFING, "UPDATE oversight_briefing SET post_id = {post}"),
}


def test_verify_names_what_was_published_and_was_changed_or_taken_away(governed: Governed) -> None:
    plant(governed)
    row = accident(happened_on=date(2026, 10, 28), deaths=2, serious_injuries=2)
    freeze_month(actor=governed.leader, now=NOW, **OCTOBER)
    late = LateDeath(date(2026, 11, 20))
    record_late_death(row, late, actor=governed.leader, now=NOW, reason="医院证明")
    freeze_month(actor=governed.leader, now=NOW, **OCTOBER, reason="1人死亡")
    made = make(actor=governed.clerk, now=NOW, year=2026, months=10, layout="total")
    first, second = FrozenMonth.objects.order_by("issue")
    other = Post.objects.exclude(pk=made.post_id).values_list("pk", flat=True)[0]
    asked = {"first": first.pk, "second": second.pk, "digest": first.digest, "post": other}
    for forged, (named, *statements) in CHANGES.items():
        assert verify(files=False).broken == ()
        with transaction.atomic():
            _without_triggers()
            with connection.cursor() as cursor:
                for statement in statements:
                    cursor.execute(statement.format(**asked))
            broken = {one.chain for one in verify(files=False).broken}
            transaction.set_rollback(True)
        assert broken == {named.format(briefing=made.pk)}, forged


def _without_triggers() -> None:
    with connection.cursor() as cursor:
        for table in ("oversight_frozenfigure", "oversight_frozenmonth", "oversight_briefing"):
            on_table = "" if connection.vendor == "sqlite" else f" ON {table}"
            for event in ("update", "delete"):
                cursor.execute(f"DROP TRIGGER append_only_{table}_{event}{on_table}")
