"""The four grades of risk, declared once: word, colour, shape and fill, never colour alone.

重大 > 较大 > 一般 > 低 = 红 > 橙 > 黄 > 蓝 (VERIFIED: http://www.hjpbs.com/tag/261153). The fills keep white
text on red and blue, and dark text on orange and yellow, readable, and stay apart for colour-blind eyes.
"""

from __future__ import annotations

from dataclasses import dataclass

from anwei.language import gettext_noop


@dataclass(frozen=True)
class Grade:
    """One grade of risk: `rank` 4 is the gravest; `fill` and `ink` are the colours of its mark and text."""

    key: str
    rank: int
    word: str
    colour: str
    shape: str
    fill: str
    ink: str

    def raised(self, steps: int) -> Grade:
        """Return the grade so many steps up (down where negative), never beyond red or blue."""
        return BY_RANK[max(BLUE.rank, min(RED.rank, self.rank + steps))]


RED = Grade("red", 4, gettext_noop("重大"), gettext_noop("红色"), "▲", "#b91c1c", "#ffffff")
ORANGE = Grade("orange", 3, gettext_noop("较大"), gettext_noop("橙色"), "◆", "#f08c00", "#1d1200")
YELLOW = Grade("yellow", 2, gettext_noop("一般"), gettext_noop("黄色"), "●", "#ffe066", "#1d1a00")
BLUE = Grade("blue", 1, gettext_noop("低"), gettext_noop("蓝色"), "■", "#1c6dd0", "#ffffff")

GRADES = (RED, ORANGE, YELLOW, BLUE)  # the gravest first
BY_KEY = {grade.key: grade for grade in GRADES}
BY_RANK = {grade.rank: grade for grade in GRADES}


def gravest(grades: tuple[Grade, ...]) -> Grade:
    """Return the gravest of at least one grade."""
    return max(grades, key=lambda grade: grade.rank)
