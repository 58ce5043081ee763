"""Whom an order tells its addressee to turn to (权利告知): the county's bodies, the law's terms."""

from __future__ import annotations

from collections.abc import Mapping

from anwei.ledgers.services import county_setting
from anwei.org.models import Territory, Unit
from anwei.org.scope import COUNTY_DIGITS
from anwei.standards.remedies import remedies

SETTING = "hazards.remedies"
"""Key of the county's Setting: {"review": name of the body, "suit": of the court}; with GOVERNMENT before the
names those against what the county's government itself orders."""
GOVERNMENT = "government_"
LONGEST = 60


def remedy_words(issuer: Unit) -> Mapping[str, str]:
    """Return what fills the clause on remedies in an order of `issuer`, by the names of the gaps.

    What the county entered for its departments and townships does not hold against its government: another
    body decides there.
    """
    review, suit = remedies()["review"], remedies()["suit"]
    own, before = county_setting(SETTING, {}), GOVERNMENT if _governs(issuer) else ""
    bodies = {name: own.get(f"{before}{name}", body) for name, body in default_bodies(issuer).items()}
    return {
        "review_body": bodies["review"],
        "review_term": review.term,
        "review_article": review.cited,
        "court": bodies["suit"],
        "suit_term": suit.term,
        "suit_article": suit.cited,
    }


def default_bodies(issuer: Unit) -> dict[str, str]:
    """Return who decides against an order of a county's department or township (行政复议法第24条).

    Against the county's government itself it is the government above and the intermediate court.
    """
    return government_bodies() if _governs(issuer) else county_bodies(issuer.territory[:COUNTY_DIGITS])


def government_bodies() -> dict[str, str]:
    """Return who decides against an order of a county's government itself, by default."""
    return {"review": "上一级人民政府", "suit": "有管辖权的中级人民法院"}


def _governs(issuer: Unit) -> bool:
    """Say whether a unit is the government of a county."""
    return issuer.kind == Unit.Kind.GOVERNMENT and len(issuer.territory) == COUNTY_DIGITS


def county_code() -> str:
    """Return the code of the county whose system this is, "" while its territories are not entered."""
    codes = (code for code in Territory.objects.order_by("pk").values_list("pk", flat=True))
    return next((code for code in codes if len(code) == COUNTY_DIGITS), "")


def county_bodies(code: str) -> dict[str, str]:
    """Return government and court of a county by its code of 6 digits."""
    governments = Unit.objects.filter(kind=Unit.Kind.GOVERNMENT, territory=code, closed_on=None)
    government = governments.order_by("pk").values_list("name", flat=True).first()
    county = Territory.objects.filter(pk=code).values_list("name", flat=True).first()
    return {
        "review": government or (f"{county}人民政府" if county else "本级人民政府"),
        "suit": f"{county}人民法院" if county else "有管辖权的人民法院",
    }
