"""The life of one hazard as people live it: found, judged, put right, verified, closed off; or otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from io import BytesIO
from typing import Any

from PIL import Image

from anwei.cases.extension import ask_extension
from anwei.cases.intake import Upload
from anwei.cases.models import Case, Extension
from anwei.cases.services import advance
from anwei.demo.working import photographs
from anwei.demo.working.agenda import Story
from anwei.demo.working.crew import Plant
from anwei.demo.working.words import Defect, words
from anwei.demo.working.world import World, examined
from anwei.hazards.listed.proposing import propose
from anwei.hazards.models import Hazard, Listing, Origin
from anwei.hazards.penalties.recording import Decision, record_penalty
from anwei.hazards.services.opening import Whereabouts, answering, file_hazard
from anwei.org.holdings import day_of
from anwei.org.models import Person, Post

DAY = timedelta(days=1)
STOCK = "经现场复查，该隐患已按照要求整改到位，符合相关规定，同意销号"


class Fate(StrEnum):
    """What becomes of a hazard."""

    PLAIN = "plain"
    ON_THE_SPOT = "on_the_spot"
    SENT_BACK = "sent_back"
    EXTENDED = "extended"
    LATE = "late"
    NEGLECTED = "neglected"
    PENALISED = "penalised"
    UNTRUE = "untrue"
    FOUND_TWICE = "found_twice"
    HANDED_OVER = "handed_over"
    CAME_BACK = "came_back"
    ON_PAPER = "on_paper"  # closed at a desk, for the second look
    MAJOR = "major"
    STOPPED = "stopped"
    LISTED = "listed"

    @property
    def is_major(self) -> bool:
        """Whether it is judged 重大."""
        return self in (Fate.MAJOR, Fate.STOPPED, Fate.LISTED)


@dataclass(frozen=True)
class Finding:
    """What somebody finds, when and how, and what becomes of it; `text` where it was written before."""

    defect: Defect
    finder: Person
    origin: Origin
    at: datetime
    fate: Fate = Fate.PLAIN
    text: str = ""


class Life:
    """One hazard at a plant from its finding on; a self-check files it itself (`take`)."""

    def __init__(self, world: World, plant: Plant, finding: Finding) -> None:
        self.world, self.plant, self.defect = world, plant, finding.defect
        self.finder, self.origin, self.at, self.fate = (
            finding.finder,
            finding.origin,
            finding.at,
            finding.fate,
        )
        self.where = f"{world.chance.randrange(1, 9)}号{self.defect.place}"
        self.text = finding.text or f"{self.where}{self.defect.what}"
        self.scene = world.scene()
        self.before = self._photo("整改前.jpg", self.at)
        self.due_on: date | None = None
        self._hazard: Hazard | None = None

    @property
    def hazard(self) -> Hazard:
        """The hazard, once it is filed."""
        if self._hazard is None:
            raise LookupError("it is not filed yet")
        return self._hazard

    def take(self, hazard: Hazard) -> None:
        """Go on from a hazard that is filed already."""
        self._hazard = hazard

    def story(self) -> Story:
        """Live it."""
        world = self.world
        yield self.at
        if self._hazard is None:
            self._file()
        at = self.at
        if self.hazard.supervisor_id == self.hazard.responsible_id and self.hazard.is_proposed:
            yield (at := world.shift(at, 1, 8))  # what may be major is the regulator's to judge
            regulator = answering(self._whereabouts, Origin.INSPECTION, at).supervisor
            self._hand_over(at, regulator, self.plant.head)
        if self.fate is Fate.FOUND_TWICE:
            world.agenda.add(self._found_again_by_a_clerk(at))
        quick = self.fate is Fate.ON_THE_SPOT
        yield (at := at + timedelta(minutes=5) if quick else world.office(at, 1, 20))
        judge = world.other(self.hazard.supervisor_id, [self.finder])
        fixer = world.other(self.hazard.implementer_id, [self.finder])
        if judge is None or fixer is None:
            return  # it waits for a second person
        if self.fate is Fate.UNTRUE:
            seen = self._photo("核实.jpg", at)
            self._act("false_report", judge, at, seen, reason=words("not_so", world.chance))
            return
        if self.fate is Fate.HANDED_OVER and (bureau := self._another_bureau()) is not None:
            self._hand_over(at, bureau, judge)
            yield (at := world.office(at, 4, 40))
            judge = world.other(self.hazard.supervisor_id, [self.finder]) or judge
        self._order(at, judge)
        if self.fate is Fate.STOPPED and self.plant.sector == "coal":
            self._act("announce", judge, at + timedelta(minutes=30), announced="县政府网站公告停产整顿")
        yield (at := at + timedelta(minutes=4) if quick else world.shift(at, 2, 24))
        self._accept(at, fixer)
        if self.fate in (Fate.NEGLECTED, Fate.PENALISED):
            yield from self._neglected(at, judge)
            return
        listing = None
        if self.fate is Fate.LISTED:
            yield (at := world.office(at, 2, 10))
            listing = propose(self.hazard, actor=judge, now=at, reason="可能造成群死群伤，须提级督办")
            yield (at := world.office(at, 20, 50))
            self._notice(listing, at)
            yield (at := world.office(at, 24, 72))
            progress = "已停用有关设备，治理方案经专家审查，正在施工"
            self._of(listing, "progress", judge, at, progress=progress)
        yield from self._put_right(at, fixer, judge)
        if listing is not None and self.hazard.closed_at is not None:
            yield from self._lifted(listing, judge, self.hazard.closed_at)

    def _put_right(self, at: datetime, fixer: Person, judge: Person) -> Story:
        world = self.world
        if self.fate is Fate.EXTENDED:
            yield (at := world.shift(at, 8, 30))
            request = self._ask(at, fixer)
            yield (at := world.office(at, 2, 20))
            granted = {"granted_until": request.asked_until, "opinion": "同意延期，落实防范措施"}
            self._of(request, "approve", judge, at, signature=str(judge), **granted)
            yield (at := world.shift(at, 24, 60))
        elif self.fate is Fate.ON_THE_SPOT:
            yield (at := at + timedelta(minutes=world.chance.randrange(20, 90)))
        elif self.fate is Fate.LATE and self.due_on is not None:
            days = (self.due_on - day_of(at)).days + 1
            yield (at := world.shift(at, 24 * days + 12, 24 * days + 90))
        else:
            yield (at := world.shift(at, 8, 24 * (8 if self.fate.is_major else 2.5)))
        self._fix(at, fixer)
        verifier = self.world.other(self.hazard.supervisor_id, [self.finder, fixer])
        if verifier is None:
            return
        if self.fate is Fate.SENT_BACK:
            yield (at := world.on_site(verifier, at, 4, 30))
            again = day_of(at) + 4 * DAY
            self._act("return_back", verifier, at, reason=words("not_enough", world.chance), due_on=again)
            yield (at := world.shift(at, 10, 60))
            self._fix(at, fixer)
        if self.fate in (Fate.ON_PAPER, Fate.ON_THE_SPOT):
            yield (at := at + timedelta(minutes=world.chance.randrange(2, 6)))
        else:
            yield (at := world.on_site(verifier, at, 3, 40))
        self._verify(at, verifier)
        if self.fate is Fate.STOPPED:
            yield (at := world.office(at, 1, 10))
            told = {"opinion": "符合恢复生产条件，同意"}
            if self.plant.sector == "coal":
                told["mine_approval"] = "矿山安全监察分局审核同意，县长批准"
            self._act("resume", verifier, at, world.paper("验收意见书.jpg"), **told)
            if self.plant.sector == "coal":
                self._act(
                    "announce", verifier, at + timedelta(minutes=40), announced="县政府网站公告恢复生产"
                )
                at += timedelta(hours=1)
        yield (at := at + timedelta(minutes=world.chance.randrange(3, 30)))
        self._act("close", verifier, at)
        if self.fate is Fate.CAME_BACK:
            found = world.office(at, 30, 120)
            anew = Finding(self.defect, self.finder, self.origin, found, text=self.text)
            world.agenda.add(Life(world, self.plant, anew).story())

    def _lifted(self, listing: Listing, officer: Person, closed_at: datetime) -> Story:
        """Let the listing end as the law has it: evaluated, applied for, reviewed on site, lifted."""
        world, head = self.world, self.plant.head
        yield (at := world.shift(closed_at, 4, 24))
        evaluated = {"evaluator": "扶摇市安全评价中心", "evaluation": "治理达到要求，风险可接受"}
        self._of(listing, "evaluate", head, at, world.paper("评估报告.jpg"), **evaluated)
        yield (at := at + timedelta(hours=1))
        self._of(listing, "apply", head, at, world.paper("申请.jpg"), application="治理项目全部完成并自验")
        yield (at := world.on_site(officer, at, 10, 40))
        seen = {"finding": words("seen", world.chance, 2)}
        self._of(listing, "pass_review", officer, at, self._photo("现场审查.jpg", at), **seen)
        yield (at := world.office(at, 4, 30))
        office = world.other(listing.supervisor_id, [])
        if office is not None:
            form = world.paper("验收审批表.jpg")
            self._of(listing, "lift", office, at, form, announcement="县政府网站公告栏")

    def _neglected(self, at: datetime, judge: Person) -> Story:
        """Let the day pass; a penalised one is fined, and its publication approved by the bureau's head."""
        if self.fate is not Fate.PENALISED or self.due_on is None:
            return
        world = self.world
        bureau = world.crew.bureaus.get(self.plant.sector)
        if bureau is None or bureau.head is None or bureau.head == judge:
            return
        days = (self.due_on - day_of(at)).days + 1
        yield (at := world.office(at, 24 * days + 8, 24 * days + 40))
        number = f"临应急罚〔{at.year}〕{int(self.hazard.number[-5:])}号"
        decision = Decision("P097-5", "警告，并处罚款", number, day_of(at), None)
        penalty = record_penalty(self.hazard, decision, actor=judge, now=at)
        yield (at := world.office(at, 1, 6))
        self._of(penalty, "submit", judge, at, public_text=penalty.public_text)
        yield (at := world.office(at, 2, 20))
        signed = {"opinion": "同意公示", "signature": str(bureau.head)}
        self._of(penalty, "publish", bureau.head, at, **signed)

    def _found_again_by_a_clerk(self, at: datetime) -> Story:
        """Let the township's clerk find the same thing, and whoever judges it merge it into this one."""
        world, clerk = self.world, self.world.crew.clerk_of(self.plant)
        if clerk is None:
            return
        yield (at := world.office(at, 1, 6))
        second = file_hazard(
            self._whereabouts,
            actor=clerk,
            now=at,
            origin=Origin.PATROL,
            description=f"巡查发现{self.text}",
            found_at=at,
            place=self.where,
            photos=[self._photo("巡查.jpg", at)],
        )
        yield (at := world.office(at, 1, 10))
        judge = world.other(second.supervisor_id, [])
        if judge is not None:
            merged = {"merged_into": self.hazard.number, "reason": "同一位置同一问题"}
            self._of(second, "merge", judge, at, **merged)

    def _file(self) -> None:
        self._hazard = file_hazard(
            self._whereabouts,
            actor=self.finder,
            now=self.at,
            origin=self.origin,
            description=self.text,
            found_at=self.at - timedelta(minutes=self.world.chance.randrange(2)),
            place=self.where,
            checklist_item=self.defect.item,
            criterion=self.defect.major if self.fate.is_major else "",
            photos=[self.before],
        )

    def _hand_over(self, at: datetime, to: Post, actor: Person) -> None:
        self._act("hand_over", actor, at, handed_to=to, reason=words("handed", self.world.chance))

    def _another_bureau(self) -> Post | None:
        """Return the officers' post of a bureau that does not supervise it."""
        own = self.hazard.supervisor_id
        others = [one for one in self.world.crew.departments if one.post is not None and one.post.pk != own]
        return self.world.choice(others).post if others else None

    def _order(self, at: datetime, judge: Person) -> None:
        fields: dict[str, Any] = {"grade": "general", "order": "dated", "requirement": self.defect.asked}
        if self.fate.is_major:
            fields |= {"grade": "major", "criterion": self.hazard.criterion}
        elif self.hazard.criterion:
            fields["grade_reason"] = "现场核实未达到判定条款所列情形"
        if self.fate is Fate.STOPPED:
            fields["order"] = "stop"
        days = (
            self.world.chance.randrange(12, 22) if self.fate.is_major else self.world.chance.randrange(3, 9)
        )
        if self.fate is Fate.ON_THE_SPOT:
            fields["order"] = "immediate"
        else:
            self.due_on = fields["due_on"] = day_of(at) + days * DAY
        self._act("order", judge, at, **fields)

    def _accept(self, at: datetime, fixer: Person) -> None:
        if not self.fate.is_major:
            self._act("accept", fixer, at)
            return
        five = {
            "responsible_name": str(self.plant.head),
            "measures": f"停用有关设备，{self.defect.asked}",
            "funds": str(self.world.chance.randrange(2, 60)),
            "emergency_plan": "设警戒，专人监护，异常时撤人并报告",
            "congress_on": day_of(at),
        }
        self._act("accept", fixer, at, self.world.paper("治理方案.jpg"), **five)

    def _ask(self, at: datetime, fixer: Person) -> Extension:
        clock = self.hazard.clocks.get(met_by="fix", met_at=None)
        until = (self.due_on or day_of(at)) + 5 * DAY
        told = {
            "reason": words("later", self.world.chance),
            "interim_measures": words("meanwhile", self.world.chance),
        }
        return ask_extension(self.hazard, clock, actor=fixer, now=at, until=until, **told)

    def _fix(self, at: datetime, fixer: Person) -> None:
        after = self._photo("整改后.jpg", at)
        if self.fate is Fate.ON_PAPER:
            copy = photographs.copy(Image.open(BytesIO(self.before.content)), self.world.chance)
            after = examined("整改后.jpg", photographs.jpeg(copy), at, self.where)
        done = f"{self.where}{self.defect.done}，{words('accepted', self.world.chance, 2)}"
        self._act("fix", fixer, at, after, rectification=done)

    def _verify(self, at: datetime, verifier: Person) -> None:
        seen = f"{self.where}：{words('seen', self.world.chance, 2)}"
        photo = self._photo("复查.jpg", at)
        self._act("verify", verifier, at, photo, finding=STOCK if self.fate is Fate.ON_PAPER else seen)

    def _notice(self, listing: Listing, at: datetime) -> None:
        office = self.world.other(listing.supervisor_id, [self.finder])
        if office is not None:
            due = (self.due_on or day_of(at)) + 10 * DAY
            self._of(listing, "notice", office, at, requirement=self.defect.asked, due_on=due)

    def _act(self, verb: str, actor: Person, at: datetime, *evidence: Upload, **fields: Any) -> None:
        self._of(self.hazard, verb, actor, at, *evidence, **fields)
        self.hazard.refresh_from_db()

    def _of(
        self, case: Case, verb: str, actor: Person, at: datetime, *evidence: Upload, **fields: Any
    ) -> None:
        advance(case, verb, actor=actor, now=at, evidence=evidence, **fields)

    def _photo(self, name: str, at: datetime) -> Upload:
        return self.world.photo(name, self.scene, at, self.plant, self.where)

    @property
    def _whereabouts(self) -> Whereabouts:
        return Whereabouts(self.plant.enterprise)
