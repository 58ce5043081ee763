"""一案一档: one click, everything in it, and a third person can check it without us."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import IO, Any

import pytest
from django.conf import settings
from django.test import Client
from docx import Document

from anwei.cases.dossier import archive
from anwei.cases.dossier.check import NoDossier, check
from anwei.cases.evidence import Upload, path_of
from anwei.cases.models import Case, Evidence
from anwei.cases.services import advance
from anwei.ledgers import erasure, seal
from anwei.ledgers.models import Change
from anwei.org.models import Person
from tests.kernel.county import NOW, County, open_repair, photo
from tests.kernel.test_advance import to_review
from tests.kernel.test_photos import placed

REPOSITORY = Path(__file__).resolve().parents[2]


def download(person: Person, case: Case) -> bytes:
    client = Client()
    client.force_login(person)
    answer = client.get(f"/cases/{case.pk}/dossier.zip")
    assert answer.status_code == 200, answer.status_code
    assert answer["Content-Type"] == "application/zip"
    assert (
        answer["Content-Disposition"].startswith("attachment")
        and case.number in answer["Content-Disposition"]
    )
    return b"".join(answer.streaming_content)


def contents_of(dossier: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(dossier)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(contents: dict[str, bytes]) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def rehashed(contents: dict[str, bytes]) -> bytes:
    """What a forger hands on: the list of hashes fits again."""
    rest = {name: content for name, content in contents.items() if name != "hashes.txt"}
    hashes = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in rest.items())
    return zipped(rest | {"hashes.txt": hashes.encode()})


def command(path: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The command in an empty place: no data folder, no database."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(REPOSITORY), "ANWEI_DATA": "/nonexistent"}
    return subprocess.run(
        [sys.executable, "-m", "anwei", "verify-dossier", str(path), *words],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.fixture
def case(county: County) -> Case:
    """In review, with a photo that knows where it was taken, and a child with a photo of its own."""
    case = to_review(county)
    case = advance(case, "return_back", actor=county.officer, now=NOW, reason="补件")
    where = Upload("位置.jpg", placed((36.0, 6.0, 0.0), (111.0, 30.0, 0.0)), NOW)
    case = advance(case, "finish", actor=county.worker, now=NOW, way="repair", evidence=[where])
    child = open_repair(county, title="附件检修", parent=case)
    child = advance(child, "order", actor=county.officer, now=NOW)
    child = advance(child, "sign", actor=county.worker, now=NOW)
    advance(
        child, "finish", actor=county.worker, now=NOW, way="repair", evidence=[photo("附.jpg", colour="red")]
    )
    return case


def test_everything_is_in_it_and_the_hashes_are_those_of_sha256sum(
    case: Case, county: County, tmp_path: Path
) -> None:
    contents = contents_of(download(county.officer, case))
    assert {
        "卷宗.html",
        "卷宗封面与办理经过.docx",
        "核验说明.txt",
        "records.json",
        "hashes.txt",
    } < contents.keys()
    assert len([name for name in contents if name.startswith("佐证材料/")]) == 3
    page = contents["卷宗.html"].decode()
    assert case.number in page and "更换压力表" in page and "附件检修" in page and "已报完成" in page
    document = Document(BytesIO(contents["卷宗封面与办理经过.docx"]))
    assert document.paragraphs[0].text == f"打印稿　{case.number}"
    assert "打印稿，不是公文 · officer" in "".join(p.text for p in document.sections[0].footer.paragraphs)
    word = "\n".join(cell.text for table in document.tables for row in table.rows for cell in row.cells)
    assert "已报完成" in word and "安全科长" in word
    assert "未被改动" in page or "核验" in contents["核验说明.txt"].decode()
    for name, content in contents.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    done = subprocess.run(
        ["sha256sum", "--strict", "-c", "hashes.txt"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0 and done.stdout.count(": OK") == len(contents) - 1


def test_the_originals_carry_the_sealed_digests(case: Case, county: County) -> None:
    contents = contents_of(download(county.worker, case))
    records = json.loads(contents["records.json"])
    assert all(file["original"] for file in records["files"])
    for file in records["files"]:
        assert hashlib.sha256(contents[file["path"]]).hexdigest() == file["sealed_sha256"]


def test_whoever_stands_outside_the_three_units_gets_copies_without_traces(
    case: Case, county: County
) -> None:
    contents = contents_of(download(county.townsman, case))
    records = json.loads(contents["records.json"])
    assert not any(file["original"] for file in records["files"])
    for file in records["files"]:
        assert b"Exif" not in contents[file["path"]] and contents[file["path"]].startswith(b"\xff\xd8")
    assert "0 件原件、3 件去除拍摄信息的副本" in contents["核验说明.txt"].decode()
    client = Client()
    client.force_login(county.townsman)
    paper = Evidence.objects.get(name="位置.jpg")
    assert b"Exif" not in client.get(f"/evidence/{paper.pk}/").content
    client.force_login(county.worker)
    assert (
        b"".join(client.get(f"/evidence/{paper.pk}/").streaming_content)
        == path_of(paper.stored_as).read_bytes()
    )


def test_outside_the_scope_there_is_none(case: Case, county: County) -> None:
    for outsider in (county.stranger, county.regulator):
        client = Client()
        client.force_login(outsider)
        assert client.get(f"/cases/{case.pk}/dossier.zip").status_code == 404
    assert Client().get(f"/cases/{case.pk}/dossier.zip").status_code == 302


def test_a_child_out_of_scope_is_counted_not_shown(case: Case, county: County) -> None:
    Case.objects.filter(parent=case.pk).update(
        territory="999001102", sector="coal", enterprise=county.other_enterprise
    )
    client = Client()
    client.force_login(county.townsman)
    page = client.get(f"/cases/{case.pk}/")
    assert page.status_code == 200 and "附件检修" not in page.content.decode()
    contents = contents_of(download(county.townsman, case))
    assert "另有 1 件子事项" in contents["核验说明.txt"].decode()
    assert "附件检修" not in contents["records.json"].decode()


def test_a_parent_out_of_scope_is_not_named(case: Case, county: County) -> None:
    child = Case.objects.get(parent=case.pk)
    client = Client()
    client.force_login(county.townsman)
    assert case.number in client.get(f"/cases/{child.pk}/").content.decode()
    Case.objects.filter(pk=case.pk).update(
        territory="999001102", sector="coal", enterprise=county.other_enterprise
    )
    page = client.get(f"/cases/{child.pk}/")
    assert page.status_code == 200
    assert case.number not in page.content.decode() and case.title not in page.content.decode()


def test_every_download_is_in_the_change_log(case: Case, county: County) -> None:
    for person in (county.officer, county.townsman):
        contents = contents_of(download(person, case))
        change = Change.objects.filter(register="cases.case", row=str(case.pk)).latest("number")
        assert (change.verb, change.actor) == ("dossier", person)
        assert change.content["records_sm3"] == hashlib.new("sm3", contents["records.json"]).hexdigest()
        assert change.content["originals"] is (person == county.officer)
    assert seal.verify().first_broken is None


def test_a_dossier_is_made_anew_where_a_hand_was_faster(
    case: Case, county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed = archive._zipped
    times: list[datetime] = []

    def slowly(contents: dict[str, bytes], now: datetime) -> IO[bytes]:
        if not times:
            Case.objects.filter(pk=case.pk).update(version=case.version + 1)
        times.append(now)
        return packed(contents, now)

    monkeypatch.setattr(archive, "_zipped", slowly)
    archive.make(case, person=county.officer, now=NOW)
    assert len(times) == 2
    assert Change.objects.filter(register="cases.case", row=str(case.pk), verb="dossier").count() == 1


def test_the_command_needs_no_database(case: Case, county: County, tmp_path: Path) -> None:
    path, key = tmp_path / "a.zip", tmp_path / "key"
    path.write_bytes(download(county.officer, case))
    key.write_text(settings.DATA.secret("chain").hex())
    without = command(path)
    assert without.returncode == 0 and "没有密钥" in without.stdout, without
    with_key = command(path, "--key", str(key), "--json")
    answer = json.loads(with_key.stdout)
    assert with_key.returncode == 0 and answer["holds"] and answer["sealed"]
    assert (answer["originals"], answer["copies"]) == (3, 0)
    key.write_text("00" * 32)
    assert command(path, "--key", str(key)).returncode == 1
    path.write_bytes(b"PK")
    assert command(path).returncode == 2


def _change_a_file(contents: dict[str, bytes], records: dict[str, Any]) -> None:
    path = records["files"][0]["path"]
    contents[path] += b"x"


def _swap_two_files(contents: dict[str, bytes], records: dict[str, Any]) -> None:
    first, second = (file["path"] for file in records["files"][:2])
    contents[first], contents[second] = contents[second], contents[first]


def _leave_a_file_out(contents: dict[str, bytes], records: dict[str, Any]) -> None:
    del contents[records["files"].pop()["path"]]


def _cut_a_row(contents: dict[str, bytes], records: dict[str, Any]) -> None:
    del records["cases"][0]["timeline"]["rows"][1]


def _cut_the_tail(contents: dict[str, bytes], records: dict[str, Any]) -> None:
    records["cases"][0]["timeline"]["rows"].pop()


def _change_a_row(contents: dict[str, bytes], records: dict[str, Any]) -> None:
    records["cases"][0]["timeline"]["rows"][0]["values"][0] = "2020-01-01 00:00:00"


def _change_a_word(contents: dict[str, bytes], records: dict[str, Any]) -> None:
    records["cases"][0]["timeline"]["rows"][0]["contents"][0] = "改过的说明"


@pytest.mark.parametrize(
    "forge", [_change_a_file, _swap_two_files, _leave_a_file_out, _cut_a_row, _cut_the_tail]
)
def test_what_is_found_without_the_key(
    case: Case, county: County, tmp_path: Path, forge: Callable[..., None]
) -> None:
    contents = contents_of(download(county.officer, case))
    records = json.loads(contents["records.json"])
    forge(contents, records)
    contents["records.json"] = json.dumps(records).encode()
    path = tmp_path / "forged.zip"
    path.write_bytes(rehashed(contents))
    assert check(path).faults


@pytest.mark.parametrize("forge", [_change_a_row, _change_a_word])
def test_what_only_the_key_or_the_printed_digest_finds(
    case: Case, county: County, tmp_path: Path, forge: Callable[..., None]
) -> None:
    contents = contents_of(download(county.officer, case))
    printed = hashlib.new("sm3", contents["records.json"]).hexdigest()
    records = json.loads(contents["records.json"])
    forge(contents, records)
    contents["records.json"] = json.dumps(records).encode()
    path = tmp_path / "forged.zip"
    path.write_bytes(rehashed(contents))
    open_check = check(path)
    assert not open_check.faults and open_check.records_sm3 != printed
    assert "第 1 条" in check(path, settings.DATA.secret("chain")).faults[0]


def test_a_changed_byte_is_found_by_the_list(case: Case, county: County, tmp_path: Path) -> None:
    contents = contents_of(download(county.officer, case))
    path = tmp_path / "a.zip"
    for name in contents.keys() - {"hashes.txt"}:
        path.write_bytes(zipped(contents | {name: contents[name] + b"x"}))
        try:
            assert any(name in fault for fault in check(path).faults), name
        except NoDossier:
            assert name == "records.json"


def test_an_erased_row_still_verifies(case: Case, county: County, tmp_path: Path) -> None:
    entry = case.entries.get(number=4)
    kept = {"evidence": [paper["sha256"] for paper in entry.content["evidence"]]}
    erasure.erase(entry, actor=county.officer, now=NOW, reason="当事人申请", kept=kept)
    path = tmp_path / "a.zip"
    path.write_bytes(download(county.officer, case))
    found = check(path, settings.DATA.secret("chain"))
    assert (found.faults, found.erased) == ([], 1)


def test_the_page_has_the_button(case: Case, county: County) -> None:
    client = Client()
    client.force_login(county.officer)
    page = client.get(f"/cases/{case.pk}/").content.decode()
    assert f'href="/cases/{case.pk}/dossier.zip"' in page
