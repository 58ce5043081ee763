from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from anwei.ledgers.models import Change
from anwei.monitoring.models import Device
from anwei.monitoring.services import add_tag, record_episodes, register_device
from anwei.monitoring.services.devices import digest
from anwei.org.models import Person
from tests.kernel.county import NOW
from tests.monitoring.plant import Plant, raised

SignIn = Callable[[Person], Client]


def test_the_page_says_how_to_connect_but_never_the_key(plant: Plant, sign_in: SignIn) -> None:
    text = sign_in(plant.county.officer).get(f"/devices/{plant.device.code}/").content.decode()
    assert "telemetry/gas-1" in text and "/api/v1/telemetry/gas-1" in text and "&quot;ch4&quot;" in text
    assert plant.key not in text and plant.device.key_digest not in text


@pytest.mark.parametrize(("host", "shown"), [("localhost:8000", "localhost"), ("[::1]:8000", "::1")])
def test_the_page_names_the_host_it_was_asked_by(
    plant: Plant, sign_in: SignIn, host: str, shown: str
) -> None:
    page = sign_in(plant.county.officer).get(f"/devices/{plant.device.code}/", headers={"host": host})
    assert page.context["connection"]["host"] == shown


def test_a_new_key_is_shown_once(plant: Plant, sign_in: SignIn) -> None:
    officer = sign_in(plant.county.officer)
    answer = officer.post(f"/devices/{plant.device.code}/rotate/")
    key = answer.context["key"]
    assert key in answer.content.decode() and "no-store" in answer["Cache-Control"]
    assert Device.objects.get().key_digest == digest(key)
    assert key not in officer.get(f"/devices/{plant.device.code}/").content.decode()
    assert officer.get(f"/devices/{plant.device.code}/rotate/").status_code == 405


def test_taking_out_of_service_asks_for_a_reason(plant: Plant, sign_in: SignIn) -> None:
    officer = sign_in(plant.county.officer)
    refused = officer.post(f"/devices/{plant.device.code}/revoke/", {"reason": ""})
    assert refused.status_code == 422 and "请写明理由" in refused.content.decode()
    officer.post(f"/devices/{plant.device.code}/revoke/", {"reason": "拆除"})
    assert Device.objects.get().revoked_at is not None
    assert Change.objects.get(verb="revoke").reason == "拆除"
    text = officer.get(f"/devices/{plant.device.code}/").content.decode()
    assert "停用，密钥失效" in text and "换发密钥" not in text
    assert officer.get("/devices/?state=revoked").context["listing"].count == 1
    again = officer.post(f"/devices/{plant.device.code}/rotate/")
    assert again.status_code == 422 and "已停用" in again.content.decode()


def test_an_enterprise_sees_its_device_and_may_not_touch_its_key(plant: Plant, sign_in: SignIn) -> None:
    worker = sign_in(plant.county.worker)
    assert "换发密钥" not in worker.get(f"/devices/{plant.device.code}/").content.decode()
    answer = worker.post(f"/devices/{plant.device.code}/rotate/")
    assert answer.status_code == 403 and "没有此项权限" in answer.content.decode()
    assert worker.post(f"/devices/{plant.device.code}/revoke/", {"reason": "x"}).status_code == 403
    assert Device.objects.get().key_digest == plant.device.key_digest


def test_silence_greys_the_tags_and_moves_the_device_to_offline(plant: Plant, sign_in: SignIn) -> None:
    officer = sign_in(plant.county.officer)
    assert officer.get("/devices/?state=online").context["listing"].count == 1
    record_episodes([(1, raised(plant.silence, value=None))], now=NOW)
    text = officer.get(f"/devices/{plant.device.code}/").content.decode()
    assert "下属测点已置灰" in text and 'class="offline"' in text
    assert officer.get("/devices/?state=online").context["listing"].count == 0
    page = officer.get("/devices/?state=silent")
    assert page.context["listing"].count == 1 and page.context["counts"]["silent"] == 1
    assert officer.get("/enterprises/?watch=offline").context["listing"].count == 1


def test_pages_stand_when_the_store_is_away(plant: Plant, sign_in: SignIn, store_away: None) -> None:
    officer = sign_in(plant.county.officer)
    for address in ("/devices/", f"/devices/{plant.device.code}/", f"/tags/{plant.tag.number}/", "/rejects/"):
        page = officer.get(address)
        assert page.status_code == 200 and "暂时没有应答" in page.content.decode(), address
    history = officer.get(f"/tags/{plant.tag.number}/history.json")
    assert history.status_code == 503 and "没有应答" in history.json()["error"]


def test_the_tag_page_shows_rules_with_clause_or_that_there_is_none(plant: Plant, sign_in: SignIn) -> None:
    text = sign_in(plant.county.townsman).get(f"/tags/{plant.tag.number}/").content.decode()
    assert "高高限 1.50 %" in text and "煤矿安全规程</a>" in text and "第173条</a>" in text
    assert "无条款，可改" in text
    assert "断电、撤人" in text and "自动发预警" in text


def test_a_meaningless_span_is_refused(plant: Plant, sign_in: SignIn) -> None:
    officer = sign_in(plant.county.officer)
    assert officer.get(f"/tags/{plant.tag.number}/history.json?from=2000&to=1000").status_code == 400


def test_who_answers_is_asked_of_the_site_or_of_the_enterprise_where_there_is_none(
    plant: Plant, sign_in: SignIn
) -> None:
    officer, enterprise = sign_in(plant.county.officer), plant.county.enterprise
    gateway, _key = register_device(
        actor=plant.county.officer, now=NOW, code="gw-1", name="网关", enterprise=enterprise
    )
    own = add_tag(gateway, actor=plant.county.officer, now=NOW, code="battery", name="电池电压")
    of_enterprise = f'/org/responsibility/?enterprise={enterprise.pk}"'
    of_site = f"/org/responsibility/?enterprise={enterprise.pk}&amp;site={plant.site.code}"
    for path in (f"/devices/{gateway.code}/", f"/tags/{own.number}/"):
        text = officer.get(path).content.decode()
        assert re.search(rf"<dt>单位</dt>[^—]*{re.escape(of_enterprise)}", text), path
    for path in (f"/devices/{plant.device.code}/", f"/tags/{plant.tag.number}/"):
        assert of_site in officer.get(path).content.decode(), path
    assert str(enterprise) in officer.get(of_enterprise.rstrip('"')).content.decode()
