"""What a paper says, apart from how it is set: so that another layout is not another text."""

from __future__ import annotations

from hashlib import sha256
from io import BytesIO
from zipfile import BadZipFile

from docx import Document
from docx.opc.exceptions import OpcError
from docx.oxml.ns import qn


def text_digest(content: bytes) -> str:
    """Return the SHA-256 (hex) of the words of a DOCX that this system made, "" of what is none.

    It is of all signs of the body in their order, without blanks: title, number, text, tables, who signs it;
    fonts, sizes, lines, heads and feet of pages are layout.
    """
    try:
        body = Document(BytesIO(content)).element.body
    except (BadZipFile, KeyError, ValueError, OpcError):
        return ""
    said = "".join("".join(one.text or "" for one in body.iter(qn("w:t"))).split())
    return sha256(said.encode()).hexdigest()
