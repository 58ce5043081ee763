"""The townships' polygons: matched from a GeoJSON file, written with a reason, each change in the log."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from anwei.ledgers.saving import log_all
from anwei.org.models import Person, Territory
from anwei.sites.map.townships import townships
from anwei.standards.geography.addresses import Gazetteer, Place
from anwei.standards.geography.datums import Datum
from anwei.standards.geography.geojson import Problem, browser_geojson, read_regions
from anwei.standards.geography.regions import Region
from anwei.standards.geography.shapes import BadShape, check_region, converted, geometry_of

MAX_BYTES = 10 * 1024 * 1024
MOST_POSITIONS = 200_000  # of the townships in one file: some seconds to convert and to simplify


@dataclass(frozen=True)
class Matched:
    """One feature of a file: the township it means and how that was found, or why it cannot be taken."""

    number: int
    name: str
    code: str
    n_positions: int = 0
    township: Territory | None = None
    by: str = ""
    state: str = ""  # new | changed | same
    problem: str = ""
    repair: str = ""


@dataclass(frozen=True)
class DryRun:
    """What a file would change; `document` is the part of it that would be written, in CGCS2000."""

    rows: list[Matched]
    faults: list[str]
    missing: list[Territory]
    document: str

    @property
    def n_written(self) -> int:
        """How many townships would get another polygon."""
        return sum(row.state in ("new", "changed") for row in self.rows)

    @property
    def n_unmatched(self) -> int:
        """How many features name no township of the county."""
        return sum(row.township is None and not row.problem for row in self.rows)


def read_boundaries(content: bytes, datum: Datum) -> DryRun:
    """Say of every feature of a GeoJSON file which township it means and what is wrong with it."""
    imported = read_regions(content)
    known = {row.code: row for row in townships()}
    matcher = _Matcher(known.values())
    repairs = {one.feature: _said(one) for one in imported.repairs}
    faults = [_said(one) for one in imported.problems if one.feature == 0]
    rows = [Matched(one.feature, "", "", problem=_said(one)) for one in imported.problems if one.feature]
    numbers = _numbers(imported.regions, {one.feature for one in imported.problems})
    meant: dict[str, Region] = {}
    n_meant = 0
    for number, region in zip(numbers, imported.regions, strict=True):
        township, by = matcher.find(region)
        row = Matched(
            number,
            region.name,
            region.code,
            n_positions=region.n_positions,
            township=township,
            by=by,
            repair=repairs.get(number, ""),
        )
        if township is None:
            pass  # nothing of it is kept
        elif fault := _fault(region):
            row = replace(row, problem=fault)
        elif township.code in meant:
            row = replace(row, problem=_("这个乡镇在文件里有两个图形"))
        elif n_meant + region.n_positions > MOST_POSITIONS:
            words = {"limit": MOST_POSITIONS}
            row = replace(row, problem=_("到此已超过一个文件 %(limit)d 个点，请先简化或分几次导入") % words)
        else:
            meant[township.code] = Region(township.name, township.code, converted(region, datum).polygons)
            n_meant += region.n_positions
        rows.append(row)
    rows.sort(key=lambda row: row.number)
    document, written = _simplified(meant)
    faults_of = {code: fault for code, region in written.items() if (fault := _fault(region))}
    faults_of |= {code: _("一个环至少要三个不同的点") for code in meant.keys() - written.keys()}
    if faults_of:  # they stop no other
        document, written = _simplified({code: one for code, one in meant.items() if code not in faults_of})
    rows = [_judged(row, written, faults_of) for row in rows]
    missing = [row for code, row in known.items() if code not in written and row.boundary is None]
    return DryRun(rows, faults, missing, document)


def _simplified(regions: Mapping[str, Region]) -> tuple[str, dict[str, Region]]:
    """Return regions as they would be written: the document, and what is in it by its code."""
    if not regions:
        return "", {}
    try:
        document = browser_geojson(regions.values()).decode()
    except ValueError as fault:
        raise ValueError(_("这些图形太细碎，网页画不下，请先简化或分几次导入")) from fault
    return document, {region.code: region for region in read_regions(document).regions}


def _judged(row: Matched, written: Mapping[str, Region], faults: Mapping[str, str]) -> Matched:
    """Return the row with what its polygon, simplified as it will be written, would change."""
    if row.problem or row.township is None:
        return row
    if fault := faults.get(row.township.code):
        return replace(row, problem=_("简化到网页能画的大小后，%(fault)s") % {"fault": fault})
    if row.township.boundary is None:
        return replace(row, state="new")
    region = written[row.township.code]
    return replace(row, state="same" if row.township.boundary == geometry_of(region) else "changed")


def _fault(region: Region) -> str:
    """Return what is wrong with a polygon, as a sentence."""
    try:
        check_region(region)
    except BadShape as fault:
        return _(fault.sentence) % fault.values
    return ""


@transaction.atomic
def write_boundaries(
    regions: Iterable[Region], *, actor: Person | None, now: datetime, reason: str
) -> list[Territory]:
    """Give townships, named by their code, these polygons (CGCS2000); return those that changed.

    Raises ValueError without a reason, for a code that is no township, and BadShape for a polygon that
    crosses itself.
    """
    if not reason.strip():
        raise ValueError(_("修改乡镇边界须说明理由。"))
    wanted = {region.code: region for region in regions}
    rows = {row.code: row for row in townships().select_for_update().filter(code__in=wanted)}
    changes: list[tuple[Territory, str, dict[str, Any]]] = []
    for code, region in wanted.items():
        if code not in rows:
            raise ValueError(_("没有代码为 %(code)s 的乡镇。") % {"code": code})
        check_region(region)
        row, geometry = rows[code], geometry_of(region)
        if row.boundary != geometry:
            changes.append((row, "update", {"changed": {"boundary": [row.boundary, geometry]}}))
            row.boundary = geometry
    changed = [row for row, _verb, _content in changes]
    Territory.objects.bulk_update(changed, ["boundary"])
    log_all(changes, actor=actor, now=now, reason=reason.strip()[:200])
    return changed


class _Matcher:
    """Finds the township that a feature means: by its code, by its name, by its name without 镇 or 乡."""

    def __init__(self, known: Iterable[Territory]) -> None:
        self._codes = {row.code: row for row in known}
        self._names = {row.name: row for row in self._codes.values()}
        self._gazetteer = Gazetteer(Place(row.code, row.name) for row in self._codes.values())

    def find(self, region: Region) -> tuple[Territory | None, str]:
        """Return the township and by what it was found."""
        code = region.code.removesuffix("000") if len(region.code) == 12 else region.code
        if code in self._codes:
            return self._codes[code], _("代码")
        if region.name in self._names:
            return self._names[region.name], _("名称")
        match = self._gazetteer.find(region.name) if region.name else None
        if match is not None and match.certain:
            return self._codes[match.places[0].code], _("简称")
        return None, ""


def _said(problem: Problem) -> str:
    return _(problem.sentence) % problem.values


def _numbers(regions: Sequence[Region], left_out: set[int]) -> list[int]:
    """Return the number of each region's feature: the features with a problem are missing between them."""
    n = len(regions) + len(left_out)
    return [number for number in range(1, n + 1) if number not in left_out]
