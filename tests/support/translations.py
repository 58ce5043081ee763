"""`python -m tests.support.translations`: print the English catalogue's missing and fuzzy entries.

With xgettext here, strings of the code that the catalogue does not list count as missing too.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from babel.messages.pofile import read_po

from tests.support.broker import REPOSITORY

PACKAGE = REPOSITORY / "anwei"
CATALOGUE = PACKAGE / "locale" / "en" / "LC_MESSAGES" / "django.po"
MAKE_MESSAGES = ("makemessages", "-l", "en", "--no-obsolete", "-v", "0", "--ignore", "portal/static/vendor/*")


def untranslated(catalogue: Path) -> list[str]:
    """Return the entries of a catalogue that are fuzzy or have an empty form."""
    with catalogue.open("rb") as file:
        messages = [message for message in read_po(file) if message.id]
    return [
        str(message.id)
        for message in messages
        if message.fuzzy or not all(message.string if message.pluralizable else [message.string])
    ]


def untranslated_of_the_code() -> list[str]:
    """Return the same of our catalogue, brought up to date with the code for as long as it is looked at."""
    kept = CATALOGUE.read_bytes()
    try:
        if shutil.which("xgettext"):
            found = {**os.environ, "PYTHONPATH": str(REPOSITORY)}  # gettext reads the folder it stands in
            command = [sys.executable, "-m", "anwei", *MAKE_MESSAGES]
            subprocess.run(command, cwd=PACKAGE, env=found, check=True)
        return untranslated(CATALOGUE)
    finally:
        CATALOGUE.write_bytes(kept)


if __name__ == "__main__":
    missing = untranslated_of_the_code()
    print(*missing, sep="\n", end="\n" if missing else "")
    sys.exit(bool(missing))
