"""`python -m tests.support.style_sheets`: print the lines of our style sheets that older kernels cannot read."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.support.broker import REPOSITORY

TOO_NEW = re.compile(
    r"color-mix\(|oklch\(|light-dark\(|:has\(|@layer|@container"
)  # Chrome kernels from 90 on


def too_new(package: Path) -> Iterator[str]:
    """Yield each line as `file:line: text`."""
    for sheet in sorted(package.glob("*/static/**/*.css")):
        if "vendor" not in sheet.parts:
            for number, line in enumerate(sheet.read_text("utf-8").splitlines(), 1):
                if TOO_NEW.search(line):
                    yield f"{sheet.relative_to(package)}:{number}: {line.strip()}"


if __name__ == "__main__":
    found = list(too_new(REPOSITORY / "anwei"))
    print(*found, sep="\n", end="\n" if found else "")
    sys.exit(bool(found))
