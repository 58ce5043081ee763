"""How fast the week's list is made for 20,000 enterprises with their records, in processor time and memory."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import TypeVar

import pytest
from django.utils import timezone

from anwei.analytics.backtesting import look_back
from anwei.analytics.models import MonthTable
from anwei.analytics.tables import month_table, months_before, table_at
from anwei.analytics.weekly import list_of_the_week
from anwei.cases.models import Case, Clock, Entry
from anwei.emergency.models import Accident
from anwei.hazards.models import Hazard, Visit
from anwei.monitoring.models import Alarm, AlarmRule, Device
from anwei.org.models import Post, Unit
from anwei.sites.features import features
from anwei.sites.models import Enterprise
from anwei.standards.accidents import accident_grades, accident_types
from tests.kernel.county import COUNTY
from tests.proof.big_county import build_big_county
from tests.proof.test_colour_speed import _give_papers

pytestmark = [pytest.mark.proof, pytest.mark.django_db]
N_ENTERPRISES, N_HAZARDS, N_ALARMS, N_VISITS, N_ACCIDENTS, N_MONTHS = 20_000, 5_000, 60_000, 30_000, 600, 12
TABLE_S, WEEK_S, PEAK_MIB = 15.0, 90.0, 1_500
DAY = timedelta(days=1)
Result = TypeVar("Result")


def test_a_week_s_list_of_a_large_county(capsys: pytest.CaptureFixture[str]) -> None:
    now = timezone.now()
    build_big_county(now.date(), vacant=3, n_enterprises=N_ENTERPRISES)
    _give_papers(now)
    give_records(now)
    told, before_mib = [], _peak_mib()
    for one in features():
        seconds, _values = _timed(lambda one=one: one.values(now, Enterprise.objects.order_by("pk")))
        told.append((seconds, one.key))
    table, found = _timed(lambda: table_at(now))
    months = months_before(now, 36)
    past, _tables = _timed(lambda: [month_table(month, now) for month in months])
    week, run = _timed(lambda: list_of_the_week(now))
    back, result = _timed(lambda: look_back(now))
    with capsys.disabled():
        slowest = ", ".join(f"{key} {seconds:.1f} s" for seconds, key in sorted(told, reverse=True)[:6])
        print(f"\nfeatures of {len(found.keys)}: {table:.1f} s ({len(told)}; slowest {slowest})")
        print(
            f"{len(months)} months at once {past:.1f} s; the week after that {week:.1f} s, learned {run.learned}"
        )
        print(f"backtest {back:.1f} s, {result['total']}; peak memory {before_mib} -> {_peak_mib()} MiB")
    assert len(found.keys) == N_ENTERPRISES
    assert run.scores.count() > 0
    assert MonthTable.objects.count() == len(months)
    assert table < TABLE_S
    assert week < WEEK_S
    assert _peak_mib() < PEAK_MIB


def _timed(work: Callable[[], Result]) -> tuple[float, Result]:
    began = time.process_time()
    result = work()
    return time.process_time() - began, result


def _peak_mib() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10


def give_records(now: datetime) -> None:
    """Give the county a year of hazards with limits, alarms, visits and accidents, written in bulk."""
    random = Random(1)
    keys = list(Enterprise.objects.order_by("pk").values_list("pk", "unit", "unit__territory", "sector"))
    posts = {(unit, kind): pk for unit, kind, pk in Post.objects.values_list("unit", "kind", "pk")}
    duty = Post.objects.get(kind="duty").pk
    authority = Unit.objects.get(name="某县应急管理局")
    device_of: dict[int, tuple[Device, AlarmRule]] = {}
    for key, *_rest in keys[:200]:
        device = Device.objects.create(
            code=f"D{key}", name="分站", enterprise_id=key, key_issued_at=now, registered_at=now - 400 * DAY
        )
        rule = AlarmRule.objects.create(device=device, kind="no_data", severity="orange", enterprise_id=key)
        device_of[key] = (device, rule)
    for n in range(N_HAZARDS):
        key, unit, territory, sector = random.choice(keys)
        found = now - random.uniform(1, 30 * N_MONTHS) * DAY
        closed = found + random.uniform(2, 40) * DAY
        is_closed = closed < now and n % 10
        case = Case(
            kind="hazard",
            number=f"YH{n}",
            title="隐患",
            territory=territory,
            sector=sector,
            enterprise_id=key,
            responsible_id=posts[unit, "principal"],
            implementer_id=posts[unit, "safety"],
            supervisor_id=duty,
            phase="closed" if is_closed else "acting",
            outcome="rectified" if is_closed else "",
            closed_at=closed if is_closed else None,
            opened_at=found,
        )
        case.save()
        is_major = n % 40 == 0
        hazard = Hazard(
            case_ptr_id=case.pk,
            origin="inspection",
            found_at=found,
            description="隐患",
            grade="major" if is_major else "general",
            grade_reason="判定" if is_major else "",
        )
        hazard.save_base(raw=True, force_insert=True)
    rows = Case.objects.filter(kind="hazard").values_list("pk", "opened_at", "closed_at")
    Clock.objects.bulk_create(
        Clock(
            case_id=pk,
            name="整改",
            citation="-",
            started_at=at,
            due_at=at + 15 * DAY,
            first_due_at=at + 15 * DAY,
            met_by="fix",
            met_at=closed,
        )
        for pk, at, closed in rows
    )
    Entry.objects.bulk_create(
        Entry(case_id=pk, number=1, at=at, verb="order", to_phase="assigned", content={}, digest="-")
        for pk, at, _closed in rows
    )
    alarms = []
    for n in range(N_ALARMS):
        key = random.choice(keys[:200])[0]
        device, rule = device_of[key]
        at = now - timedelta(seconds=n * 500 + 1)
        alarms.append(
            Alarm(
                rule=rule,
                device=device,
                enterprise_id=key,
                territory=COUNTY,
                sector="light",
                kind=("h", "hh", "no_data", "bad")[n % 4],
                severity=("yellow", "red", "orange", "blue")[n % 4],
                started_at=at,
                raised_at=at,
                sample_at=at,
                recorded_at=at,
                changed_at=at,
                cleared_at=at + timedelta(minutes=20),
            )
        )
    Alarm.objects.bulk_create(alarms)
    Visit._base_manager.bulk_create(
        Visit(
            number=f"JC{n}",
            enterprise_id=keys[n % len(keys)][0],
            territory=COUNTY,
            sector="light",
            planned_on=now.date(),
            reason="plan",
            citation="-",
            body=authority,
            planned_at=now - random.uniform(1, 30 * N_MONTHS) * DAY,
            begun_at=now - random.uniform(1, 30 * N_MONTHS) * DAY,
        )
        for n in range(N_VISITS)
    )
    Accident.objects.bulk_create(
        Accident(
            number=f"SG{n}",
            happened_on=(now - random.uniform(1, 30 * N_MONTHS) * DAY).date(),
            enterprise_id=keys[random.randrange(400)][0],
            place="车间",
            territory=COUNTY,
            type=next(iter(accident_types(now.date()))),
            grade=next(iter(accident_grades())),
        )
        for n in range(N_ACCIDENTS)
    )
