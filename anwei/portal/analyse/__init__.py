"""`anwei analyse detect|rank`: the methods of early warning on any table, computed without a database."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

from anwei.language import gettext as _
from anwei.portal.analyse.files import Unreadable

COMMANDS = ("detect", "rank")


def main(words: Sequence[str]) -> int:
    """Run one method; exit status 2: a file cannot be read or an option does not fit."""
    if not words or words[0] not in COMMANDS:
        sys.stderr.write(
            _("用法：anwei analyse {commands} …（-h 显示选项）").format(commands="|".join(COMMANDS)) + "\n"
        )
        return 0 if words and words[0] in ("-h", "--help") else 2
    try:
        return _commands()[words[0]](words[1:])
    except Unreadable as error:
        sys.stderr.write(f"{error}\n")
        return 2


def _commands() -> dict[str, Callable[[Sequence[str]], int]]:
    from anwei.portal.analyse import detect, rank

    return {"detect": detect.main, "rank": rank.main}
