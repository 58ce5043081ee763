"""The user's language for commands that do not load Django.

The source text is Chinese; another language comes from the catalogues of the pages, by LANGUAGE or LANG.
"""

from __future__ import annotations

import gettext as standard
from pathlib import Path

_catalogue = standard.translation("django", Path(__file__).resolve().parent.parent / "locale", fallback=True)
gettext = _catalogue.gettext
