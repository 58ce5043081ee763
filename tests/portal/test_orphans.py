"""Files of papers that no row names go in the night, everything named stays, and the status page says how many."""

from __future__ import annotations

import ast
import os
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from pytest_django import Settings

from anwei.datafolder import DataFolder
from anwei.ledgers.models import PaperVersion
from anwei.ledgers.papers.files import JPEG, kept, path_of
from anwei.ledgers.schedule import enqueue_due
from anwei.monitoring.models import Warning
from anwei.org.models import Person, Signing, Unit
from anwei.org.services import record_signing
from anwei.portal import tasks
from anwei.portal.models import Suggestion
from anwei.portal.schedule import tidying_is_due
from anwei.portal.suggestions import suggest
from anwei.portal.system.orphans import NAMED_IN, remove_orphans
from tests.kernel.county import NOW, County
from tests.monitoring.plant import Plant, raised
from tests.support.static_rules import PACKAGE

PICTURE = b"\xff\xd8\xff" + bytes(80) + b"\xff\xd9"
OWNERS = {
    "hazards/services/visit_papers.py",
    "ledgers/papers/services.py",
    "org/services/signings.py",
    "portal/suggestions.py",
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path) -> Iterator[DataFolder]:
    """A data folder with the usual keys and papers of its own."""
    usual = django_settings.DATA
    mine = DataFolder(tmp_path)
    (tmp_path / "keys").symlink_to(usual.folder("keys"))
    django_settings.DATA = mine
    yield mine
    django_settings.DATA = usual


def orphan(age: timedelta) -> Path:
    """A file as a killed process leaves it."""
    with kept(PICTURE, JPEG) as file:
        path = path_of(file.stored_as)
    at = (timezone.now() - age).timestamp()
    os.utime(path, (at, at))
    return path


def owned(county: County) -> list[Path]:
    """A file of a signing and one of a suggestion, both old."""
    lower = Unit.objects.filter(kind="township").earliest("pk")
    record_signing(
        year=2026,
        upper=county.officer.holdings.get().post.unit,
        lower=lower,
        signed_on=date(2026, 3, 1),
        actor=county.officer,
        now=NOW,
        scan=("责任书.jpg", PICTURE),
    )
    suggest(text="太繁琐", page="/", photo=PICTURE, actor=county.officer, now=NOW)
    paths = [path_of(Signing.objects.get().scan), path_of(Suggestion.objects.get().photo)]
    for path in paths:
        os.utime(path, (0, 0))
    return paths


def test_old_orphans_go_named_and_young_files_stay(
    county: County, folder: DataFolder, visit: Callable[[Person], Client]
) -> None:
    named, old, young = owned(county), orphan(timedelta(hours=25)), orphan(timedelta(hours=23))
    page = visit(county.officer).get("/status/").content.decode()
    assert "每晚清理，尚未运行" in page
    found = remove_orphans(folder, timezone.now())
    assert (found["removed"], found["waiting"]) == (1, 1)
    assert not old.exists() and young.exists() and all(path.exists() for path in named)
    assert "清理 1 个，未满一天 1 个" in visit(county.officer).get("/status/").content.decode()


def test_a_version_of_a_paper_keeps_its_file(
    plant: Plant, folder: DataFolder, happen: Callable[..., None], visit: Callable[[Person], Client]
) -> None:
    happen(raised(plant.hh))
    warning, client = Warning.objects.get(), visit(plant.county.officer)
    client.post("/papers/new/", {"register": "cases.case", "row": warning.pk, "template": "warning_order"})
    path = path_of(PaperVersion.objects.get().stored_as)
    os.utime(path, (0, 0))
    assert remove_orphans(folder, timezone.now())["removed"] == 0
    assert path.exists()


def test_it_is_looked_for_once_a_night(db: None, settings: Settings) -> None:
    settings.ROUTINES = True
    now = timezone.now()
    assert tidying_is_due(now)
    enqueue_due(now)
    path = tasks.remove_orphans_now.module_path
    assert DBTaskResult.objects.filter(task_path=path).count() == 1
    tasks.remove_orphans_now.call()
    assert not tidying_is_due(timezone.now())
    assert tidying_is_due(timezone.now() + timedelta(days=1))


def test_whoever_stores_files_there_is_asked_for_their_names() -> None:
    """A new caller of `kept` must be entered in NAMED_IN, or the night takes its files."""
    callers = {
        str(path.relative_to(PACKAGE))
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and ast.unparse(node.func) == "files.kept"
    }
    assert callers == OWNERS and len(NAMED_IN) == len(OWNERS)
