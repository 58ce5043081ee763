"""Voice notes as phones write them, as short as they can be."""

from __future__ import annotations

import struct
import wave
from io import BytesIO


def box(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(body), name) + body


def m4a(handler: bytes = b"soun") -> bytes:
    """Two seconds by its header (ISO 14496-12)."""
    movie = struct.pack(">B3xIIII", 0, 0, 0, 1000, 2000) + bytes(80)
    track = box(b"trak", box(b"mdia", box(b"hdlr", bytes(8) + handler + bytes(12))))
    head = box(b"ftyp", b"M4A \0\0\0\0M4A mp42")
    return head + box(b"moov", box(b"mvhd", movie) + track) + box(b"mdat", bytes(64))


def wav() -> bytes:
    buffer = BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(8000))
    return buffer.getvalue()


def amr(n_frames: int = 50) -> bytes:
    return b"#!AMR\n" + (b"\x3c" + bytes(31)) * n_frames


def amr_wide(n_frames: int = 50) -> bytes:
    return b"#!AMR-WB\n" + (b"\x44" + bytes(60)) * n_frames


def ogg() -> bytes:
    """Two pages: the head of an Opus stream, and one second of it."""

    def page(position: int, body: bytes) -> bytes:
        return b"OggS" + struct.pack("<BBqIIIB", 0, 2, position, 1, 0, 0, 1) + bytes([len(body)]) + body

    return page(0, b"OpusHead" + bytes(11)) + page(48000, bytes(40))


def mp3(n_frames: int = 40) -> bytes:
    """MPEG 1 layer III, 128 kbit/s, 44.1 kHz."""
    return b"ID3\x04\0\0\0\0\0\x05" + bytes(5) + (b"\xff\xfb\x90\x00" + bytes(413)) * n_frames


def aac(n_frames: int = 10) -> bytes:
    """ADTS frames of 20 bytes."""
    return (b"\xff\xf1\x50\x80" + bytes([20 >> 3, (20 & 7) << 5, 0xFC]) + bytes(13)) * n_frames


def webm(codec: bytes = b"A_OPUS") -> bytes:
    def element(name: bytes, body: bytes) -> bytes:
        return name + bytes([0x80 | len(body)]) + body

    track = element(b"\xae", element(b"\x86", codec))
    head = element(b"\x1a\x45\xdf\xa3", element(b"\x42\x82", b"webm"))
    return head + b"\x18\x53\x80\x67\xff" + element(b"\x16\x54\xae\x6b", track)
