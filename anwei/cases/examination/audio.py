"""Voice notes as phones record them: the container is walked to its end, and only sound is in it."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator

from anwei.cases.examination.findings import ACTIVE_TEXT, Finding, Reason, Refused

AMR_BYTES = (
    12,
    13,
    15,
    17,
    19,
    20,
    26,
    31,
    5,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
)  # a frame after its header, 3GPP TS 26.101
AMR_WB_BYTES = (17, 23, 32, 36, 40, 46, 50, 58, 60, 5, 0, 0, 0, 0, 0, 0)  # 3GPP TS 26.201
MP3_KBITS = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)  # MPEG 1 layer III
MP3_KBITS_2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)  # MPEG 2 and 2.5 layer III
MP3_HERTZ = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
MP4_PARENTS = (b"moov", b"trak", b"mdia")
EBML_PARENTS = (
    0x1A45DFA3,
    0x18538067,
    0x1654AE6B,
    0xAE,
)  # head, Segment, Tracks, TrackEntry (RFC 8794, 9559)
MOST_PARTS = 500_000


def examine(content: bytes) -> Finding:
    """Return what a recording is; raises Refused."""
    read = next((reader for test, reader in READERS if test(content)), None)
    if read is None:
        raise Refused(Reason.UNKNOWN)
    if ACTIVE_TEXT.search(content):
        raise Refused(Reason.TWO_IN_ONE)
    try:
        return read(content)
    except (struct.error, IndexError, ValueError) as fault:
        raise Refused(Reason.UNKNOWN) from fault


def _amr(content: bytes) -> Finding:
    wide = content.startswith(b"#!AMR-WB\n")
    at, sizes, n_frames = (9 if wide else 6), (AMR_WB_BYTES if wide else AMR_BYTES), 0
    while at < len(content):
        if content[at] & 0x83:  # bits that are always 0 in a frame's header, RFC 4867 section 5.3
            raise Refused(Reason.UNKNOWN)
        at += 1 + sizes[content[at] >> 3 & 0x0F]
        n_frames += 1
    return _sound("audio/amr", at == len(content) and n_frames > 0, n_frames * 0.02)


def _wav(content: bytes) -> Finding:
    n_bytes = struct.unpack_from("<I", content, 4)[0] + 8
    at, rate, n_data = 12, 0, 0
    while at + 8 <= min(n_bytes, len(content)):
        name, size = struct.unpack_from("<4sI", content, at)
        if name == b"fmt ":
            rate = struct.unpack_from("<I", content, at + 16)[0]
        n_data += size if name == b"data" else 0
        at += 8 + size + size % 2
    whole = (
        n_bytes in (len(content), len(content) - 1, len(content) + 1)
        and len(content) <= at <= len(content) + 1
    )
    return _sound("audio/wav", whole and rate > 0 and n_data > 0, n_data / max(rate, 1))


def _mp3(content: bytes) -> Finding:
    at, seconds, n_frames = 0, 0.0, 0
    end = len(content) - (128 if content[-128:-125] == b"TAG" else 0)
    if content.startswith(b"ID3"):
        size = content[6:10]
        at = 10 + (size[0] << 21 | size[1] << 14 | size[2] << 7 | size[3])
    while at + 4 <= end:
        header = struct.unpack_from(">I", content, at)[0]
        version, layer = header >> 19 & 3, header >> 17 & 3
        if header >> 21 != 0x7FF or layer != 1 or version == 1:
            break
        rate = MP3_HERTZ[version][header >> 10 & 3]
        kbits = (MP3_KBITS if version == 3 else MP3_KBITS_2)[header >> 12 & 15]
        size = (144 if version == 3 else 72) * kbits * 1000 // rate + (header >> 9 & 1)
        if size < 24:
            break
        at, n_frames = at + size, n_frames + 1
        seconds += (1152 if version == 3 else 576) / rate
    return _sound("audio/mpeg", n_frames > 1 and end - at < 2048, seconds)


def _adts(content: bytes) -> Finding:
    at, n_frames = 0, 0
    while at + 7 <= len(content) and content[at] == 0xFF and content[at + 1] & 0xF6 == 0xF0:
        size = (content[at + 3] & 3) << 11 | content[at + 4] << 3 | content[at + 5] >> 5
        if size < 7:
            break
        at, n_frames = at + size, n_frames + 1
    return _sound("audio/aac", n_frames > 1 and at == len(content), None)


def _ogg(content: bytes) -> Finding:
    at, last, codec = 0, 0, b""
    while at < len(content):
        if content[at : at + 5] != b"OggS\0":
            raise Refused(Reason.UNKNOWN)
        n_segments = content[at + 26]
        body = at + 27 + n_segments
        if at == 0:
            codec = content[body : body + 8]
        last = max(last, struct.unpack_from("<q", content, at + 6)[0])
        at = body + sum(content[at + 27 : body])
    known = codec == b"OpusHead" or codec.startswith((b"\x01vorbis", b"Speex  "))
    return _sound("audio/ogg", known and at == len(content), last / 48000 if codec == b"OpusHead" else None)


def _mp4(content: bytes) -> Finding:
    handlers = [body[8:12] for name, body in _boxes(content, 0, len(content)) if name == b"hdlr"]
    times = [body for name, body in _boxes(content, 0, len(content)) if name == b"mvhd"]
    if b"vide" in handlers:
        raise Refused(Reason.VIDEO)
    seconds = None
    if times and times[0][0] == 0:
        scale, length = struct.unpack_from(">II", times[0], 12)
        seconds = length / scale if scale else None
    return _sound("audio/mp4", b"soun" in handlers, seconds)


def _boxes(content: bytes, at: int, end: int, depth: int = 0) -> Iterator[tuple[bytes, bytes]]:
    """Yield name and first 64 bytes of each box (ISO 14496-12), in parents too; Refused where a size lies."""
    while at < end:
        size, name = struct.unpack_from(">I4s", content, at)
        head = 8
        if size == 1:
            size, head = struct.unpack_from(">Q", content, at + 8)[0], 16
        size = end - at if size == 0 else size
        if size < head or at + size > end or depth > len(MP4_PARENTS):
            raise Refused(Reason.UNKNOWN)
        yield name, content[at + head : min(at + size, at + head + 64)]
        if name in MP4_PARENTS:
            yield from _boxes(content, at + head, at + size, depth + 1)
        at += size


def _webm(content: bytes) -> Finding:
    codecs = [body for name, body in _elements(content, 0, len(content)) if name == 0x86]
    kinds = [body for name, body in _elements(content, 0, len(content)) if name == 0x4282]
    if any(codec.startswith(b"V_") for codec in codecs):
        raise Refused(Reason.VIDEO)
    sound = bool(codecs) and all(codec in (b"A_OPUS", b"A_VORBIS") for codec in codecs)
    return _sound("audio/webm", sound and kinds[:1] == [b"webm"], None)


def _elements(content: bytes, at: int, end: int) -> Iterator[tuple[int, bytes]]:
    """Yield id and first 64 bytes of each EBML element (RFC 8794), inside segment and tracks too."""
    for _ in range(MOST_PARTS):
        if at >= end:
            return
        name, at = _number(content, at, keep_mark=True)
        size, body = _number(content, at, keep_mark=False)
        if size is None or name in EBML_PARENTS:  # a live recording names no size
            at = body
            continue
        if body + size > end:
            raise Refused(Reason.UNKNOWN)
        yield name or 0, content[body : body + min(size, 64)]
        at = body + size
    raise Refused(Reason.UNKNOWN)


def _number(content: bytes, at: int, *, keep_mark: bool) -> tuple[int | None, int]:
    """Return a variable-length number and where it ends; None for "unknown"."""
    first = content[at]
    n_bytes = 9 - first.bit_length()
    if n_bytes > 8:
        raise Refused(Reason.UNKNOWN)
    value = int.from_bytes(content[at : at + n_bytes], "big")
    ones = (1 << 7 * n_bytes) - 1
    if keep_mark:
        return value, at + n_bytes
    return (None if value & ones == ones else value & ones), at + n_bytes


def _sound(media_type: str, holds: bool, seconds: float | None) -> Finding:
    if not holds:
        raise Refused(Reason.UNKNOWN)
    return Finding(media_type, seconds=None if seconds is None else round(seconds, 1))


READERS: tuple[tuple[Callable[[bytes], bool], Callable[[bytes], Finding]], ...] = (
    (lambda content: content.startswith((b"#!AMR\n", b"#!AMR-WB\n")), _amr),
    (lambda content: content[:4] == b"RIFF" and content[8:12] == b"WAVE", _wav),
    (lambda content: content.startswith(b"OggS"), _ogg),
    (lambda content: content[4:8] == b"ftyp", _mp4),
    (lambda content: content.startswith(b"\x1a\x45\xdf\xa3"), _webm),
    (lambda content: content[:1] == b"\xff" and content[1:2] in (b"\xf0", b"\xf1", b"\xf8", b"\xf9"), _adts),
    (
        lambda content: content.startswith(
            (b"ID3", b"\xff\xfb", b"\xff\xfa", b"\xff\xf3", b"\xff\xf2", b"\xff\xe3")
        ),
        _mp3,
    ),
)
