"""The form in which an assessment is stored: method, version, inputs, result, steps, what is to confirm.

It holds only text, numbers and lists, so that it goes into a JSON column; exact results are fractions in text
("84/5"), beside the number people read.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

from anwei.standards.major_hazard.assessment import Assessment, Stock
from anwei.standards.major_hazard.tables import rules
from anwei.standards.sentences import Sentence, decimal, rounded

Record = dict[str, Any]


def record(
    *,
    method: str,
    name: str,
    version: str,
    inputs: Any,
    result: Record,
    grade: str | None,
    steps: Iterable[Sentence],
    confirm: Iterable[Sentence],
) -> Record:
    """Return the stored form; `grade` is a key of the four colours, or None where there is none yet."""
    return {
        "method": method,
        "name": name,
        "version": version,
        "inputs": inputs,
        "result": result,
        "grade": grade,
        "steps": [step.to_json() for step in steps],
        "confirm": [point.to_json() for point in confirm],
    }


def exact(number: Fraction) -> Record:
    """Return a number as it is compared and as it is read (cut, never rounded up)."""
    return {"exact": str(number), "shown": rounded(number)}


def of_major_hazard(found: Assessment, stocks: Sequence[Stock]) -> Record:
    """Return the stored form of an assessment of `stocks` by GB 18218, with the rows its paper form needs.

    `grade` is None: the standard gives levels I to IV, and no text says which colour a level is.
    """
    result: Record = {
        "S": exact(found.s),
        "is_major_hazard": found.is_major_hazard,
        "alpha": None if found.alpha is None else decimal(found.alpha),
        "R": None if found.r is None else exact(found.r),
        "level": None if found.level is None else found.level.level,
        "level_name": "" if found.level is None else found.level.name,
    }
    shares = [
        {
            "chemical": stock.chemical,
            "categories": list(stock.categories),
            "name": share.name,
            "quantity_t": decimal(share.quantity),
            "critical_t": decimal(share.critical),
            "ratio": exact(share.ratio),
            "beta": decimal(share.beta),
        }
        for stock, share in zip(stocks, found.shares, strict=True)
    ]
    return record(
        method="gb18218",
        name=f"{found.standard} 危险化学品重大危险源辨识",
        version=f"{found.standard}（{rules().effective.isoformat()} 起施行）",
        inputs={"people": found.people, "shares": shares},
        result=result,
        grade=None,
        steps=found.steps,
        confirm=found.confirm,
    )
