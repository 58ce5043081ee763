"""Run by `anwei.ledgers.confined`: replaces marks in the text of a DOCX, also one that spans several runs.

Input: the file; options: mark, replacement, mark, replacement ... Fails when a mark does not occur.
"""

from __future__ import annotations

import sys
import zipfile
from io import BytesIO

MAIN = "word/document.xml"
NAMESPACE = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
FIXED_DATE = (2012, 7, 1, 0, 0, 0)


def filled(content: bytes, marks: dict[str, str]) -> bytes:
    """Return the file with every mark replaced; raises LookupError for one that does not occur."""
    from lxml import etree  # type: ignore[import-untyped]

    source = zipfile.ZipFile(BytesIO(content))
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    root = etree.fromstring(source.read(MAIN), parser)
    missing = set(marks)
    for paragraph in root.iter(NAMESPACE + "p"):
        pieces = list(paragraph.iter(NAMESPACE + "t"))
        text = "".join(piece.text or "" for piece in pieces)
        found = [mark for mark in marks if mark in text]
        for mark in found:
            missing.discard(mark)
            if marks[mark] != mark:
                _replace(pieces, mark, marks[mark])
    if missing:
        raise LookupError(missing)
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.namelist():
            part = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
            entry = zipfile.ZipInfo(name, FIXED_DATE)
            archive.writestr(
                entry, part if name == MAIN else source.read(name), compress_type=zipfile.ZIP_DEFLATED
            )
    return target.getvalue()


def _replace(pieces: list, mark: str, value: str) -> None:  # type: ignore[type-arg]  # lxml elements
    """Write `value` where `mark` begins, in that run's own font, and take the rest of the mark away."""
    begin = "".join(piece.text or "" for piece in pieces).index(mark)
    end, place = begin + len(mark), 0
    for piece in pieces:
        text = piece.text or ""
        first, last = max(begin - place, 0), min(end - place, len(text))
        if first < last:
            piece.text = text[:first] + (value if place + first == begin else "") + text[last:]
        place += len(text)


if __name__ == "__main__":
    words = sys.argv[1:]
    sys.stdout.buffer.write(filled(sys.stdin.buffer.read(), dict(zip(words[::2], words[1::2], strict=True))))
