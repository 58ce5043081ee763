"""The child that hashes one photo: photo in, two hexadecimal numbers out, or nothing (`ledgers.confined`)."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))  # isolated mode knows installed packages only

from anwei.standards.formalism.pictures import hashes


def answer(content: bytes) -> bytes:
    """Return both hashes in hex, 16 digits each with a space between; nothing for a flat picture."""
    found = hashes(content)
    return b"" if found is None else f"{found.difference:016x} {found.frequency:016x}".encode()


if __name__ == "__main__":
    sys.stdout.buffer.write(answer(sys.stdin.buffer.read()))
