"""A county's closures through the services: 200 honest, with the cases that look bad, and 40 on paper only.

Forty and sixteen are enough to see the parts work together; what precision and recall are is told of all.

Who planted them also wrote the checks: what is measured on them shows that the parts work together and what
each costs in false suggestions, not what a county's closures are like.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

from PIL import Image

from anwei.cases.intake import Upload
from anwei.cases.services import advance
from anwei.demo.working.photographs import copy, jpeg, place, shot
from anwei.hazards.models import Hazard
from anwei.hazards.services.opening import Whereabouts, file_hazard
from anwei.org.holdings import day_of
from anwei.org.models import Person, Post, Unit
from anwei.sites.models import Enterprise
from anwei.standards.geography.points import Point
from tests.kernel.county import NOW, TOWN, build, in_post, make_enterprise

N_PLANTS, N_OFFICERS = 20, 10
HONEST = {  # kind -> how many of all, and of the few
    "plain": (151, 27),
    "quick": (10, 3),
    "quick without position": (5, 2),
    "side by side": (10, 2),
    "wrong photo once": (4, 1),
    "came back": (6, 2),
    "stock phrase": (10, 2),
    "clock unset": (4, 1),
}
FAKED = {  # in pairs up to "two places"
    "desk": (12, 6),
    "one picture for many": (8, 4),
    "two places": (6, 2),
    "far and copied": (6, 2),
    "staged": (4, 1),
    "plant deceives": (4, 1),
}
OFFICE = Point(119.60, 38.60)  # at least 10 km from every plant
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
WHAT = (
    "围堰裂缝",
    "护栏松动",
    "压力表超期",
    "灭火器缺压",
    "配电箱未接地",
    "通道堆物",
    "安全阀未校验",
    "标识脱落",
)
WHERE = ("罐区", "泵房", "装卸台", "仓库", "配电室", "锅炉房", "空压站", "循环水池")
DONE = ("更换了", "修复了", "重新安装了", "清理了", "补做了", "加固了", "校验了", "拆除后重做了")
SEEN = (
    "现场操作两次均正常",
    "用手推拉没有松动",
    "查看了合格证和检定记录",
    "与图纸核对一致",
    "试压后没有渗漏",
    "问了当班工人，知道要求",
)
STOCK = "经现场复查，该隐患已按照要求整改到位，符合相关规定，同意销号"


@dataclass
class Plant:
    """An enterprise, where it stands, who works there and how one place in it looks."""

    enterprise: Enterprise
    there: Point
    worker: Person
    look: Image.Image


@dataclass
class Planted:
    """What was planted: the keys of honest and faked closures, who verified on paper, and everybody else."""

    honest: dict[int, str] = field(default_factory=dict)  # which kind of honest
    faked: dict[int, str] = field(default_factory=dict)
    fakers: list[Person] = field(default_factory=list)
    others: list[Person] = field(default_factory=list)
    plants: list[Plant] = field(default_factory=list)


@dataclass
class Story:
    """One closure as it is to be told: moments, words and photos."""

    plant: Plant
    finder: Person
    verifier: Person
    found_at: datetime
    fixed_at: datetime
    verified_at: datetime
    what: str
    done: str
    seen: str
    before: bytes
    after: bytes
    checked: bytes
    on_the_spot: bool = False
    repeat_of: Hazard | None = None

    def play(self) -> Hazard:
        """Do it through the services."""
        hazard = file_hazard(
            Whereabouts(self.plant.enterprise),
            actor=self.finder,
            now=self.found_at,
            origin="inspection",
            description=self.what,
            found_at=self.found_at,
            photos=[Upload("前.jpg", self.before, self.found_at, "现场")],
            repeat_of=self.repeat_of,
        )
        order = {"order": "immediate"} if self.on_the_spot else {"order": "dated", "due_on": DUE}
        ordered_at = self.found_at + MINUTE
        advance(
            hazard, "order", actor=self.verifier, now=ordered_at, grade="general", requirement="整改", **order
        )
        advance(hazard, "accept", actor=self.plant.worker, now=self.found_at + 2 * MINUTE)
        after = [Upload("后.jpg", self.after, self.fixed_at, "现场")]
        done = {"rectification": self.done, "evidence": after}
        advance(hazard, "fix", actor=self.plant.worker, now=self.fixed_at, **done)
        checked = [Upload("查.jpg", self.checked, self.verified_at, "现场")]
        seen = {"finding": self.seen, "evidence": checked}
        advance(hazard, "verify", actor=self.verifier, now=self.verified_at, **seen)
        advance(hazard, "close", actor=self.verifier, now=self.verified_at + MINUTE)
        hazard.refresh_from_db()
        return hazard


DUE = day_of(NOW)


class County:
    """Plays the stories of one seed: all, or a few of each kind."""

    def __init__(self, seed: int, *, few: bool = False) -> None:
        self.random, self.few = Random(seed), few
        self.told = Planted()
        build()
        authority = Unit.objects.get(name="测试县应急管理局")
        post = Post.objects.create(unit=authority, kind="officer", title="危化监管岗")
        officers = [in_post(f"officer{n}", post) for n in range(N_OFFICERS)]
        self.told.fakers, self.told.others = officers[:2], officers[2:]
        for n in range(N_PLANTS):
            self.told.plants.append(self._plant(n))
        self.visits: dict[int, list[datetime]] = defaultdict(list)  # when each verifier stood somewhere

    def _plant(self, n: int) -> Plant:
        there = Point(119.7 + 0.05 * (n % 5) + self.random.uniform(0, 0.01), 38.7 + 0.05 * (n // 5))
        enterprise = make_enterprise(f"第{n}化工厂", TOWN, "chemical", f"9200000000000{n:04d}X")
        wrong = n == N_PLANTS - 1  # stands elsewhere on the map than in the world
        enterprise.longitude, enterprise.latitude = there.longitude + (0.06 if wrong else 0), there.latitude
        enterprise.save()
        in_post(f"boss{n}", Post.objects.create(unit=enterprise.unit, kind="principal", title="厂长"))
        safety = Post.objects.create(unit=enterprise.unit, kind="safety", title="安全员")
        return Plant(enterprise, there, in_post(f"worker{n}", safety), place(self.random))

    def play(self) -> Planted:
        """Play all of it, in the order of chance, and return what was planted."""
        for n, kind in enumerate(self._each(HONEST)):
            story = self.honest(n, kind)
            self.told.honest[story.play().pk] = kind
        old = list(Hazard.objects.filter(pk__in=self.told.honest).order_by("pk"))
        picture = jpeg(shot(place(self.random), self.random))
        for n, kind in enumerate(self._each(FAKED)):
            story = self.faked(n, kind, picture)
            if kind == "desk" and n % 6 == 0:
                story.repeat_of = self._closed_before(story, old)
            self.told.faked[story.play().pk] = kind
        return self.told

    def _each(self, kinds: dict[str, tuple[int, int]]) -> list[str]:
        return [kind for kind, n in kinds.items() for _n in range(n[self.few])]

    def honest(self, n: int, kind: str) -> Story:
        """Return an honest closure; the kinds beside "plain" look bad for one reason."""
        plant = self.random.choice(self.told.plants)
        others = self.told.others
        verifier = (
            self.random.choice([*self.told.fakers, *others])
            if kind == "plain"
            else self.random.choice(others)
        )
        if kind == "stock phrase":
            verifier = others[0]
        finder = self.random.choice([one for one in others if one != verifier])
        found_at = self._moment()
        fixed_at = found_at + timedelta(hours=self.random.randrange(20, 120))
        verified_at = fixed_at + timedelta(hours=self.random.randrange(2, 48))
        quick = kind.startswith("quick")
        if quick:
            fixed_at, verified_at = found_at + 10 * MINUTE, found_at + 16 * MINUTE
        verified_at = self._free(verifier, verified_at)
        scene = place(self.random)
        positions = not (kind == "quick without position" or verifier == others[1])
        checked = self._photo(scene, verified_at, plant.there if positions else None, dated=positions)
        after = self._photo(scene, fixed_at - 5 * MINUTE, plant.there if n % 3 else None)
        if kind == "wrong photo once":
            other = self.random.choice([one for one in self.told.plants if one is not plant])
            after = jpeg(shot(other.look, self.random), found_at + HOUR)
            last = Hazard.objects.filter(enterprise=other.enterprise).order_by("-pk").first()
            if last is not None:
                after = self._file_of(last, "fix")
        if kind == "clock unset":
            after = jpeg(shot(scene, self.random), datetime(2016, 1, 1, tzinfo=UTC))
        story = Story(
            plant=plant,
            finder=finder,
            verifier=verifier,
            found_at=found_at,
            fixed_at=fixed_at,
            verified_at=verified_at,
            what=self._what(),
            done=self._done(),
            seen=STOCK if kind == "stock phrase" or verifier == others[0] else self._seen(),
            before=self._photo(scene, found_at, plant.there),
            after=after,
            checked=checked,
            on_the_spot=quick,
        )
        if kind == "side by side" and n % 2:  # the second of two inspectors at one site photographs the same
            last = Hazard.objects.order_by("-pk").first()
            story.plant = next(one for one in self.told.plants if one.enterprise == last.enterprise)
            story.found_at, story.fixed_at = last.found_at, last.found_at + timedelta(hours=30)
            story.verified_at = self._free(story.verifier, story.fixed_at + timedelta(hours=5))
            story.after = self._file_of(last, "fix")
            story.checked = self._photo(scene, story.verified_at, story.plant.there)
        if kind == "came back" and n % 2:
            last = Hazard.objects.order_by("-pk").first()
            story.plant = next(one for one in self.told.plants if one.enterprise == last.enterprise)
            story.repeat_of = last
            for name in ("after", "checked", "before"):
                setattr(story, name, self._photo(scene, story.verified_at, story.plant.there))
        return story

    def faked(self, n: int, kind: str, picture: bytes) -> Story:
        """Return a closure on paper."""
        story = self.honest(1, "plain")
        scene, there = place(self.random), story.plant.there
        shown = shot(scene, self.random)
        story.before = jpeg(shown, story.found_at + 8 * HOUR, there)
        story.verifier = self.told.fakers[n % 2]
        story.finder, story.seen = self.random.choice(self.told.others), self._seen()
        if kind in ("desk", "plant deceives"):
            story.after = jpeg(copy(shown, self.random))
        if kind == "desk":
            story.verified_at = story.fixed_at + self.random.randrange(2, 8) * MINUTE
            story.checked, story.seen = jpeg(shot(scene, self.random)), STOCK
        elif kind == "one picture for many":
            story.after = picture
            story.checked = self._photo(scene, story.verified_at, OFFICE)
        elif kind == "two places":
            pair, far = n // 2 % 3, self.told.plants[0 if n % 2 else N_PLANTS - 2]
            story.plant, story.verifier = far, self.told.fakers[pair % 2]
            story.verified_at = NOW - timedelta(days=3, hours=pair) + (n % 2) * 2 * MINUTE
            story.found_at, story.fixed_at = story.verified_at - 40 * HOUR, story.verified_at - 9 * HOUR
            story.before = self._photo(scene, story.found_at, far.there)
            story.after = self._photo(scene, story.fixed_at, far.there)
            story.checked = self._photo(scene, story.verified_at, far.there)
        elif kind == "far and copied":
            story.checked, story.seen = self._photo(scene, story.verified_at, OFFICE), STOCK
        elif kind == "staged":
            story.checked = self._photo(scene, story.verified_at, there)
        elif kind == "plant deceives":
            story.verifier = self.random.choice(self.told.others[2:])
            story.finder = self.told.others[0]
            story.checked = self._photo(place(self.random), story.verified_at, there)
        return story

    def _closed_before(self, story: Story, old: list[Hazard]) -> Hazard | None:
        enterprise = story.plant.enterprise
        return next(
            (one for one in old if one.enterprise == enterprise and one.closed_at < story.found_at), None
        )

    def _file_of(self, hazard: Hazard, verb: str) -> bytes:
        from anwei.cases.evidence import path_of

        row = hazard.evidence.filter(entry__verb=verb).first()
        return path_of(row.stored_as).read_bytes()

    def _photo(self, scene: Image.Image, at: datetime, there: Point | None, *, dated: bool = True) -> bytes:
        stood = there and Point(
            there.longitude + self.random.gauss(0, 0.0008), there.latitude + self.random.gauss(0, 0.0008)
        )
        return jpeg(shot(scene, self.random), at + 8 * HOUR if dated else None, stood)

    def _free(self, verifier: Person, at: datetime) -> datetime:
        """Return a moment from `at` on when the verifier is nowhere else, and write it down."""
        while any(abs(at - other) < timedelta(minutes=45) for other in self.visits[verifier.pk]):
            at += 7 * MINUTE
        self.visits[verifier.pk].append(at)
        return at

    def _moment(self) -> datetime:
        return NOW - timedelta(days=self.random.randrange(9, 28), minutes=self.random.randrange(480))

    def _what(self) -> str:
        return f"{self.random.choice(WHERE)}{self.random.randrange(1, 40)}号位{self.random.choice(WHAT)}"

    def _done(self) -> str:
        words = [self.random.choice(part) for part in (WHERE, DONE, WHAT)]
        return "".join(words) + f"，{self.random.choice(SEEN)}，由{self.random.choice(WHERE)}班组验收"

    def _seen(self) -> str:
        first, second = self.random.sample(SEEN, 2)
        return f"{self.random.choice(WHERE)}{self.random.choice(WHAT)}：{first}；{second}"
