"""The clocks of a hazard: to judge it, to sign for it, to put it right, to verify it, to report on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from anwei.cases.clocks import OPENED
from anwei.hazards.models import Hazard, Order
from anwei.ledgers.services import county_setting
from anwei.standards.clocks import ClockRule
from anwei.standards.deadlines import DEADLINES, StatutoryDeadline, deadlines

DATED = "限期整改"  # one name for any number of days: the day is the order's own
ORDERED = ("order", "return_back")


def clocks(hazard: Hazard) -> Iterator[ClockRule]:
    """Yield the clocks that may run on a hazard, as the county set them.

    A transfer to another regulator is named by none of them: they run on.
    """
    rows = deadlines(county_setting(DEADLINES, {}))
    ending = ("merge", "false_report")
    yield replace(
        rows["hazard.check"].clock(starts_on=(OPENED,), met_by="order"),
        ended_by=ending,
    )
    yield replace(rows["hazard.sign"].clock(starts_on=("order",), met_by="accept"), ended_by=ending)
    yield from _rectification(hazard, rows)
    resumes = hazard.order == Order.STOP
    review = rows[_review_key(hazard)].clock(starts_on=("fix",), met_by="resume" if resumes else "close")
    yield replace(review, ended_by=("return_back",))
    if resumes:
        closing = rows["hazard.review"].clock(starts_on=("resume",), met_by="close")
        yield replace(closing, ended_by=("return_back",))
    if stops_a_mine(hazard):
        yield rows["hazard.coal_announcement"].clock(starts_on=("order", "resume"), met_by="announce")
    if hazard.is_major:
        key = "hazard.coal_report" if hazard.sector == "coal" else "hazard.major_report"
        yield rows[key].clock(starts_on=("accept",), met_by="report_quarter")


def stops_a_mine(hazard: Hazard) -> bool:
    """Say whether stopping and resuming must be announced: of coal mines both (煤矿安全生产条例 第49条)."""
    return hazard.order == Order.STOP and hazard.sector == "coal"


def _rectification(hazard: Hazard, rows: Mapping[str, StatutoryDeadline]) -> Iterator[ClockRule]:
    """Yield the clock of the order: the same day, or until the day that the order or a return names."""
    day = hazard.due_on
    if hazard.order == Order.IMMEDIATE:
        yield rows["hazard.immediate"].clock(starts_on=("order",), met_by="fix")
        if day is not None:
            yield rows["hazard.immediate"].clock(starts_on=("return_back",), met_by="fix", until=day)
    elif day is not None and hazard.is_major:
        yield rows["hazard.plan"].clock(starts_on=ORDERED, met_by="fix", until=day)
    elif day is not None:
        clock = rows["hazard.d15"].clock(starts_on=ORDERED, met_by="fix", until=day)
        yield replace(clock, name=DATED)


def _review_key(hazard: Hazard) -> str:
    """Return which limit the verification has: resuming production has its own."""
    if hazard.order != Order.STOP:
        return "hazard.review"
    return "hazard.coal_acceptance" if hazard.sector == "coal" else "hazard.resumption"
