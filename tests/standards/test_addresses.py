"""The township or village that an address names."""

from __future__ import annotations

import csv
from collections import defaultdict

import pytest

from anwei.standards.geography.addresses import Gazetteer, Place, elsewhere, township_of_address
from tests.support.broker import REPOSITORY

STREETS = REPOSITORY.parent / "shared" / "data" / "division" / "streets.csv"
PLACES = (
    Place("990101001", "解放街道"),
    Place("990101101", "巴公镇"),
    Place("990101102", "北石店镇"),
    Place("990101103", "石店镇"),
    Place("990101104", "回龙回族乡"),
    Place("990101105", "柳镇"),
    Place("990101101201", "东四义村"),
    Place("990101101202", "河东村"),
    Place("990101102201", "河东村"),
)


@pytest.mark.parametrize(
    ("address", "codes"),
    [
        ("泽州县巴公镇工业路1号", ["990101101"]),
        ("泽州县巴公工业园", ["990101101"]),
        ("泽州县北石店镇", ["990101102"]),
        ("泽州县石店镇", ["990101103"]),
        ("回龙乡", ["990101104"]),
        ("巴公镇解放路5号", ["990101101"]),
        ("解放路5号", None),
        ("解放街道办事处旁", ["990101001"]),
        ("柳树沟", None),
        ("柳镇", ["990101105"]),
        ("巴公镇东四义村", ["990101101201"]),
        ("东四义", ["990101101201"]),
        ("巴 公 镇 河东村", ["990101101202"]),
        ("河东村", ["990101101202", "990101102201"]),
        ("巴公镇与柳镇交界", ["990101101"]),
        ("巴公镇与石店镇交界", ["990101101", "990101103"]),
        ("", None),
    ],
)
def test_what_an_address_names(address: str, codes: list[str] | None) -> None:
    match = township_of_address(address, PLACES)
    assert (match and [place.code for place in match.places]) == codes
    if match is not None:
        assert match.certain == (len(match.places) == 1)


@pytest.mark.parametrize(
    ("address", "bare"),
    [
        ("巴公镇东四义", False),
        ("回龙乡", False),
        ("巴公东四义村", False),
        ("巴公东四义", True),
        ("巴公山庄", True),
    ],
)
def test_a_name_without_its_suffix_may_be_anything(address: str, bare: bool) -> None:
    match = township_of_address(address, PLACES)
    assert match is not None and match.bare is bare


@pytest.mark.parametrize(
    ("address", "other"),
    [
        ("山西省晋城市泽州县巴公镇", ""),
        ("山西省泽州县巴公镇", ""),
        ("晋城市巴公镇", ""),
        ("泽州巴公镇", ""),
        ("巴公镇工业路", ""),
        ("农贸市场巴公镇", ""),
        ("经济开发区巴公镇", ""),
        ("北京路5号", ""),
        ("本县巴公镇", ""),
        ("河北省泽州县巴公镇", "河北省"),
        ("内蒙古自治区巴公镇", "内蒙古自治区"),
        ("上海市巴公镇", "上海市"),
        ("山西省长治市巴公镇", "长治市"),
        ("高平市巴公镇", "高平市"),
        ("晋城市陵川县巴公镇", "陵川县"),
        ("河北石家庄市巴公镇", "河北石家庄市"),
    ],
)
def test_an_address_of_another_county_is_told_by_its_first_name(address: str, other: str) -> None:
    assert elsewhere(address, Place("140525", "泽州县"), ["晋城市"]) == other


def test_an_uncertain_village_lies_in_two_townships() -> None:
    match = township_of_address("河东村", PLACES)
    assert match is not None and match.townships == ("990101101", "990101102") and match.written == "河东村"


@pytest.mark.skipif(not STREETS.is_file(), reason="the division of the country is not beside the checkout")
def test_every_township_of_the_country_is_found_within_its_county() -> None:
    counties = defaultdict(list)
    for row in csv.DictReader(STREETS.read_text("utf-8").splitlines()):
        counties[row["areaCode"]].append(Place(row["code"], row["name"]))
    wrong = certain = total = 0
    for places in list(counties.values())[::10]:
        gazetteer = Gazetteer(places)
        for place in places:
            match = gazetteer.find(f"某县{place.name}工业大道88号")
            total += 1
            wrong += match is None or place not in match.places
            certain += match is not None and match.certain
    assert total > 3000 and wrong == 0
    assert certain / total > 0.99
