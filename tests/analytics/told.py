"""A plant's life on both sides of a day D (NOW): everything that a feature reads happens before it and after it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import time_machine

from anwei.cases.evidence import Upload
from anwei.cases.extension import ask_extension
from anwei.cases.services import advance
from anwei.emergency.services.accidents import save_accidents
from anwei.hazards.models import Hazard, Visit
from anwei.hazards.services.opening import Whereabouts, file_hazard
from anwei.ledgers.saving import Edit, save_rows
from anwei.monitoring.models import Alarm, Warning
from anwei.monitoring.services import (
    acknowledge,
    add_rule,
    give_verdict,
    record_episodes,
    record_findings,
)
from anwei.org.models import Holding, Post
from anwei.org.services import appoint
from anwei.org.services.posts import dismiss
from anwei.sites.models import DailyWeather, Enterprise, Equipment, Insurance, Licence
from anwei.sites.risks.confirming import confirm
from anwei.sites.risks.inventory import save_chemicals, save_installations
from anwei.sites.risks.points import save_risk_points
from anwei.sites.services import save_enterprises
from anwei.standards.accidents import accident_types
from tests.hazards.conftest import Safe
from tests.kernel.county import NOW, OTHER_TOWN, TOWN, in_post, make_enterprise, photo
from tests.monitoring.foresight import drift
from tests.monitoring.plant import Plant, cleared, raised
from tests.monitoring.plant import build as build_plant
from tests.sites.risks import chemical, installation, place, point

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
TODAY = NOW.date()


def evidence(at: datetime, colour: str = "navy") -> list[Upload]:
    return [Upload("现场.jpg", photo(colour=colour).content, at, "罐区")]


class Life:
    """Everybody who acts, and what there is by name."""

    def __init__(self, safe: Safe) -> None:
        self.safe, self.county = safe, safe.county
        self.hazards: dict[str, Hazard] = {}
        self.licences: dict[str, Any] = {}
        self.n_events = 0

    def found(self, name: str, at: datetime, **told: Any) -> Hazard:
        given = {"origin": "inspection", "description": f"隐患{name}", "found_at": at, **told}
        with time_machine.travel(at, tick=False):
            made = file_hazard(
                Whereabouts(self.county.enterprise), actor=self.safe.inspector, now=at, **given
            )
        self.hazards[name] = made
        return made

    def ordered(self, name: str, at: datetime, due_on: date, **told: Any) -> None:
        given = {"grade": "general", "order": "dated", "due_on": due_on, "requirement": "整改", **told}
        self.move(name, "order", at, self.safe.verifier, **given)

    def move(self, name: str, verb: str, at: datetime, actor: Any, **fields: Any) -> None:
        with time_machine.travel(at, tick=False):
            advance(self.hazards[name], verb, actor=actor, now=at, **fields)

    def accepted(self, name: str, at: datetime) -> None:
        self.move(name, "accept", at, self.county.worker)

    def closed(self, name: str, at: datetime) -> None:
        self.move(name, "fix", at, self.county.worker, rectification="已改", evidence=evidence(at, "green"))
        self.move(name, "verify", at, self.safe.verifier, finding="属实", evidence=evidence(at, "red"))
        self.move(name, "close", at, self.safe.verifier)

    def event(self, at: datetime, *events: dict[str, Any]) -> None:
        numbered = []
        for one in events:
            self.n_events += 1
            numbered.append((self.n_events, one))
        with time_machine.travel(at, tick=False):
            record_episodes(numbered, now=at)

    def licence(self, name: str, at: datetime, expires_on: date, **told: Any) -> None:
        values = {"enterprise": self.county.enterprise.pk, "kind": "safety", "number": name}
        edit = Edit(None, {**values, "expires_on": expires_on, **told})
        self.licences[name] = save_rows(Licence, [edit], actor=None, now=at)[0]

    def accident(self, happened: datetime, at: datetime) -> None:
        values = {"enterprise": self.county.enterprise.pk, "territory": TOWN, "sector": "chemical"}
        values |= {
            "happened_on": happened.date(),
            "type": next(iter(accident_types(happened.date()))),
            "place": "一号罐区",
        }
        save_accidents([Edit(None, values)], actor=None, now=at)

    def visited(self, number: str, at: datetime) -> None:
        Visit._base_manager.create(
            number=number,
            enterprise=self.county.enterprise,
            territory=self.county.enterprise.unit.territory,
            sector="chemical",
            planned_on=at.date(),
            reason="plan",
            citation="安全生产法 第六十二条",
            body=self.safe.supervising.unit,
            planned_at=at,
            begun_at=at,
        )

    def weather(self, *days: tuple[str, int, dict[str, float]]) -> None:
        """Tell the weather of places so many days before D."""
        for territory, n_before, told in days:
            DailyWeather.objects.create(
                day=TODAY - n_before * DAY, territory=territory, source="气象站", **told
            )

    def until(self) -> None:
        """Tell what happened before D."""
        county, at = self.county, NOW - 60 * DAY
        Holding.objects.update(from_on=(NOW - 400 * DAY).date())
        Enterprise.objects.filter(pk=county.enterprise.pk).update(
            scale="small", workers=40, standardization="3"
        )
        self.weather((TOWN, 2, {"rain": 61.5}), (TOWN[:6], 3, {"wind": 20.0}), (TOWN[:6], 4, {"rain": 1.0}))
        for n in range(4):
            make_enterprise(f"邻厂{n}", TOWN, "chemical", f"9100000000000{n:04d}N")
        self.accident(NOW - 50 * DAY, NOW - 50 * DAY)
        self.visited("JC1", at)
        self.found("late", at)
        self.ordered("late", at + DAY, TODAY - 20 * DAY)
        self.accepted("late", at + DAY)
        self.found("extended", at)
        self.ordered("extended", at + DAY, TODAY - 2 * DAY)
        self.accepted("extended", at + DAY)
        self.found("closed", at)
        self.ordered("closed", at + DAY, TODAY - 30 * DAY)
        self.accepted("closed", at + DAY)
        self.closed("closed", at + 20 * DAY)
        self.found("again", NOW - 8 * DAY, repeat_of=self.hazards["closed"])
        self.found("untrue", NOW - 7 * DAY)
        self.found("tip", NOW - 6 * DAY, origin="tip_off")
        self.found("unjudged", NOW - 5 * DAY)
        self.found("major", NOW - 4 * DAY)
        self.ordered("major", NOW - 3 * DAY, TODAY + 10 * DAY, grade="major", criterion="GM-03-02")
        self.plant = build_plant(county)
        with time_machine.travel(NOW - 50 * DAY, tick=False):
            self.orange = self._rule("l", "orange", limit=-1.0)
            self.bad = self.plant.tag.rules.get(kind="bad")
        days = -86400
        self.red = raised(self.plant.hh, seconds=5 * days)
        self.yellow = raised(self.plant.h, seconds=4 * days, value=1.1)
        self.low = raised(self.orange, seconds=3 * days, value=-2.0)
        self.broken = raised(self.bad, seconds=2 * days, value=None)
        self.silent = raised(self.plant.silence, seconds=1 * days, value=None)
        for n, one in ((5, self.red), (4, self.yellow), (3, self.low), (2, self.broken), (1, self.silent)):
            self.event(NOW - n * DAY, one)
        ahead = drift(self.plant.h, minutes=-2 * 1440)
        [self.foretold] = record_findings([(1, ahead)], now=NOW - 2 * DAY + HOUR)
        before = NOW - 100 * DAY
        self.licence("A-1", before, TODAY - 5 * DAY)
        self.licence("B-1", before, TODAY + 20 * DAY, kind="chemical_use")
        self.licence("C-1", before, TODAY + 60 * DAY, kind="gas")
        for name, days in (("M-1", -5), ("M-2", 20), ("M-3", 60)):
            self.licence(name, before, TODAY + days * DAY, kind="manager", covers=name)
        owner = county.enterprise.pk
        policy = {"enterprise": owner, "insurer": "某公司", "number": "P-1", "starts_on": TODAY - 400 * DAY}
        self.policy = save_rows(
            Insurance, [Edit(None, policy | {"expires_on": TODAY - 35 * DAY})], actor=None, now=before
        )[0]
        piece = {"enterprise": owner, "code": "E-1", "name": "锅炉", "inspection_due_on": TODAY - DAY}
        self.boiler = save_rows(Equipment, [Edit(None, piece)], actor=None, now=before)[0]
        with time_machine.travel(NOW - 20 * DAY, tick=False):
            self.unit = installation(county.enterprise, people=35)
            self.ammonia = chemical(self.unit, 40)
            self.point = point(place(county.enterprise), grade="yellow")
        self.assessed(NOW - 19 * DAY)

    def assessed(self, at: datetime) -> None:
        with time_machine.travel(at, tick=False):
            made = self.unit.assessments.filter(confirmed_at=None).order_by("-pk")[0]
            confirm(made, [*range(len(made.result["confirm"]))], actor=self.county.officer, now=at)

    def _rule(self, kind: str, severity: str, **told: Any) -> Any:
        return add_rule(
            self.plant.tag,
            actor=self.county.officer,
            now=NOW - 50 * DAY,
            kind=kind,
            severity=severity,
            **told,
        )

    def later(self) -> None:
        """Tell what happened, or was written down, after D; some of it with a day before D."""
        county, at = self.county, NOW + 3 * DAY
        self.weather((TOWN, -1, {"highest": 38.0}), (TOWN, -2, {"highest": 39.0}), (TOWN, 0, {"rain": 80.0}))
        self._extension(NOW + DAY)
        self.accident(NOW - 5 * DAY, at)  # written down late
        self.accident(NOW + DAY, at)
        self.closed("late", at)
        self.ordered("unjudged", at, TODAY + 30 * DAY, grade="major", criterion="GM-03-02")
        self.move(
            "untrue",
            "false_report",
            at,
            self.safe.verifier,
            reason="现场没有",
            evidence=evidence(at),
        )
        self.found("backdated", at, found_at=NOW - 2 * DAY)
        self.found("new tip", at, origin="tip_off")
        self.found("new repeat", at, repeat_of=self.hazards["closed"])
        self.visited("JC2", at)
        seconds = 3 * 86400
        self.event(at, cleared(self.broken, seconds=seconds), cleared(self.silent, seconds=seconds))
        self.event(
            at,
            raised(self.plant.hh, seconds=seconds),
            raised(self.plant.h, seconds=seconds, value=1.1),
            raised(self.orange, seconds=seconds, value=-2.0),
        )
        self._found_false(at + HOUR)
        give_verdict(self.foretold, actor=county.officer, now=at, verdict="false", reason="正在标校")
        acknowledge(
            Alarm.objects.get(rule=self.plant.hh, started_at=NOW - 5 * DAY),
            actor=county.worker,
            now=at,
            note="已处置",
        )
        renewed = [Edit(row, {"expires_on": TODAY + 300 * DAY}) for row in self.licences.values()]
        save_rows(Licence, renewed, actor=None, now=at)
        save_rows(Insurance, [Edit(self.policy, {"expires_on": TODAY + 300 * DAY})], actor=None, now=at)
        save_rows(
            Equipment, [Edit(self.boiler, {"inspection_due_on": TODAY + 300 * DAY})], actor=None, now=at
        )
        safety = Holding.objects.get(post=county.safety)
        dismiss(safety, actor=None, now=at, last_on=TODAY - 3 * DAY, reason="离职")
        head = Post.objects.create(unit=county.other_enterprise.unit, kind="principal", title="矿长")
        miner = in_post("miner")
        appoint(miner, head, actor=None, now=at, from_on=TODAY - 10 * DAY)
        with time_machine.travel(at, tick=False):
            row = Enterprise.objects.select_related("unit").get(pk=county.enterprise.pk)
            given = {"scale": "large", "workers": 900, "sector": "coal", "standardization": "1"}
            save_enterprises([Edit(row, given | {"territory": OTHER_TOWN})], actor=None, now=at)
            second = {"code": "DY-2", "name": "液氯库", "kind": "storage"}
            save_installations(
                [Edit(None, second | {"enterprise": county.enterprise.pk})], actor=None, now=at
            )
            save_risk_points([Edit(self.point, {"grade": "red"})], actor=None, now=at)
            save_chemicals([Edit(self.ammonia, {"design_t": 4000})], actor=None, now=at)
        self.assessed(at + HOUR)

    def _found_false(self, at: datetime) -> None:
        """The red warning of before D turns out to be a false alarm."""
        warning = Warning.objects.get(opened_at__lt=NOW, level="red")
        with time_machine.travel(at, tick=False):
            worker, officer = self.county.worker, self.county.officer
            advance(warning, "sign", actor=worker, now=at)
            shown = evidence(at, "teal")
            advance(warning, "dispose", actor=worker, now=at, cause="漂移", measure="标校", evidence=shown)
            told = {"reason": "标校记录", "evidence": evidence(at, "olive")}
            advance(warning, "false_alarm", actor=officer, now=at, **told)

    def _extension(self, at: datetime) -> None:
        hazard = self.hazards["extended"]
        clock = hazard.clocks.get(met_by="fix", met_at=None)
        with time_machine.travel(at, tick=False):
            asked = ask_extension(
                hazard,
                clock,
                actor=self.county.worker,
                now=at,
                until=TODAY + 5 * DAY,
                reason="等配件",
                interim_measures="停用",
            )
            advance(
                asked,
                "approve",
                actor=self.safe.verifier,
                now=at,
                granted_until=TODAY + 5 * DAY,
                opinion="同意",
                signature="verifier",
            )


__all__ = ["Life", "Plant"]
