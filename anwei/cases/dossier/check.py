"""Checking a dossier far from the county: no database, no Django, with or without the key of the seals.

Without the key: the files are those of the list, the rows are complete and in order, and every original is
the one the timeline names. With the key every seal is computed again.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from anwei.language import gettext as _
from anwei.ledgers.links import FIRST, Seals

HASHES, RECORDS = "hashes.txt", "records.json"
FORMATS = ("anwei-dossier/1", "anwei-dossier/2")  # since 2 a row may be withheld
ERASED = '{"erased": true}'
MAX_BYTES = 2 * 1024**3  # of all members together
MAX_MEMBERS = 20_000


class NoDossier(ValueError):
    """The file is no dossier; the text is a sentence for the user."""


@dataclass
class Checked:
    """What was checked, and every fault that was found."""

    files: int = 0
    rows: int = 0
    originals: int = 0
    copies: int = 0
    erased: int = 0
    withheld: int = 0  # rows whose content this reader is not given: where a photo was taken, who informed
    sealed: bool = False  # the seals were computed again
    records_sm3: str = ""
    faults: list[str] = field(default_factory=list)


def check(path: Path, key: bytes | None = None) -> Checked:
    """Check the dossier at `path`, with the key of the seals where there is one; raises NoDossier."""
    try:
        with zipfile.ZipFile(path) as archive:
            contents = _contents(archive)
        records = json.loads(contents[RECORDS])
        if records["format"] not in FORMATS:
            raise NoDossier(_("不认识这个版本的一案一档。"))
        found = Checked(sealed=key is not None, records_sm3=hashlib.new("sm3", contents[RECORDS]).hexdigest())
        found.faults += _file_faults(contents, found)
        for case in records["cases"]:
            for chain in (case["timeline"], case["changes"]):
                found.faults += _chain_faults(case["number"], chain, found)
                if key is not None:
                    found.faults += _seal_faults(case["number"], chain, Seals(key))
        found.faults += _evidence_faults(records, contents, found)
    except (zipfile.BadZipFile, OSError, KeyError, TypeError, ValueError, IndexError) as fault:
        raise fault if isinstance(fault, NoDossier) else NoDossier(_("文件不是完整的一案一档。")) from fault
    return found


def _contents(archive: zipfile.ZipFile) -> dict[str, bytes]:
    members = archive.infolist()
    if len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > MAX_BYTES:
        raise NoDossier(_("文件过大，未予打开。"))
    if len({member.filename for member in members}) < len(members):
        raise NoDossier(_("同名文件出现两次。"))
    return {member.filename: archive.read(member) for member in members}


def _file_faults(contents: dict[str, bytes], found: Checked) -> Iterator[str]:
    """Compare every file with hashes.txt, both ways."""
    lines = (line.split("  ", 1) for line in contents[HASHES].decode().splitlines())
    listed = {name: digest for digest, name in lines}
    for name in sorted(listed.keys() | contents.keys() - {HASHES}):
        found.files += 1
        if name not in contents:
            yield _("{name}：文件缺失").format(name=name)
        elif name not in listed:
            yield _("{name}：不在 hashes.txt 中").format(name=name)
        elif hashlib.sha256(contents[name]).hexdigest() != listed[name]:
            yield _("{name}：文件被改动").format(name=name)


def _chain_faults(case: str, chain: dict[str, Any], found: Checked) -> Iterator[str]:
    """See that the rows run on from 1 and end where the head says."""
    rows, head = chain["rows"], chain["head"]
    found.rows += len(rows)
    found.erased += sum(ERASED in _contents_of(row) for row in rows)
    found.withheld += sum("withheld" in row for row in rows)
    for number, row in enumerate(rows, start=1):
        if row["number"] != number:
            yield _("{case} 第 {number} 条：记录缺失或被调换").format(case=case, number=number)
            return
    last = (len(rows), rows[-1]["digest"]) if rows else (0, FIRST)
    if (head is not None or rows) and (head is None or (head["number"], head["digest"]) != last):
        yield _("{case} 第 {number} 条之后：末尾记录缺失").format(case=case, number=len(rows))


def _seal_faults(case: str, chain: dict[str, Any], keyed: Seals) -> Iterator[str]:
    """Compute every seal again; whatever was changed is found at its place."""
    name, previous = chain["chain"], FIRST
    for row in chain["rows"]:
        where = {"case": case, "number": row["number"]}
        given = "withheld" not in row and ERASED not in row["contents"]
        if given and keyed.content(row["contents"]) != row["content_digest"]:
            yield _("{case} 第 {number} 条：内容被改动").format(**where)
        link = keyed.link(name, row["number"], row["values"], row["content_digest"], previous)
        if link != row["digest"]:
            yield _("{case} 第 {number} 条：记录被改动").format(**where)
            return
        previous = row["digest"]
    head = chain["head"]
    if head is not None and keyed.head(name, head["number"], head["digest"]) != head["seal"]:
        yield _("{case}：链尾封印被改动").format(case=case)


def _evidence_faults(records: dict[str, Any], contents: dict[str, bytes], found: Checked) -> Iterator[str]:
    """Compare the files with what the timelines say was handed in."""
    told: dict[tuple[str, int], list[str]] = {}
    for case in records["cases"]:
        at = case["timeline"]["contents"].index("content")
        for row in case["timeline"]["rows"]:
            told[case["number"], row["number"]] = _digests(row, at)
    for file in records["files"]:
        digest = hashlib.sha256(contents.get(file["path"], b"")).hexdigest()
        if file["original"]:
            found.originals += 1
        else:
            found.copies += 1
        if file["original"] and digest != file["sealed_sha256"]:
            yield _("{path}：与记录中原件的摘要不符").format(path=file["path"])
        if file["entry"] is not None:
            waiting = told.get((file["case"], file["entry"]), [])
            if file["sealed_sha256"] in waiting:
                waiting.remove(file["sealed_sha256"])
            elif waiting or not _was_erased(records, file):
                yield _("{path}：办理记录中没有这份材料").format(path=file["path"])
    for (case_number, number), digests in told.items():
        if digests:
            where = {"case": case_number, "number": number, "n": len(digests)}
            yield _("{case} 第 {number} 条：缺少 {n} 份佐证材料").format(**where)


def _digests(row: dict[str, Any], at: int) -> list[str]:
    """Return the digests of the files handed in with a row, whose content stands at place `at`."""
    if "withheld" in row:
        return [str(digest) for digest in row["withheld"]["evidence"]]
    return [paper["sha256"] for paper in json.loads(row["contents"][at]).get("evidence", ())]


def _contents_of(row: dict[str, Any]) -> list[Any]:
    """Return the content columns of a row, none where they are withheld."""
    return [] if "withheld" in row else list(row["contents"])


def _was_erased(records: dict[str, Any], file: dict[str, Any]) -> bool:
    """Say whether the content of the row that a file belongs to was erased."""
    case = next(case for case in records["cases"] if case["number"] == file["case"])
    rows = case["timeline"]["rows"][file["entry"] - 1 : file["entry"]]
    return any(ERASED in _contents_of(row) for row in rows)
