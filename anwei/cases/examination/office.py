"""Word and Excel files: no program in them, nothing fetched on opening, every part well-formed.

`ledgers.ooxml` bounds what the archive swells to; here its parts are read (ECMA-376 part 2: no DTD).
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from xml.sax import SAXException
from xml.sax.handler import ContentHandler

from defusedxml.common import DefusedXmlException
from defusedxml.sax import parseString

from anwei.cases.examination.findings import Finding, Reason, Refused
from anwei.ledgers.ooxml import UnsafeOffice, require_safe

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAIN_PARTS = {f"{WORD}.main+xml": WORD, f"{SHEET}.main+xml": SHEET}
ACTIVE_PART = re.compile(
    r"vba|macrosheets/|activex|oleobject|\.(bin|exe|dll|js|vbs|hta|lnk|jar|bat|cmd|ps1|scr)$"
)
HARMLESS_PART = re.compile(r"printersettings\d*\.bin$")
ARCHIVES = (
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"\xd0\xcf\x11\xe0",
    b"MZ",
    b"\x7fELF",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\x1f\x8b",
)
HARMLESS_LINKS = ("/hyperlink",)  # followed only by a click
FETCHING_FIELD = re.compile(r"\b(DDEAUTO|DDE|INCLUDEPICTURE|INCLUDETEXT)\b", re.IGNORECASE)
FIELD_TAGS = ("instrText", "fldSimple", "ddeLink", "f")


def examine(content: bytes) -> Finding:
    """Return what an Office file is; raises Refused."""
    if not content.startswith(b"PK\x03\x04"):
        raise Refused(Reason.UNKNOWN)
    try:
        require_safe(content)
        with zipfile.ZipFile(BytesIO(content)) as archive:
            _check_directory(archive, content)
            parts = {part.filename: archive.read(part) for part in archive.infolist() if not part.is_dir()}
    except UnsafeOffice as fault:
        raise Refused(Reason.OFFICE, str(fault)) from fault
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, OSError, EOFError) as fault:
        raise Refused(Reason.UNKNOWN) from fault
    types: set[str] = set()
    for name, part in parts.items():
        lower = name.lower()
        if ACTIVE_PART.search(lower) and not HARMLESS_PART.search(lower):
            raise Refused(Reason.ACTIVE)
        if part.startswith(ARCHIVES):
            raise Refused(Reason.TWO_IN_ONE)
        if lower.endswith((".xml", ".rels", ".vml")):
            types.update(_read(part))
    kinds = {MAIN_PARTS[kind] for kind in types if kind in MAIN_PARTS}
    if any("macroenabled" in kind.lower() for kind in types):
        raise Refused(Reason.ACTIVE)
    if len(kinds) != 1:
        raise Refused(Reason.UNKNOWN)
    return Finding(kinds.pop())


def _check_directory(archive: zipfile.ZipFile, content: bytes) -> None:
    """Refuse what no Office program writes: parts that overlap or stand twice, bytes before or behind."""
    members = sorted(archive.infolist(), key=lambda member: member.header_offset)
    names = [member.filename.lower() for member in members]
    if len(set(names)) < len(names) or any("\0" in member.orig_filename for member in members):
        raise Refused(Reason.TWO_IN_ONE)
    end = 0
    for member in members:
        if member.header_offset < end:
            raise Refused(Reason.TWO_IN_ONE)
        end = member.header_offset + 30 + len(member.filename.encode()) + member.compress_size
    if archive.comment or members[0].header_offset or content[-22:-18] != b"PK\x05\x06":
        raise Refused(Reason.TWO_IN_ONE)


def _read(part: bytes) -> Iterator[str]:
    """Read a part to its end; yield the content types it declares."""
    reader = _Part()
    try:
        parseString(part, reader, forbid_dtd=True)
    except (SAXException, DefusedXmlException, ValueError, LookupError) as fault:
        raise Refused(Reason.UNKNOWN) from fault
    return iter(reader.types)


class _Part(ContentHandler):
    """Collects content types; refuses links that are followed and fields that fetch on opening."""

    def __init__(self) -> None:
        super().__init__()
        self.types: list[str] = []
        self._field = ""
        self._in_field = False

    def startElement(self, name: str, attributes: Any) -> None:
        tag = name.rpartition(":")[2]
        if "ContentType" in attributes:
            self.types.append(attributes["ContentType"])
        is_followed = not attributes.get("Type", "").endswith(HARMLESS_LINKS)
        if tag == "Relationship" and attributes.get("TargetMode") == "External" and is_followed:
            raise Refused(Reason.ACTIVE)
        self._in_field = tag in FIELD_TAGS
        if tag == "ddeLink" or FETCHING_FIELD.search(
            " ".join(attributes.values()) if tag == "fldSimple" else ""
        ):
            raise Refused(Reason.ACTIVE)

    def characters(self, content: str) -> None:
        if self._in_field:
            self._field += content

    def endElement(self, name: str) -> None:
        self._in_field = False

    def endDocument(self) -> None:
        if FETCHING_FIELD.search(self._field):
            raise Refused(Reason.ACTIVE)
