"""The unsafe calls of the registers, the same seven doors for each of them, and the whole table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from anwei.ledgers.declaration import ledger_of
from anwei.ledgers.masking import masked
from tests.matrix.building import CREDIT_CODE
from tests.matrix.expected import COUNTY_WIDE, ENTERPRISES, EVERYBODY, OF_SITES, PROPOSED, WRITTEN_BY
from tests.matrix.world import COUNTY, SEES, Place, World
from tests.matrix.writes import (
    OF_ACCIDENTS,
    OF_ACCOUNTS,
    OF_CASES,
    OF_DOCUMENTS,
    OF_HAZARDS,
    OF_MAP,
    OF_MONITORING,
    OF_ORG,
    OF_RISKS,
    OF_SYSTEM,
    TODAY,
    Write,
    fixed,
)

Typed = Callable[[World, Place, str], dict[str, Any]]


def _of_enterprise(**typed: str) -> Typed:
    return lambda world, place, role: {"enterprise": place.enterprise.unit.name, **typed}


def _of_project(**typed: str) -> Typed:
    return lambda world, place, role: {"site": place.file["projects"].code, **typed}  # type: ignore[attr-defined]


def _place_of_its_own(world: World, place: Place, role: str) -> dict[str, Any]:
    return {
        "name": "新处",
        "code": "P-NEW",
        "unit": place.enterprise.unit.name,
        "territory": place.territory,
        "sector": place.sector,
    }


def _certificate(world: World, place: Place, role: str) -> dict[str, Any]:
    """Return one's own; the office has one already and enters that of a township."""
    holder = "township_a" if role == "office" or role not in world.posts else role
    return {
        "full_name": world.people[holder].full_name,
        "unit": world.posts[holder].unit.name,
        "number": f"N-{role}",
        "valid_until": "2029-01-01",
    }


NEW: dict[str, Typed] = {
    "units": lambda world, place, role: {
        "name": "丙局",
        "kind": "village" if role.startswith("township") else "department",
        "territory": f"{place.territory}001" if role.startswith("township") else COUNTY,
    },
    "posts": lambda world, place, role: {
        "title": "新岗",
        "unit": place.enterprise.unit.name,
        "kind": "safety",
    },
    "people": lambda world, place, role: {"full_name": "新人", "phone": "13900000001"},
    "roster": lambda world, place, role: {
        "unit": place.enterprise.unit.name,
        "title": "新岗",
        "full_name": "新人",
        "phone": "13900000001",
        "kind": "safety",
    },
    "sector-duties": lambda world, place, role: {
        "sector": "fire",
        "unit": world.posts["regulator_coal"].unit.name,
        "lead": "否",
        "from_on": TODAY,
    },
    "enterprises": lambda world, place, role: {
        "name": "新厂",
        "credit_code": CREDIT_CODE,
        "sector": place.sector,
        "territory": place.territory,
    },
    "sites": lambda world, place, role: {
        "name": "新库",
        "code": "S-NEW",
        "enterprise": place.enterprise.unit.name,
    },
    "risk-points": lambda world, place, role: {"name": "新点", "code": "FX-NEW", "site": place.site.code},
    "installations": lambda world, place, role: {
        "name": "新单元",
        "code": "DY-NEW",
        "enterprise": place.enterprise.unit.name,
        "kind": "storage",
    },
    "chemicals": lambda world, place, role: {
        "name": "氯",
        "enterprise": place.enterprise.unit.name,
        "design_t": "1",
    },
    "licences": _of_enterprise(kind="other", number="新证"),
    "insurances": _of_enterprise(insurer="新保险", number="新单", starts_on=TODAY, expires_on=TODAY),
    "management-documents": _of_enterprise(kind="procedure", title="新规程"),
    "safety-funds": _of_enterprise(year="2024", drawn_yuan="2", spent_yuan="1"),
    "contacts": _of_enterprise(name="新人", phone="13900000001"),
    "equipment": _of_enterprise(code="TS-NEW", name="新锅炉"),
    "processes": _of_enterprise(name="新工艺"),
    "cameras": lambda world, place, role: {"name": "新机", "code": "C-NEW", "site": place.site.code},
    **dict.fromkeys(("road-sections", "nine-small", "self-built", "projects"), _place_of_its_own),
    "project-parties": _of_project(role="supervisor", name="新监理"),
    "dangerous-works": _of_project(name="新基坑"),
    "hazards": _of_enterprise(found_on=TODAY, description="新裂缝", origin="inspection"),
    "accidents": lambda world, place, role: {
        "happened_on": "2026-04-02",
        "place": "新路口",
        "territory": place.territory,
        "sector": place.sector,
        "type": "WSA10003",
        "deaths": "1",
    },
    "opening-figures": lambda world, place, role: {
        "year": "2024",
        "month": "5",
        "territory": place.territory,
        "sector": place.sector,
        "accidents": "1",
    },
    "targets": lambda world, place, role: {
        "year": "2026",
        "territory": place.territory,
        "sector": place.sector,
        "measure": "deaths",
        "most": "2",
    },
    "weather": lambda world, place, role: {
        "day": "2026-11-19",
        "territory": place.territory,
        "rain": "3",
        "source": "新气象站",
    },
    "inspectors": _certificate,
    "past-hazards": lambda world, place, role: {
        "source": "新台账",
        "number": "N1",
        "filed_on": TODAY,
        "status": "open",
        "territory": place.territory,
        "sector": place.sector,
        "text": "新堵塞",
    },
}
"""What is typed for a new row, within the sight of the role."""

CHANGED: dict[str, Typed] = {
    "units": lambda world, place, role: {
        "name": "改名镇",
        "kind": "township",
        "territory": world.posts["township_a"].unit.territory,
    },
    "posts": lambda world, place, role: {
        "title": "改名岗",
        "unit": place.enterprise.unit.name,
        "kind": "safety",
    },
    "roster": lambda world, place, role: {
        "unit": place.enterprise.unit.name,
        "title": place.safety.title,
        "full_name": place.worker.full_name,
        "phone": masked(place.worker.phone),
        "from_on": str(place.holding.from_on),
        "to_on": TODAY,
        "kind": "safety",
    },
    "sector-duties": lambda world, place, role: {
        "sector": "coal",
        "unit": world.posts["regulator_coal"].unit.name,
        "lead": "是",
        "from_on": TODAY,
        "document": "8号",
    },
    **{code: NEW[code] for code in OF_SITES},
}
"""What is typed over an existing row; the phone number of who can log in stays as it is shown."""


def _sight(world: World, place: str, role: str) -> Place:
    """Return the plant that is meant, or where the address names none, one that the role sees."""
    return world.places[place or (SEES[role] or "x")[0]]


def _typed(code: str, known: dict[str, Typed]) -> Callable[[World, str, str], dict[str, Any]]:
    def body(world: World, place: str, role: str) -> dict[str, Any]:
        typed = known[code](world, _sight(world, place, role), role)
        return {**typed, "reason": "矩阵测试", "confirmed": "1"}

    return body


def _lines(code: str, world: World, place: str, role: str) -> tuple[list[str], list[str]]:
    """Return the heading and one line of a sheet."""
    typed = NEW[code](world, _sight(world, place, role), role)
    columns = ledger_of(code).entered
    return [str(column.label) for column in columns], [str(typed.get(column.name, "")) for column in columns]


def _grid(code: str) -> Callable[[World, str, str], dict[str, Any]]:
    return lambda world, place, role: {
        "rows": "\t".join(_lines(code, world, place, role)[1]),
        "doubtful": "1",
        "reason": "矩阵测试",
    }


def _file(code: str) -> Callable[[World, str, str], dict[str, Any]]:
    def body(world: World, place: str, role: str) -> dict[str, Any]:
        text = "\n".join(map(",".join, _lines(code, world, place, role)))
        return {"file": SimpleUploadedFile("sheet.csv", text.encode())}

    return body


def _proposers(page: str, proposed: tuple[str, ...]) -> frozenset[str]:
    return ENTERPRISES if page in proposed else frozenset()


def _of_registers() -> Iterator[tuple[str, Write]]:
    for code, who in WRITTEN_BY.items():
        one = f"ledgers/{code}/"
        creators = who - {"named"}  # who sees no plant, has none to write of
        if code in ("units", "weather"):  # no sector's
            creators -= {"regulator_chemical", "regulator_coal"}
        proposed = PROPOSED.get(code, ())
        yield f"{one}new/", Write(creators | _proposers("new/", proposed), _typed(code, NEW))
        changers = who | _proposers("<int:pk>/edit/", proposed)
        if code in CHANGED:
            yield f"{one}<int:pk>/edit/", Write(changers, _typed(code, CHANGED))
        yield f"{one}grid/", Write(creators, _grid(code))
        yield (
            f"{one}import/",
            Write(who, _file(code), unsealed="nothing is written yet; the sheet says whose it is"),
        )
        yield (
            f"{one}views/",
            Write(EVERYBODY - {"display"}, fixed(name="我的", query=""), unsealed="one's own filter"),
        )
        for leaf in ("export", "print"):
            yield (
                f"{one}{leaf}/",
                Write(EVERYBODY - {"display"}, fixed(form="csv", reason="核对"), on_record=True),
            )
    ending = WRITTEN_BY["chemicals"] | ENTERPRISES
    for code in ("chemicals", "equipment", "licences"):
        yield f"ledgers/{code}/<int:pk>/end/", Write(ending, fixed(reason="矩阵测试"))
    yield "ledgers/enterprises/import/<int:pk>/", Write(COUNTY_WIDE, fixed(doubtful="1", reason="矩阵测试"))
    yield (
        "ledgers/enterprises/batch/",
        Write(
            WRITTEN_BY["enterprises"],
            lambda world, place, role: {
                "set": "status=stopped",
                "row": world.places[place].enterprise.pk,
                "reason": "停工",
            },
            names_plant=True,
        ),
    )


WRITES: dict[str, Write] = {
    **OF_ACCOUNTS,
    **OF_ORG,
    **OF_CASES,
    **OF_DOCUMENTS,
    **OF_ACCIDENTS,
    **OF_HAZARDS,
    **OF_MAP,
    **OF_RISKS,
    **OF_MONITORING,
    **OF_SYSTEM,
    **dict(_of_registers()),
}
"""Every unsafe call that may change something. What is not listed here must change nothing."""
