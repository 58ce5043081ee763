"""PDF: whole, without a password, without anything that runs or opens by itself (ISO 32000-1, 12.6)."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO

from anwei.cases.examination.findings import Finding, Reason, Refused

MEDIA_TYPE = "application/pdf"
MAX_INFLATED = 50 * 1024 * 1024  # bytes of all object streams together
ACTIVE = re.compile(
    rb"/(JavaScript|Launch|EmbeddedFiles?|RichMedia|SubmitForm|ImportData|Rendition|GoToE|XFA)(?![A-Za-z0-9])"
)
ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")  # a name may spell any letter by its code
STREAM = re.compile(rb"stream\r?\n")
LONGEST_DICTIONARY = 4096  # bytes looked at before a stream


def examine(content: bytes) -> Finding:
    """Return what a PDF is; raises Refused."""
    if not content.startswith(b"%PDF-") or b"%%EOF" not in content[-1024:]:
        raise Refused(Reason.UNKNOWN)
    if zipfile.is_zipfile(BytesIO(content)):
        raise Refused(Reason.TWO_IN_ONE)
    for text in (content, *_object_streams(content)):
        names = ESCAPED.sub(lambda code: bytes([int(code[1], 16)]), text)
        if re.search(rb"/Encrypt(?![A-Za-z0-9])", names):
            raise Refused(Reason.LOCKED)
        if ACTIVE.search(names):
            raise Refused(Reason.ACTIVE)
    return Finding(MEDIA_TYPE)


def _object_streams(content: bytes) -> Iterator[bytes]:
    """Yield the inflated object streams, in which a PDF may hide its dictionaries."""
    left = MAX_INFLATED
    for mark in STREAM.finditer(content):
        dictionary = content[max(0, mark.start() - LONGEST_DICTIONARY) : mark.start()]
        dictionary = ESCAPED.sub(lambda code: bytes([int(code[1], 16)]), dictionary.rpartition(b" obj")[2])
        if b"/ObjStm" not in dictionary:
            continue
        if b"/FlateDecode" not in dictionary and b"/Fl " not in dictionary:
            if b"/Filter" in dictionary:
                raise Refused(Reason.UNKNOWN)
            continue  # plain: read with the rest
        inflater = zlib.decompressobj()
        try:
            text = inflater.decompress(content[mark.end() :], left)
        except zlib.error as fault:
            raise Refused(Reason.UNKNOWN) from fault
        left -= len(text)
        if left <= 0:
            raise Refused(Reason.UNKNOWN)
        yield text
