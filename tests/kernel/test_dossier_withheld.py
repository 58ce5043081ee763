"""What a dossier keeps from whom: the place of a photo, from whoever is given copies without it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any

import pytest
from django.conf import settings

from anwei.cases.dossier import archive
from anwei.cases.dossier.check import check
from anwei.cases.models import Case
from anwei.cases.services import advance
from anwei.cases.sweep import sweep
from anwei.ledgers.models import Change
from tests.kernel.county import NOW, County, open_repair
from tests.kernel.test_dossier import case, contents_of, download, rehashed  # noqa: F401

PLACE = "36.1"  # latitude of the one photo that knows where it was taken


def test_whoever_is_given_copies_does_not_read_the_place_in_the_records(
    case: Case,  # noqa: F811
    county: County,
    tmp_path: Path,
) -> None:
    path, key = tmp_path / "a.zip", settings.DATA.secret("chain")
    path.write_bytes(download(county.townsman, case))
    contents = contents_of(path.read_bytes())
    assert all(PLACE not in content.decode(errors="ignore") for content in contents.values())
    rows = json.loads(contents["records.json"])["cases"][0]["timeline"]["rows"]
    assert [row["number"] for row in rows if "withheld" in row] == [6]
    assert "1 条，在 records.json 中只给出摘要" in contents["核验说明.txt"].decode()
    found = check(path, key)  # every other seal holds, and the chain through the row that is withheld
    assert (found.faults, found.withheld, found.sealed) == ([], 1, True)
    path.write_bytes(download(county.officer, case))
    assert PLACE in contents_of(path.read_bytes())["records.json"].decode()
    assert (check(path, key).faults, check(path, key).withheld) == ([], 0)


def _another_digest(row: dict[str, Any]) -> None:
    row["withheld"]["evidence"][0] = "0" * 64


def _another_content(row: dict[str, Any]) -> None:
    row["content_digest"] = "0" * 64


@pytest.mark.parametrize("forge", [_another_digest, _another_content])
def test_a_row_that_is_withheld_cannot_be_forged(
    case: Case,  # noqa: F811
    county: County,
    tmp_path: Path,
    forge: Callable[[dict[str, Any]], None],
) -> None:
    contents = contents_of(download(county.townsman, case))
    records = json.loads(contents["records.json"])
    forge(records["cases"][0]["timeline"]["rows"][5])
    contents["records.json"] = json.dumps(records).encode()
    path = tmp_path / "forged.zip"
    path.write_bytes(rehashed(contents))
    assert check(path, settings.DATA.secret("chain")).faults


def test_a_dossier_is_made_anew_where_time_went_on(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    """A missed clock enters the timeline and raises no version."""
    ordered = advance(open_repair(county), "order", actor=county.officer, now=NOW)
    packed, times = archive._zipped, list[datetime]()

    def slowly(contents: dict[str, bytes], now: datetime) -> IO[bytes]:
        if not times:
            assert sweep(NOW + timedelta(days=1)).n_overdue > 0
        times.append(now)
        return packed(contents, now)

    monkeypatch.setattr(archive, "_zipped", slowly)
    archive.make(ordered, person=county.officer, now=NOW)
    assert len(times) == 2
    assert Change.objects.filter(register="cases.case", row=str(ordered.pk), verb="dossier").count() == 1
