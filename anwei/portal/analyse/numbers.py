"""What number a cell of a table holds, for every command that reads tables."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Iterable

MISSING = frozenset(("", "na", "n/a", "nan", "null", "none", "-", "--", "—", "——", "/", "\\n", "?", "#n/a"))
DECIMAL_COMMA = re.compile(r"[+-]?\d+,(\d{1,2}|\d{4,})|[+-]?0,\d+")  # what no comma of thousands makes
MANY = 0.1  # of a column's cells with commas, for its commas to be decimal
WITH_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d*)?")


def is_missing(cell: str) -> bool:
    """Say whether a cell is one of the ways to write that there is nothing."""
    return cell.lower() in MISSING


def number_of(cell: str) -> float | None:
    """Return the number a cell holds, None for anything else, as for infinity.

    A comma parts thousands; where it does not, it is no number (`reader_of` knows columns of decimal commas).

    >>> [number_of(cell) for cell in ("12", "-1,234.5", "12 %", "3,14", "0,125", "inf", "1_000", "断线")]
    [12.0, -1234.5, 0.12, None, None, None, None, None]
    """
    plain = unicodedata.normalize("NFKC", cell).strip()
    is_share = plain.endswith("%")
    plain = plain.rstrip("% ")
    if WITH_THOUSANDS.fullmatch(plain):
        plain = plain.replace(",", "")
    try:
        value = float(plain)
    except ValueError:
        return None
    if not math.isfinite(value) or "_" in plain:
        return None
    return value / 100 if is_share else value


def reader_of(cells: Iterable[str], delimiter: str = ",") -> Callable[[str], float | None]:
    """Return `number_of`, or its like for a column whose cells show that their commas are decimal.

    In a file parted by semicolons they are, but where a cell has several or a full stop too.

    >>> [reader_of(["3,14", "0,125", "7"])(cell) for cell in ("3,142", "7", "1.5")]
    [3.142, 7.0, None]
    """
    commas = [cell for cell in cells if "," in cell]
    n_decimal = sum(DECIMAL_COMMA.fullmatch(cell) is not None for cell in commas)
    if delimiter == ";":
        n_decimal = len(commas) if all(cell.count(",") == 1 for cell in commas) else 0
    if not commas or n_decimal < MANY * len(commas) or any("." in cell for cell in commas):
        return number_of
    return lambda cell: None if "." in cell else number_of(cell.replace(",", "."))
