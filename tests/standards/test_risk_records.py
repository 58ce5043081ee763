"""The stored form of every assessment: JSON, enough to compute it again, sentences that can be said again."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import pytest

from anwei.standards.major_hazard.assessment import Stock, assess
from anwei.standards.risk.diagnosis import diagnose
from anwei.standards.risk.methods import lec, ls
from anwei.standards.risk.rating import rate
from anwei.standards.risk.records import of_major_hazard
from anwei.standards.sentences import Sentence

STOCKS = [
    Stock("液氨", Fraction(50)),
    Stock("甲醇", Fraction("500.5"), ("W5.3",)),
    Stock("某气体", Fraction(1), ("J1",)),
]


def _major_hazard(inputs: dict[str, Any]) -> dict[str, Any]:
    stocks = [
        Stock(row["chemical"], Fraction(row["quantity_t"]), tuple(row["categories"]))
        for row in inputs["shares"]
    ]
    return of_major_hazard(assess(stocks, inputs["people"]), stocks)


ASSESSED: dict[str, dict[str, Any]] = {
    "lec": rate(lec(), {"L": "0.5", "E": "6", "C": "7"}).to_json(),
    "ls": rate(ls({"variant": "A"}), {"L": 3, "S": 3}).to_json(),
    "diagnosis": diagnose({"1.1-3": True, "1.2-3": 3, "8-1": False, "red-2": None}).to_json(),
    "gb18218": of_major_hazard(assess(STOCKS, 45), STOCKS),
}


@pytest.mark.parametrize("method", ASSESSED)
def test_a_record_is_json_with_method_version_inputs_and_steps(method: str) -> None:
    record = ASSESSED[method]
    assert json.loads(json.dumps(record)) == record
    assert record["method"] == method
    assert record["version"] and record["name"] and record["inputs"] and record["steps"]
    for kept in [*record["steps"], *record["confirm"]]:
        assert Sentence.from_json(kept).said(str) == kept["text"]


@pytest.mark.parametrize(
    ("method", "again"),
    [
        ("lec", lambda inputs: rate(lec(), inputs).to_json()),
        ("ls", lambda inputs: rate(ls({"variant": "A"}), inputs).to_json()),
        ("diagnosis", lambda inputs: diagnose(inputs).to_json()),
        ("gb18218", _major_hazard),
    ],
)
def test_the_inputs_kept_compute_the_same_record(method: str, again: Any) -> None:
    assert again(ASSESSED[method]["inputs"]) == ASSESSED[method]


def test_results_and_grades_are_kept_exactly() -> None:
    assert (ASSESSED["lec"]["result"]["D"], ASSESSED["lec"]["grade"]) == (
        {"exact": "21", "shown": "21"},
        "blue",
    )
    assert (ASSESSED["ls"]["result"]["R"]["exact"], ASSESSED["ls"]["grade"]) == ("9", "orange")
    assert ASSESSED["diagnosis"]["result"]["score"] == {"exact": "937/10", "shown": "93.7"}
    assert ASSESSED["diagnosis"]["inputs"] == {"1.1-3": True, "1.2-3": 3, "8-1": False}
    lines = ASSESSED["diagnosis"]["result"]["lines"]
    assert [(line["code"], line["points"]["shown"]) for line in lines] == [("1.1-3", "-6"), ("1.2-3", "-0.3")]


def test_the_record_of_a_major_hazard_holds_what_its_paper_form_needs() -> None:
    record = ASSESSED["gb18218"]
    assert record["version"] == "GB 18218-2018（2019-03-01 起施行）"
    assert record["inputs"]["people"] == 45
    assert record["inputs"]["shares"][0] == {
        "chemical": "液氨",
        "categories": [],
        "name": "氨",
        "quantity_t": "50",
        "critical_t": "10",
        "ratio": {"exact": "5", "shown": "5"},
        "beta": "2",
    }
    assert record["result"] == {
        "S": {"exact": "6201/1000", "shown": "6.201"},
        "is_major_hazard": True,
        "alpha": "1.2",
        "R": {"exact": "35403/2500", "shown": "14.1612"},
        "level": 3,
        "level_name": "三级",
    }
    one = [Stock("氨", Fraction(1))]
    small = of_major_hazard(assess(one, None), one)
    assert (small["result"]["R"], small["result"]["level"], small["result"]["is_major_hazard"]) == (
        None,
        None,
        False,
    )
