"""The ZIP itself: cover and timeline to print, files, sealed rows, hashes and how to verify them."""

from __future__ import annotations

import hashlib
import json
import tempfile
import zipfile
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any

from django.db import transaction
from django.template.loader import render_to_string

from anwei.cases.desk import RELATED
from anwei.cases.dossier.collection import Collection, collect, stands_still
from anwei.cases.dossier.cover import cover
from anwei.cases.dossier.records import CASE_REGISTER, FORMAT, case_record
from anwei.cases.kinds import specific
from anwei.cases.models import Case, Entry
from anwei.cases.pace import clock_views
from anwei.cases.queries import timeline
from anwei.ledgers.models import GlobalHead
from anwei.ledgers.seal import Verification, verify_chain
from anwei.ledgers.services import record_change
from anwei.org.models import Person
from anwei.standards.calendar import COUNTY_TIME

HASHES, RECORDS = "hashes.txt", "records.json"


@dataclass(frozen=True)
class Dossier:
    """A finished ZIP, open at its beginning, and the digest that its cover prints."""

    file: IO[bytes]
    records_sm3: str


def make(case: Case, *, person: Person, now: datetime) -> Dossier:
    """Make the dossier of a case for one reader; that it was given out is itself a sealed change.

    Reading and packing hold no lock, for that takes seconds; where a hand moved one of the cases meanwhile,
    the dossier is made anew.
    """
    found = collect(case, person, now)
    told = _records(found, person, now)
    records = json.dumps(told, ensure_ascii=False, indent=1).encode()
    records_sm3 = hashlib.new("sm3", records).hexdigest()
    n_withheld = sum("withheld" in row for each in told["cases"] for row in each["timeline"]["rows"])
    context = _context(found, person, now) | {"records_sm3": records_sm3, "n_withheld": n_withheld}
    contents = {
        "卷宗.html": render_to_string("cases/dossier/dossier.html", context).encode(),
        "卷宗封面与办理经过.docx": cover(context),
        "核验说明.txt": render_to_string("cases/dossier/note.txt", context).encode(),
        RECORDS: records,
        **{piece.path: piece.content for piece in found.pieces},
    }
    hashes = "".join(f"{hashlib.sha256(content).hexdigest()}  {path}\n" for path, content in contents.items())
    dossier = Dossier(_zipped(contents | {HASHES: hashes.encode()}, now), records_sm3)
    content = {"records_sm3": records_sm3, "files": len(found.pieces), "originals": found.originals}
    with transaction.atomic():
        if stands_still(found):
            record_change(CASE_REGISTER, case.pk, actor=person, now=now, verb="dossier", content=content)
            return dossier
    moved = Case._base_manager.select_related(*RELATED, "parent").get(pk=case.pk)
    return make(specific(moved), person=person, now=now)


def _records(found: Collection, person: Person, now: datetime) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "made_at": now.isoformat(),
        "made_for": str(person),
        "cases": [
            case_record(
                case, whole=case.pk in found.with_originals, beginning=case.pk in found.with_beginnings
            )
            for case in found.cases
        ],
        "files": [
            {
                "path": piece.path,
                "case": piece.case,
                "entry": piece.entry,
                "name": piece.name,
                "sealed_sha256": piece.sealed_sha256,
                "original": piece.is_original,
            }
            for piece in found.pieces
        ],
        "hours": list(GlobalHead.objects.order_by("-number").values("number", "digest")[:1]),
    }


def _context(found: Collection, person: Person, now: datetime) -> dict[str, Any]:
    """Return what the page, the DOCX and the note tell."""
    verifications: dict[str, Verification] = {
        case.number: verify_chain(Entry, case.pk) for case in found.cases
    }
    return {
        "case": found.cases[0],
        "files": [
            (case, timeline(case), clock_views(case, now), [p for p in found.pieces if p.case == case.number])
            for case in found.cases
        ],
        "found": found,
        "n_originals": sum(piece.is_original for piece in found.pieces),
        "n_copies": sum(not piece.is_original for piece in found.pieces),
        "n_rows": sum(verification.rows for verification in verifications.values()),
        "broken": [broken for verification in verifications.values() for broken in verification.broken],
        "person": person,
        "now": now,
    }


def _zipped(contents: dict[str, bytes], now: datetime) -> IO[bytes]:
    file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  the response closes it
    at = now.astimezone(COUNTY_TIME).timetuple()[:6]
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in contents.items():
            member = zipfile.ZipInfo(path, at)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = 0o644 << 16
            archive.writestr(member, content)
    file.seek(0)
    return file
