"""What a person does on the page of a register: change with a reason, paste, act on many, keep a view."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from anwei.ledgers.models import Change, SavedView, SheetImport
from anwei.org.models import Person, Post
from anwei.sites.models import Enterprise
from tests.kernel.county import County
from tests.ledgers.enterprises import HEADER, credit_code, line
from tests.ledgers.sheets import write

pytestmark = pytest.mark.db
Browse = Callable[[Person], Client]


def test_a_sensitive_change_needs_a_reason(county: County, browse: Browse) -> None:
    write("enterprises", [HEADER, line(1)], actor=county.officer)
    row = Enterprise.objects.get(credit_code=credit_code(1))
    client, address = browse(county.officer), reverse("ledger_edit", args=["enterprises", row.pk])
    fields = {field.column.name: field.text for field in client.get(address).context["fields"]}
    answer = client.post(address, {**fields, "status": "停产"})
    assert answer.status_code == 422
    assert "须说明理由" in answer.content.decode()
    client.post(address, {**fields, "status": "停产", "reason": "市场原因"})
    row.refresh_from_db()
    change = Change.objects.filter(register="sites.enterprise", row=str(row.pk)).latest("number")
    assert (row.status, change.reason, change.content) == (
        "stopped",
        "市场原因",
        {"changed": {"status": ["producing", "stopped"], "status_since": [None, str(timezone.localdate())]}},
    )
    page = client.get(reverse("ledger_row", args=["enterprises", row.pk])).content.decode()
    assert "理由：市场原因" in page
    assert '<del class="muted">生产</del> → 停产' in page


def test_the_grid_loses_nothing_and_writes_what_is_right(county: County, browse: Browse) -> None:
    client, address = browse(county.officer), reverse("ledger_grid", args=["sites"])
    wrong = "罐区\tGQ-9\t没有的企业\t罐区\t\t\n库房\tKF-9\t甲化工厂"
    page = client.post(address, {"rows": wrong})
    assert page.status_code == 422
    assert wrong in page.content.decode().replace("\r\n", "\n")
    assert page.context["grid"]["faults"][0][:3] == [0, 2, "refused"]
    done = client.post(address, {"rows": wrong.replace("没有的企业", "甲化工厂")})
    assert "已新增 2 条" in done.content.decode()


def test_a_view_too_long_to_keep_is_refused_in_words(county: County, browse: Browse) -> None:
    client, address = browse(county.officer), reverse("ledger_views", args=["roster"])
    for name, n_signs in (("短", 200), ("长", 250)):  # 1800 and 2250 characters in an address
        query = f"search={'中' * n_signs}"
        answer = client.post(address, {"name": name, "query": query}, follow=True)
        assert answer.status_code == 200
    assert "筛选条件太长" in answer.content.decode()
    assert [one.name for one in SavedView.objects.all()] == ["短"]


def test_many_rows_change_by_one_act(county: County, browse: Browse) -> None:
    write("enterprises", [HEADER, line(2), line(4)], actor=county.officer)
    keys = list(Enterprise.objects.order_by("pk").values_list("pk", flat=True))
    client, address = browse(county.townsman), reverse("ledger_batch", args=["enterprises"])
    client.post(address, {"row": keys, "set": "status=stopped"})
    assert not Enterprise.objects.filter(status="stopped").exists()  # a reason is missing
    client.post(address, {"row": keys, "set": "status=stopped", "reason": "检修"})
    assert Enterprise.objects.filter(status="stopped").count() == 3  # that of the other town stays
    assert Post.objects.filter(unit__enterprise__status="stopped", kind="principal").count() >= 2


def test_a_view_is_kept_for_its_owner(county: County, browse: Browse) -> None:
    client = browse(county.officer)
    client.post(
        reverse("ledger_views", args=["enterprises"]), {"name": "煤矿", "query": "sector=coal&columns=name"}
    )
    page = client.get(reverse("ledger", args=["enterprises"]) + "?sector=coal&columns=name").content.decode()
    assert "?sector=coal&amp;columns=name" in page
    assert "甲化工厂" not in page
    assert (
        "煤矿</a>"
        not in browse(county.townsman).get(reverse("ledger", args=["enterprises"])).content.decode()
    )
    assert SheetImport.objects.count() == 0
