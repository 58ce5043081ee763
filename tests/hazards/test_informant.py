"""Who informed of a hazard is told to the supervising body alone."""

from __future__ import annotations

import json
from pathlib import Path
from zipfile import ZipFile

import pytest

from anwei.cases.dossier.check import RECORDS, check
from anwei.hazards.models import Hazard
from anwei.org.models import Person
from tests.hazards.conftest import Safe
from tests.hazards.doors import FIXED, ORDERED, VERIFIED, act, file, picture, signed_in

NAME = "赵六六"
REGISTER = "/ledgers/hazards/export/?form=csv"


@pytest.fixture
def hazard(safe: Safe) -> Hazard:
    return file(safe.inspector, safe.county.enterprise.pk, origin="tip_off", finder=NAME)


def told(person: Person, address: str) -> bytes:
    answer = signed_in(person).get(address)
    assert answer.status_code == 200
    return answer.getvalue()


def test_the_plant_reads_no_name_on_the_page_and_in_the_register(safe: Safe, hazard: Hazard) -> None:
    for person in (safe.county.worker, safe.county.boss, safe.county.townsman):
        page = told(person, f"/cases/{hazard.pk}/").decode()
        assert "举报人信息保密" in page and NAME not in page
        table = told(person, REGISTER).decode()
        assert hazard.number in table and NAME not in table
    assert NAME in told(safe.verifier, f"/cases/{hazard.pk}/").decode()
    assert NAME in told(safe.verifier, REGISTER).decode()


def test_an_informant_of_the_plant_is_not_betrayed_by_what_is_refused(safe: Safe) -> None:
    Person.objects.filter(pk=safe.county.worker.pk).update(full_name=NAME)
    hazard = file(safe.inspector, safe.county.enterprise.pk, origin="tip_off", finder=NAME)
    assert hazard.found_by is None
    act(safe.verifier, hazard, "order", **ORDERED)
    act(safe.county.worker, hazard, "accept")
    answer = act(safe.county.worker, hazard, "fix", **FIXED, evidence=picture(colour="green"))
    assert answer.status_code == 302


def test_an_informant_who_is_an_official_does_not_verify(safe: Safe) -> None:
    hazard = file(safe.inspector, safe.county.enterprise.pk, origin="tip_off", finder="verifier")
    act(safe.inspector, hazard, "order", **ORDERED)
    act(safe.county.worker, hazard, "accept")
    act(safe.county.worker, hazard, "fix", **FIXED, evidence=picture(colour="green"))
    assert act(safe.verifier, hazard, "verify", **VERIFIED, evidence=picture()).status_code == 403


def test_the_dossier_of_the_plant_keeps_the_name_back_and_still_verifies(
    safe: Safe, hazard: Hazard, tmp_path: Path
) -> None:
    for person, tells in ((safe.county.worker, False), (safe.verifier, True)):
        path = tmp_path / f"{person.pk}.zip"
        path.write_bytes(told(person, f"/cases/{hazard.pk}/dossier.zip"))
        with ZipFile(path) as archive:
            records = archive.read(RECORDS).decode()
        timeline = json.loads(records)["cases"][0]["timeline"]
        beginning, at = timeline["rows"][0], timeline["contents"].index("content")
        assert NAME not in records and ("contents" in beginning) is tells
        if tells:
            assert json.loads(beginning["contents"][at])["columns"]["finder"] == NAME
        checked = check(path)
        assert not checked.faults and bool(checked.withheld) is not tells
