"""`anwei assess gb18218 FILE.csv`: major hazards of many units, computed without a database, as JSON."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from anwei.language import gettext as _
from anwei.standards.major_hazard.assessment import Assessment
from anwei.standards.major_hazard.sheet import COLUMNS, Refusal, Unit, UnreadableSheet, read
from anwei.standards.major_hazard.tables import rules
from anwei.standards.sentences import Sentence, cut

NO_RESULT: dict[str, Any] = dict.fromkeys(("S", "is_major_hazard", "alpha", "R", "level")) | {
    "level_name": "",
    "steps": [],
    "confirm": [],
}
DIGITS = 6  # decimals of S and R in the answer, cut so that R below 10 never reads as 10


def main(words: Sequence[str]) -> int:
    """Print the result of each unit; exit status 1: a line was refused, 2: the file cannot be read."""
    parser = ArgumentParser("anwei assess", description=_("按标准计算，结果为 JSON。"))
    parser.add_argument("standard", choices=["gb18218"], help=_("gb18218：危险化学品重大危险源辨识与分级"))
    parser.add_argument(
        "file", type=Path, help=_("CSV 文件，列：{columns}").format(columns=",".join(COLUMNS))
    )
    options = parser.parse_args(words)
    try:
        units, nameless = read(_text(options.file).splitlines())
    except OSError as error:
        return _unreadable(_("读不了文件：{error}").format(error=error))
    except UnicodeDecodeError:
        return _unreadable(_("文件既不是 UTF-8 也不是 GB18030 编码"))
    except UnreadableSheet as error:
        return _unreadable(_("文件缺少列：{columns}").format(columns=", ".join(error.missing)))
    answer = {
        "standard": rules().standard,
        "units": [_unit(unit) for unit in units],
        "refused": _refusals(nameless),
    }
    sys.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2) + "\n")
    return 1 if nameless or any(unit.refusals for unit in units) else 0


def _unreadable(sentence: str) -> int:
    sys.stderr.write(f"{sentence}\n")
    return 2


def _text(file: Path) -> str:
    content = file.read_bytes()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030")


def _unit(unit: Unit) -> dict[str, Any]:
    result = NO_RESULT if unit.assessment is None else _result(unit.assessment)
    return {"unit": unit.name, "people": unit.people, **result, "refused": _refusals(unit.refusals)}


def _result(found: Assessment) -> dict[str, Any]:
    return {
        "S": float(cut(found.s, DIGITS)),
        "is_major_hazard": found.is_major_hazard,
        "alpha": None if found.alpha is None else float(found.alpha),
        "R": None if found.r is None else float(cut(found.r, DIGITS)),
        "level": None if found.level is None else found.level.level,
        "level_name": "" if found.level is None else found.level.name,
        "steps": [_sentence(step) for step in found.steps],
        "confirm": [_sentence(point) for point in found.confirm],
    }


def _sentence(sentence: Sentence) -> dict[str, str]:
    return {"clause": sentence.clause, "text": sentence.said(_)}


def _refusals(refusals: Iterable[Refusal]) -> list[dict[str, Any]]:
    return [{"line": refusal.line, "reason": refusal.sentence.said(_)} for refusal in refusals]
