"""The county in the database: complete, answered for, sealed, and never mixed with somebody's real data."""

from __future__ import annotations

import csv
import hashlib
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client
from django.utils import timezone

from anwei.cases.services import open_case
from anwei.datafolder import DataFolder
from anwei.demo.fill import NotADemoFolder, is_filled
from anwei.demo.keys import device_keys
from anwei.demo.people import Account
from anwei.demo.plan import enterprises, townships
from anwei.ledgers import seal
from anwei.ledgers.models import Change, Proposal
from anwei.ledgers.papers import services as papers
from anwei.monitoring.models import AlarmRule, Device, Tag, Warning
from anwei.monitoring.register import snapshot
from anwei.org.gaps import gaps
from anwei.org.models import Delegation, Holding, Person, Post, SectorDuty, Territory, Unit
from anwei.org.register_rules import may_confirm_changes
from anwei.org.responsibility import posts_for
from anwei.org.terms import ending_soon
from anwei.sites.expiries.kinds import expiries
from anwei.sites.models import (
    Assessment,
    DangerousWork,
    Enterprise,
    Installation,
    ProjectParty,
    RiskPoint,
    Site,
)
from anwei.sites.risks.queries import due_points, installation_levels, valid_assessments
from anwei.standards.geography.points import Point
from anwei.standards.geography.regions import Region
from anwei.standards.risk.accident_types import accident_types
from anwei.standards.sectors import sectors
from tests.sites.proposals import decided, sent

pytestmark = pytest.mark.django_db
County = tuple[DataFolder, list[Account]]


def test_the_plan_stands_in_the_database(county: County) -> None:
    devices = [device for plan in enterprises() for device in plan.devices]
    assert Territory.objects.count() == 15
    assert Enterprise.objects.count() == len(enterprises()) == 120
    assert Device.objects.count() == len(devices)
    assert Tag.objects.count() == sum(len(device.tags) for device in devices)
    assert Device.objects.filter(gateway__isnull=False).count() > 100
    assert AlarmRule.objects.filter(kind="no_data").count() == len(devices)


def test_every_key_site_has_a_risk_point_that_somebody_keeps_in_check(county: County) -> None:
    points = RiskPoint.objects.prefetch_related("controls__post")
    key_sites = Site.objects.filter(category="key").values_list("pk", flat=True)
    assert {point.site_id for point in points} == set(key_sites)
    whose = points.values_list("site__enterprise", "name")
    assert len(set(whose)) == len(whose)  # no two of an enterprise look alike
    for point in points:
        assert {control.level for control in point.controls.all()} == {"enterprise", "department"}
        assert all(code in accident_types(timezone.localdate()) for code in point.accidents.split(","))
    assert {point.grade for point in points} == {"orange", "yellow", "blue"}


def test_every_colour_of_a_risk_point_rests_on_an_assessment_that_another_confirmed(county: County) -> None:
    assessed = {one.point_id: one for one in valid_assessments(Assessment.objects.filter(method="lec"))}
    for point in RiskPoint.objects.select_related("site__enterprise"):
        one = assessed[point.pk]
        assert (one.grade, one.review_on) == (point.grade, point.review_on)
        assert one.version and one.assessor and one.confirmed_by and one.assessor != one.confirmed_by
        assert Assessment.objects.visible_to(one.assessor).filter(pk=one.pk).exists()
        assert may_confirm_changes(one.confirmed_by)
        verbs = Change.objects.filter(register="sites.assessment", row=str(one.pk)).order_by("number")
        assert list(verbs.values_list("verb", "actor")) == [
            ("assess", one.assessor_id),
            ("confirm", one.confirmed_by_id),
        ]
    due = due_points(Person.objects.get(username="zhiban"), timezone.localdate())
    assert 0 < due.count() < len(assessed) / 10


def test_the_ammonia_of_a_cold_store_can_be_raised_by_its_safety_post_and_confirmed(county: County) -> None:
    """The story of the file: a quantity changes, an official confirms, the level of the installation rises."""
    unit = Installation.objects.get()
    assert installation_levels([unit.pk]) == {unit.pk: 4}
    (ammonia,) = unit.chemicals.all()
    assert (ammonia.name, ammonia.design_t, ammonia.actual_t, unit.people_exposed) == ("氨", 12, 10.5, 36)
    counts = Assessment.objects.get(installation=unit)
    plant, official = Client(), Client()
    plant.force_login(Person.objects.get(username="industry-01-anquan"))
    official.force_login(counts.confirmed_by)
    with transaction.atomic():
        assert sent(plant, "chemicals", ammonia, design_t="60").status_code == 302
        proposal = Proposal.objects.get()
        assert decided(official, proposal, "confirm") == 302
        newest = Assessment.objects.filter(installation=unit).latest("pk")
        assert newest.result["level"] == 3
        assert newest.assessor.username == "industry-01-anquan"
        transaction.set_rollback(True)


def test_papers_end_soon_and_every_kind_of_place_stands_in_its_township(county: County) -> None:
    officer = Person.objects.get(username="zhiban")
    rows = expiries(officer, timezone.localdate())
    assert {"licences", "certificates", "insurances", "inspections", "contacts"} <= {
        row.kind.code for row in rows
    }
    assert {row.band for row in rows} == {0, 30, 60, 90}
    project = Site.objects.get(category="project")
    roles = set(ProjectParty.objects.filter(site=project).values_list("role", flat=True))
    assert {"contractor", "subcontractor", "supervisor"} <= roles
    assert DangerousWork.objects.get(site=project).beyond_scale
    for category in ("road", "nine_small", "self_built", "project"):
        place = Site.objects.get(category=category)
        ring = next(one.ring for one in townships() if one.code == place.territory)
        region = Region("", "", ((np.array(ring),),))
        assert region.contains(Point(place.longitude or 0, place.latitude or 0)), category


def test_three_posts_answer_for_every_enterprise_and_somebody_holds_them(county: County) -> None:
    now = timezone.now()
    for enterprise in Enterprise.objects.select_related("unit"):
        posts = posts_for(enterprise, now)
        assert len(set(posts)) == 3
        assert posts.supervisor.unit.kind == Unit.Kind.COMMITTEE_OFFICE


def test_every_sector_is_led_by_a_department_with_an_officer_and_has_watched_sites(county: County) -> None:
    for sector in sectors():
        lead = SectorDuty.objects.get(sector=sector, lead=True)
        assert lead.is_in_force(timezone.localdate()) == (sector != "gas")  # a gap on purpose
        assert Post.objects.filter(unit=lead.unit, kind=Post.Kind.OFFICER).exists()
        assert Site.objects.filter(enterprise__sector=sector, devices__tags__isnull=False).exists()


def test_everybody_sees_what_the_post_allows_and_no_more(county: County) -> None:
    def seen(username: str) -> int:
        return Enterprise.objects.visible_to(Person.objects.get(username=username)).count()

    assert seen("zhiban") == seen("xianzhang") == 120
    assert seen("coal-01-anquan") == seen("coal-01-fuzeren") == 1
    townships = [seen(f"xz{index:02d}-zhuangan") for index in range(1, 11)]
    assert sum(townships) == 120 and min(townships) > 0
    assert 0 < seen("jt-jianguan") < seen("yj-jianguan") < 120


def test_the_county_head_has_a_secretary_who_acts_for_the_post(county: County) -> None:
    _folder, accounts = county
    (account,) = [account for account in accounts if account.username == "mishu"]
    secretary, head = (Person.objects.get(username=name) for name in ("mishu", "xianzhang"))
    assert secretary.check_password(account.password) and not secretary.must_change_password
    delegation = Delegation.objects.get()
    assert (delegation.deputy, delegation.principal, delegation.granted_by) == (secretary, head, head)
    assert Change.objects.get(register="org.delegation", row=str(delegation.pk)).actor == head
    visitor = Client()
    visitor.force_login(secretary)
    page = visitor.get("/delegations/").content.decode()
    assert "县长" in page and secretary.full_name in page and delegation.reason in page


def test_the_county_leaves_three_gaps_and_has_its_first_responsible_persons(county: County) -> None:
    found = gaps(timezone.localdate())
    assert sorted(gap.kind.value for gap in found) == ["holder_left", "no_regulator", "term_expired"]
    officer = Person.objects.get(pk=Holding.objects.filter(post__unit__kind="committee_office")[0].person_id)
    assert [one.days for one in ending_soon(timezone.localdate(), officer, frozenset())] == [19]
    for kind in (Unit.Kind.PARTY, Unit.Kind.GOVERNMENT):
        head = Post.objects.get(unit__kind=kind, kind=Post.Kind.PRINCIPAL)
        assert head.duties.count() == 6 and head.tasks.count() == 3
    assert Unit.objects.filter(kind=Unit.Kind.GRID).count() == 6


def test_each_role_has_an_account_whose_password_opens_it(county: County) -> None:
    _folder, accounts = county
    by_name = {account.username: account for account in accounts}
    for username in (
        "zhiban",
        "xianzhang",
        "xz01-zhuangan",
        "jt-jianguan",
        "coal-01-anquan",
        "coal-01-fuzeren",
    ):
        assert Person.objects.get(username=username).check_password(by_name[username].password), username
    assert len({account.password for account in accounts}) == len(accounts)
    locked = Person.objects.exclude(username__in=by_name)
    assert locked.exists() and not any(person.has_usable_password() for person in locked)


def test_passwords_and_keys_lie_in_private_files(county: County) -> None:
    folder, accounts = county
    for name in ("accounts.txt", "device_keys.csv"):
        assert (folder.root / "demo" / name).stat().st_mode & 0o777 == 0o600
    text = (folder.root / "demo" / "accounts.txt").read_text()
    assert all(account.username in text and account.password in text for account in accounts)
    keys = device_keys(folder)
    digests = dict(Device.objects.values_list("code", "key_digest"))
    assert {code: hashlib.sha256(key.encode()).hexdigest() for code, key in keys.items()} == digests


def test_limits_carry_their_clause_or_none(county: County) -> None:
    rule = AlarmRule.objects.get(tag__device__code="coal-01-face", tag__code="ch4_face", kind="h")
    assert (rule.limit, rule.citation) == (1.0, "煤矿安全规程(2016) 第498条表18")
    store = AlarmRule.objects.get(tag__device__code="fireworks-01-store1", tag__code="temp", kind="h")
    assert (store.limit, store.citation) == (35.0, "")


def test_the_register_that_the_stream_gets_is_whole_and_the_log_is_sealed(county: County) -> None:
    register = snapshot()
    assert register.version >= 1
    assert len(register.tags.number) == Tag.objects.count()
    assert len(register.rules.id) == AlarmRule.objects.count()
    assert seal.verify().first_broken is None


def test_a_second_call_changes_nothing(county: County) -> None:
    assert is_filled()
    before = Person.objects.count()
    output = StringIO()
    call_command("demo", stdout=output)
    assert "已存在" in output.getvalue() and Person.objects.count() == before


def test_a_folder_with_another_county_in_it_is_refused(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The county in the database is somebody else's as soon as the demo's own code is another."""
    monkeypatch.setattr("anwei.demo.fill.table", lambda name: {"county": {"code": "880101"}})
    with pytest.raises(NotADemoFolder, match="正式数据"):
        is_filled()
    with pytest.raises(CommandError, match="正式数据"):
        call_command("demo", stdout=StringIO())


def test_the_keys_file_is_a_plain_table(county: County) -> None:
    path: Path = county[0].root / "demo" / "device_keys.csv"
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {row["gateway"] for row in rows} - {""} <= {row["device"] for row in rows}


def test_the_office_issues_a_paper_by_three_hands(county: County) -> None:
    now, rule = timezone.now(), AlarmRule.objects.filter(tag__isnull=False).earliest("pk")
    enterprise = rule.tag.device.enterprise
    drafter, reviewer, head = (
        Person.objects.get(username=name) for name in ("zhiban", "zonghe", "yj-juzhang")
    )
    case = open_case(
        Warning,
        actor=None,
        now=now,
        title="液位高限预警",
        territory=enterprise.unit.territory,
        sector=enterprise.sector,
        enterprise=enterprise,
        rule=rule,
        level="red",
        **posts_for(enterprise, now)._asdict(),
    )
    paper = papers.draft("cases.case", case, "warning_order", actor=drafter, now=now)
    papers.review(paper, actor=reviewer, now=now)
    assert papers.sign(paper, actor=head, now=now).number
