"""Every save is followed once it is committed, and none ever fails because of the search."""

from __future__ import annotations

from unittest.mock import patch

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from anwei.ledgers.models import SearchEntry
from anwei.ledgers.saving import Edit
from anwei.ledgers.search import following
from anwei.ledgers.search.keeping import catch_up, rebuild
from anwei.monitoring.models import Device
from anwei.sites.models import Enterprise, Site
from anwei.sites.services import save_enterprises
from tests.kernel.county import County
from tests.kernel.test_search import titles
from tests.support.commits import after_commit

pytestmark = pytest.mark.db


def n_writes(queries: CaptureQueriesContext) -> int:
    """Return how many statements write entries."""
    return sum(
        query["sql"].startswith(("INSERT", "UPDATE", "DELETE")) and "ledgers_searchentry" in query["sql"]
        for query in queries
    )


def test_a_row_saved_often_is_written_once_and_after_the_commit(county: County) -> None:
    after_commit()
    with CaptureQueriesContext(connection) as queries:
        site = Site.objects.create(enterprise=county.enterprise, code="S1", name="零号罐区")
        for name in ("一号罐区", "二号罐区", "三号罐区"):
            site.name = name
            site.save()
    assert n_writes(queries) == 0
    with CaptureQueriesContext(connection) as queries:
        after_commit()
    assert n_writes(queries) == 1
    assert titles(county.officer, "罐区") == ["三号罐区"]


def test_what_a_savepoint_rolled_back_is_not_found_and_hides_nothing(county: County) -> None:
    kept = Site.objects.create(enterprise=county.enterprise, code="S1", name="一号罐区")
    after_commit()
    with transaction.atomic():
        Site.objects.create(enterprise=county.enterprise, code="S2", name="二号罐区")
        kept.name = "一号仓库"
        kept.save()
        transaction.set_rollback(True)
    assert titles(county.officer, "罐区") == ["一号罐区"] and titles(county.officer, "仓库") == []
    with transaction.atomic():
        Site.objects.get(pk=kept.pk).delete()
        transaction.set_rollback(True)
    kept.save()  # after the rollback, in the same transaction: is followed although the first request is gone
    assert titles(county.officer, "仓库") == ["一号仓库"]


def test_a_save_stands_though_the_search_fails(
    county: County, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    after_commit()
    broken = patch.object(following, "refresh", side_effect=RuntimeError("the index is broken"))
    with broken as refresh, django_capture_on_commit_callbacks(execute=True):
        site = Site.objects.create(enterprise=county.enterprise, code="S1", name="一号罐区")
    assert refresh.called
    assert Site.objects.filter(pk=site.pk).exists() and titles(county.officer, "罐区") == []
    assert catch_up() == 1 and titles(county.officer, "罐区") == ["一号罐区"]
    site.name = "一号仓库"
    site.save()
    connection.run_on_commit = []  # the process dies between the commit and the index
    rebuild()
    assert titles(county.officer, "仓库") == ["一号仓库"] and titles(county.officer, "罐区") == []


def test_older_rows_are_caught_up_with_too_and_none_twice(county: County) -> None:
    sites = [
        Site.objects.create(enterprise=county.enterprise, code=f"S{n}", name=f"{n}号罐区") for n in range(3)
    ]
    nameless = Site.objects.create(enterprise=county.enterprise, code="S3", name="")
    after_commit()
    SearchEntry.objects.filter(register="sites.site", row=sites[0].pk).delete()
    SearchEntry.objects.filter(register="sites.site", row=nameless.pk).delete()
    Site.objects.filter(pk=sites[2].pk).delete()
    assert catch_up() == 2 and catch_up() == 0
    assert set(titles(county.officer, "罐区")) == {"0号罐区", "1号罐区"}
    assert rebuild() == SearchEntry.objects.exclude(row=nameless.pk, register="sites.site").count()


def test_the_next_look_is_at_new_rows_only_and_passes_none_by(county: County) -> None:
    after_commit()
    seen: dict[str, int] = {}
    catch_up(seen)
    Site.objects.bulk_create(
        Site(enterprise=county.enterprise, code=f"S{n}", name="一号罐区").completed() for n in (1, 2)
    )
    Site.objects.create(enterprise=county.enterprise, code="S3", name="一号罐区")
    assert len(titles(county.officer, "罐区")) == 1  # the newest has an entry before the older ones
    assert catch_up(seen) == 2 and len(titles(county.officer, "罐区")) == 3
    SearchEntry.objects.filter(register="sites.site").delete()
    with CaptureQueriesContext(connection) as queries:
        assert catch_up(seen) == 0
    assert not any("EXISTS" in query["sql"] for query in queries)  # no entry was looked for
    assert catch_up() == 3


def test_a_row_that_loses_its_name_is_found_no_more(county: County) -> None:
    site = Site.objects.create(enterprise=county.enterprise, code="S1", name="一号罐区")
    assert titles(county.officer, "罐区") == ["一号罐区"]
    site.name = ""
    site.save()
    assert titles(county.officer, "罐区") == []


def test_an_import_that_changes_names_is_followed(county: County) -> None:
    site = Site.objects.create(enterprise=county.enterprise, code="S1", name="一号罐区")
    device = Device.objects.create(
        enterprise=county.enterprise,
        site=site,
        code="D1",
        name="压力表",
        key_issued_at=timezone.now(),
        registered_at=timezone.now(),
    )
    edit = Edit(county.enterprise, {"name": "丙制药厂"})
    save_enterprises([edit], actor=county.officer, now=timezone.now())
    assert set(titles(county.officer, "丙制")) == {"丙制药厂", site.name, device.name}
    assert titles(county.officer, "甲化") == []
    assert Enterprise.objects.get(pk=county.enterprise.pk).unit.name == "丙制药厂"
