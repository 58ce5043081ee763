"""The nightly backup and the weekly drill: due once a slot, one at a time, off in the demo, set by the county."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django_tasks_db.models import DBTaskResult
from pytest_django import Settings

from anwei.datafolder import DataFolder
from anwei.ledgers.schedule import enqueue_due
from anwei.org.models import Person, Post, Unit
from anwei.portal import tasks
from anwei.portal.backup import BackupFailed, back_up
from anwei.portal.schedule import backup_is_due, county_schedule, drill_is_due, load
from anwei.portal.system import results
from anwei.portal.system.backups import CONTENTS, NIGHTLY, only_one, remove_old_nights
from anwei.portal.system.drill import drill
from anwei.portal.worries import worries
from anwei.standards.calendar import COUNTY_TIME
from tests.kernel.county import COUNTY, NOW, County, in_post

MORNING = datetime(2026, 11, 25, 8, 0, tzinfo=COUNTY_TIME)  # a Wednesday
LISTED = '{"version": "1", "made_at": "%s", "tables": {}, "telemetry": {"rows": 0}, "files": {}}'


@pytest.fixture(autouse=True)
def folder(tmp_path: Path) -> Iterator[DataFolder]:
    """A data folder of its own: the chain's key is not needed here."""
    usual, django_settings.DATA = django_settings.DATA, DataFolder(tmp_path)
    yield django_settings.DATA
    django_settings.DATA = usual


def tried(name: str, at: datetime, **more: object) -> None:
    results.keep(django_settings.DATA, name, {"at": at.isoformat(), "ok": True, **more})


def a_backup(folder: DataFolder, at: datetime, ending: str = NIGHTLY) -> Path:
    path = folder.folder("backups") / f"{at:%Y%m%dT%H%M%S}{ending}"
    path.mkdir()
    (path / CONTENTS).write_text(LISTED % at.isoformat())
    return path


@pytest.mark.parametrize(
    ("tried_at", "due"),
    [
        (datetime(2026, 11, 25, 2, 30, tzinfo=COUNTY_TIME), False),
        (datetime(2026, 11, 25, 2, 29, tzinfo=COUNTY_TIME), True),  # before the slot: it was missed
        (datetime(2026, 11, 24, 2, 31, tzinfo=COUNTY_TIME), True),
    ],
)
def test_a_backup_is_due_once_a_night_and_a_missed_one_is_made_up_for(
    db: None, tried_at: datetime, due: bool
) -> None:
    assert backup_is_due(MORNING)  # never tried
    tried(tasks.BACKUP, tried_at)
    assert backup_is_due(MORNING) is due
    assert not backup_is_due(tried_at + timedelta(seconds=1))


def test_a_drill_is_due_on_sunday_and_needs_a_backup(db: None, folder: DataFolder) -> None:
    assert not drill_is_due(MORNING)
    a_backup(folder, MORNING)
    assert drill_is_due(MORNING)
    tried("drill", datetime(2026, 11, 22, 3, 30, tzinfo=COUNTY_TIME))
    assert not drill_is_due(datetime(2026, 11, 29, 3, 29, tzinfo=COUNTY_TIME))
    assert drill_is_due(datetime(2026, 11, 29, 3, 30, tzinfo=COUNTY_TIME))


def test_what_is_due_is_queued_once_and_no_backup_in_the_demo(db: None, settings: Settings) -> None:
    settings.ROUTINES = False
    assert enqueue_due(MORNING) == 0
    settings.ROUTINES, settings.DEMO = True, True
    assert enqueue_due(MORNING) == 1
    settings.DEMO = False
    assert enqueue_due(MORNING) == 2
    assert enqueue_due(MORNING) == 0  # they wait
    waiting = DBTaskResult.objects.values_list("task_path", flat=True)
    assert set(waiting) == {
        "anwei.hazards.tasks.compute_signals",
        "anwei.portal.tasks.nightly_backup",
        "anwei.portal.tasks.remove_orphans_now",
    }


def test_never_two_at_once(folder: DataFolder, tmp_path: Path) -> None:
    with only_one(folder) as alone:
        assert alone
        with pytest.raises(BackupFailed, match="正在进行"):
            back_up(folder, tmp_path / "other", now=MORNING, say=print)
        result = drill(folder, tmp_path / "other", now=MORNING, say=print)
    assert not result["ok"] and "正在进行" in result["steps"][-1]["detail"]


def test_old_nights_are_removed_and_what_somebody_asked_for_stays(folder: DataFolder) -> None:
    nights = [a_backup(folder, MORNING - timedelta(days=n)) for n in range(4)]
    asked_for = a_backup(folder, MORNING - timedelta(days=300), "Z")
    remove_old_nights(folder, kept=2)
    assert [path.exists() for path in nights] == [True, True, False, False] and asked_for.exists()


def test_a_backup_that_fails_is_said_on_the_status_page_and_counts_as_tried(db: None) -> None:
    tasks.nightly_backup.call()  # there is no business database in this folder
    now = datetime.now(COUNTY_TIME)
    assert not backup_is_due(now)
    said = [worry.text for worry in worries({"stream": {"full": False}}, now)]
    assert any("最近一次备份没有成功" in text for text in said)


def test_the_county_sets_the_times(county: County, visit: Callable[[Person], Client]) -> None:
    unit = Unit.objects.create(kind="committee_office", name="测试县安委办", territory=COUNTY)
    client = visit(in_post("admin", Post.objects.create(unit=unit, kind="system_admin", title="系统管理员")))
    page = "/system/figures/timetable/"
    for name, value in (("backup_at", "25:00"), ("backup_at", ""), ("kept", "1"), ("drill_on", "8")):
        refused = client.post(f"{page}{name}/", {"value": value, "reason": "试"})
        assert refused.status_code == 422, (name, value)
    assert client.post(f"{page}backup_at/", {"value": "01:15", "reason": "错开"}).status_code == 302
    assert "01:15" in client.get(page).content.decode()
    assert "每晚 01:15 自动备份，保留 14 份；每星期日 03:30" in client.get("/system/backup/").content.decode()
    assert f"{county_schedule().last_backup(NOW):%H:%M}" == "01:15"


@pytest.mark.parametrize("own", [{"drill_on": 0}, {"kept": 0}, {"backup_at": "late"}])
def test_a_setting_that_cannot_be_is_refused(own: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        load(own)
