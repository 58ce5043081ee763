"""What a paper says, apart from how it is set: so that another layout is not another text."""

from __future__ import annotations

from hashlib import sha256
from io import BytesIO
from zipfile import BadZipFile

from docx import Document
from docx.opc.exceptions import OpcError
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

HYPHEN = qn("w:noBreakHyphen")  # the sign of a negative number
SAID = (qn("w:t"), HYPHEN)


def text_digest(content: bytes, *, headless: bool = False) -> str:
    """Return the SHA-256 (hex) of the words of a DOCX that this system made, "" of what is none.

    It is of all signs of the body in their order, without blanks: title, number, text, tables, who signs it;
    fonts, sizes, lines, heads and feet of pages are layout. `headless`: without its first words, where a
    letter of before had its head.
    """
    try:
        body = Document(BytesIO(content)).element.body
    except (BadZipFile, KeyError, ValueError, OpcError):
        return ""
    parts = ["".join("".join(_said(one) for one in part.iter(*SAID)).split()) for part in body]
    said = "".join([part for part in parts if part][headless:])
    return sha256(said.encode()).hexdigest()


def _said(one: BaseOxmlElement) -> str:
    return "-" if one.tag == HYPHEN else one.text or ""
