"""The user's language for processes and commands that do not load Django.

The source text is Chinese; another language comes from the catalogues of the pages, where the environment
asks for it.
"""

from __future__ import annotations

import gettext as standard
import os
from itertools import takewhile
from pathlib import Path

VARIABLES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")  # the first that is set decides
SOURCE = (
    "zh",
    "C",
    "POSIX",
)  # asking for no language means Chinese; Python takes C.UTF-8 for American English


def wanted() -> list[str]:
    """Return the languages that the environment prefers to Chinese, the best first."""
    value = next(filter(None, map(os.environ.get, VARIABLES)), "")
    return list(
        takewhile(lambda language: language.split(".")[0].split("_")[0] not in SOURCE, value.split(":"))
    )


_catalogue = standard.translation(
    "django", Path(__file__).resolve().parent / "locale", languages=wanted(), fallback=True
)
gettext = _catalogue.gettext


def gettext_noop(message: str) -> str:
    """Mark a sentence for translation that is translated where it is shown."""
    return message
