"""Headers that no column is spelt like: the person says which column they are, and the register remembers it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from anwei.org.models import Person, Unit
from tests.kernel.county import County, county_clerk
from tests.ledgers.sheets import workbook

pytestmark = pytest.mark.db
HEAD = ["机构", "县里叫法", "性质分类", "属地"]


def handed_in(client: Client, *lines: list[Any]) -> str:
    """Send a sheet of units; return the address of its page."""
    file = SimpleUploadedFile("单位.xlsx", workbook(*lines))
    return str(client.post("/ledgers/units/import/", {"file": file})["Location"])


def chosen(client: Client, address: str, **columns: str) -> dict[str, str]:
    """Choose columns for headers as the page offers them."""
    page = client.get(address).content.decode()
    fields = {header: name for name, header in re.findall(r'for="id_(header_\d+)">([^<]+)<', page)}
    return {fields[header].replace("_", "-"): name for header, name in columns.items()} | {"headers": "1"}


def test_unmatched_headers_are_named_by_the_person_and_remembered(
    county: County, browse: Callable[[Person], Client]
) -> None:
    client = browse(county_clerk())
    lines = [["测试县水利局", "水利局", "部门", "测试县"], ["测试县林业局", "林业局", "部门", "测试县"]]
    address = handed_in(client, HEAD, lines[0])
    assert "缺少的列" in client.get(address).content.decode()
    twice = chosen(client, address, 机构="name", 县里叫法="name")
    assert client.post(address, twice).status_code == 422
    named = chosen(client, address, 机构="name", 县里叫法="short_name", 性质分类="kind")
    assert client.post(address, named).status_code == 302
    client.post(address, {})
    unit = Unit.objects.get(name="测试县水利局")
    assert (unit.short_name, unit.kind) == ("水利局", "department")
    client.post(handed_in(client, HEAD, lines[1]), {})  # the next sheet asks for nothing
    assert Unit.objects.get(name="测试县林业局").short_name == "林业局"


def test_a_column_that_is_not_needed_may_stay_out(county: County, browse: Callable[[Person], Client]) -> None:
    client = browse(county_clerk())
    head = ["单位名称", "类别", "属地", "联系邮箱"]
    address = handed_in(client, head, ["测试县水利局", "部门", "测试县", "x@example.org"])
    page = client.get(address).content.decode()
    assert (
        "联系邮箱" in page and '<option value="short_name">' in page and '<option value="name">' not in page
    )
    assert client.post(address, {"headers": "1"}).status_code == 422
    client.post(address, {})
    assert Unit.objects.get(name="测试县水利局").short_name == ""
