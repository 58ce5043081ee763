"""What every story of the county needs: people, chance, the clock, photographs, and who is where when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from io import BytesIO
from random import Random
from typing import TypeVar

from PIL import Image, ImageDraw

from anwei.cases.examination.images import examine
from anwei.cases.intake import Upload
from anwei.demo.working import photographs
from anwei.demo.working.agenda import Agenda, at_work, in_shift
from anwei.demo.working.crew import Crew, Plant
from anwei.org.models import Person
from anwei.standards.calendar import COUNTY_TIME
from anwei.standards.geography.points import Point

Thing = TypeVar("Thing")
APART = timedelta(minutes=90)  # between two places at which one person verifies
STANDS_OFF = 0.0006  # degrees: how far from the plant's point a camera stands
PAPER_SIZE = (210, 297)


def examined(name: str, content: bytes, taken_at: datetime | None = None, place: str = "") -> Upload:
    """Return a picture of ours to hand in; nobody sent it, so it is examined here and not in a child."""
    return Upload(name, content, taken_at, place, finding=asdict(examine(content)))


class World:
    """One county while it is played."""

    def __init__(self, crew: Crew, until: datetime, chance: Random) -> None:
        self.crew = crew
        self.chance = chance
        self.agenda = Agenda(until)
        self._elsewhere: dict[int, list[datetime]] = defaultdict(list)

    def office(self, moment: datetime, least: float = 0, most: float = 0) -> datetime:
        """Return a moment of office hours so many hours later, drawn between the two."""
        return at_work(self._later(moment, least, most), self.chance)

    def shift(self, moment: datetime, least: float = 0, most: float = 0) -> datetime:
        """Return a moment at which a plant works so many hours later, drawn between the two."""
        return in_shift(self._later(moment, least, most), self.chance)

    def on_site(self, person: Person, moment: datetime, least: float = 0, most: float = 0) -> datetime:
        """Return a moment of office hours at which a person can be at a place, and note it."""
        at = self.office(moment, least, most)
        while any(abs(at - other) < APART for other in self._elsewhere[person.pk]):
            at = self.office(at, 0.5, 2)
        self._elsewhere[person.pk].append(at)
        return at

    def other(self, post: int, apart_from: Iterable[Person]) -> Person | None:
        """Return somebody at a post who is none of these, None where nobody is."""
        return self.crew.other(post, apart_from, self.chance)

    def scene(self) -> Image.Image:
        """Return a place to photograph."""
        return photographs.place(self.chance)

    def photo(self, name: str, scene: Image.Image, at: datetime, plant: Plant, place: str) -> Upload:
        """Return a photo of a scene, taken a moment before it is handed in, by a camera that knows where."""
        taken = at - timedelta(seconds=self.chance.randrange(60, 110))
        picture = photographs.shot(scene, self.chance)
        there = None if plant.there is None else self._near(plant.there)
        content = photographs.jpeg(picture, taken.astimezone(COUNTY_TIME), there)
        return examined(name, content, taken, place)

    def paper(self, name: str) -> Upload:
        """Return a scanned paper: lines nobody can read."""
        sheet = Image.new("RGB", PAPER_SIZE, "white")
        pen = ImageDraw.Draw(sheet)
        for line in range(30, 250, 12):
            pen.line((24, line, 24 + self.chance.randrange(60, 160), line), fill="dimgray", width=3)
        content = BytesIO()
        sheet.save(content, "JPEG", quality=70)
        return examined(name, content.getvalue())

    def choice(self, things: Sequence[Thing]) -> Thing:
        """Return one of the things."""
        return self.chance.choice(things)

    def _near(self, there: Point) -> Point:
        return Point(
            there.longitude + self.chance.gauss(0, STANDS_OFF),
            there.latitude + self.chance.gauss(0, STANDS_OFF),
        )

    def _later(self, moment: datetime, least: float = 0, most: float = 0) -> datetime:
        return moment + timedelta(minutes=round(60 * self.chance.uniform(least, most)))
