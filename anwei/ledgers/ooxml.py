"""What is looked at before anybody parses an Office file: a ZIP may be a bomb, its XML may be another.

Sizes in a ZIP's directory can lie, so every member is inflated once, in pieces, under one ceiling for all.
What passes is bounded, not trusted: parse it in a process with limits (`anwei.ledgers.confined`).
"""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

from django.utils.translation import gettext as _

PARTS = {"xlsx": "xl/workbook.xml", "docx": "word/document.xml"}  # the part that tells what a file is
PIECE = 1024 * 1024  # bytes inflated at a time
LOCAL_HEADER = struct.Struct("<4s22xHH")  # signature, length of name, length of extra field
DECLARATIONS = tuple(
    mark.encode(coding)
    for mark in ("<!DOCTYPE", "<!ENTITY")
    for coding in ("utf-8", "utf-16-le", "utf-16-be")
)


class UnsafeOffice(ValueError):
    """The file is no Office file that may be opened; the text is a sentence for the user."""


@dataclass(frozen=True)
class Limits:
    """How far a file may swell; sizes in bytes, `ratio` = inflated to stored, for members over `PIECE`."""

    members: int = 2_000
    inflated: int = 50 * 1024 * 1024
    ratio: int = 100


def require_safe(content: bytes, kind: str = "", *, limits: Limits = Limits()) -> None:
    """Raise UnsafeOffice unless `content` is an OOXML file of `kind` ("xlsx", "docx", "" = either) in bounds.

    Refused: no ZIP, another kind, a password, macros, links out of the archive, too many members, too large
    or too dense when inflated, and XML that declares entities, which OOXML never does.
    """
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise UnsafeOffice(_("文件已损坏，或不是 Excel、Word 文件（xlsx、docx）。")) from error
    if len(members) > limits.members:
        raise UnsafeOffice(_("文件由 %(n)d 个部分组成，超出允许，未予打开。") % {"n": len(members)})
    names = {member.filename.lower() for member in members}
    if not names & {PARTS[each] for each in PARTS if kind in ("", each)}:
        raise UnsafeOffice(_("文件不是 %(kind)s 格式。") % {"kind": kind or "xlsx、docx"})
    if any(name.endswith("vbaproject.bin") for name in names):
        raise UnsafeOffice(_("文件含有宏，请另存为不含宏的文件再上传。"))
    if any(_leaves(member) for member in members):
        raise UnsafeOffice(_("文件内含指向外部的路径，未予打开。"))
    left = limits.inflated
    for member in members:
        left -= _inflated(content, member, left, limits.ratio)


def _leaves(member: zipfile.ZipInfo) -> bool:
    """Say whether a member is a symbolic link or names a place outside its archive."""
    parts = member.filename.replace("\\", "/").split("/")
    return stat.S_ISLNK(member.external_attr >> 16) or ".." in parts or parts[0] == "" or ":" in parts[0]


def _inflated(content: bytes, member: zipfile.ZipInfo, left: int, ratio: int) -> int:
    """Return the true size of a member; raise when it exceeds `left`, is too dense or declares entities."""
    size, tail = 0, b""
    is_xml = member.filename.lower().endswith((".xml", ".rels", ".vml"))
    for piece in _pieces(content, member):
        size += len(piece)
        if size > left or (size > PIECE and size > ratio * max(member.compress_size, 1)):
            raise UnsafeOffice(_("文件展开后过大，未予打开。"))
        seen = tail + piece
        if is_xml and any(mark in seen for mark in DECLARATIONS):
            raise UnsafeOffice(_("文件内含不允许的声明，未予打开。"))
        tail = piece[-32:]
    return size


def _pieces(content: bytes, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield what a member really inflates to, whatever size its directory entry names."""
    if member.flag_bits & 0x1:
        raise UnsafeOffice(_("文件设有密码，请去除密码后再上传。"))
    header = content[member.header_offset : member.header_offset + LOCAL_HEADER.size]
    if len(header) < LOCAL_HEADER.size or not header.startswith(b"PK\x03\x04"):
        raise UnsafeOffice(_("文件已损坏，未予打开。"))
    _signature, n_name, n_extra = LOCAL_HEADER.unpack(header)
    begin = member.header_offset + LOCAL_HEADER.size + n_name + n_extra
    stored = content[begin : begin + member.compress_size]
    if member.compress_type == zipfile.ZIP_STORED:
        yield stored
        return
    if member.compress_type != zipfile.ZIP_DEFLATED:
        raise UnsafeOffice(_("文件的压缩方式不受支持，请用 Excel 或 WPS 另存后再上传。"))
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        while piece := inflater.decompress(stored, PIECE):
            yield piece
            stored = inflater.unconsumed_tail
    except zlib.error as error:
        raise UnsafeOffice(_("文件已损坏，未予打开。")) from error
