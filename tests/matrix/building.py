"""The county of the matrix, written through the services."""

from __future__ import annotations

from datetime import date, timedelta
from typing import cast

from anwei.analytics.models import HotSpot, HotSpotSearch
from anwei.cases.erasures import propose
from anwei.cases.models import Case, Entry, Evidence, Notice
from anwei.cases.notices.channels import SETTING
from anwei.cases.services import advance
from anwei.hazards.listed.proposing import propose as propose_listing
from anwei.hazards.models import (
    Draw,
    Hazard,
    Inspector,
    Penalty,
    RecheckDraw,
    RecheckItem,
    SignalReport,
)
from anwei.hazards.penalties.recording import Decision, record_penalty
from anwei.hazards.services.campaigns import open_campaign
from anwei.hazards.services.draws import make_draw
from anwei.hazards.services.opening import Whereabouts, file_hazard
from anwei.hazards.services.special_checks import Line, ask_special_checks
from anwei.hazards.services.visits import plan_visit
from anwei.ledgers.declaration import ledger_of
from anwei.ledgers.importing import examine_import, hand_in
from anwei.ledgers.models import Paper, Proposal, SheetImport
from anwei.ledgers.papers import services as papers
from anwei.ledgers.proposals.services import submit
from anwei.ledgers.saving import Edit
from anwei.ledgers.search.keeping import catch_up
from anwei.ledgers.services import change_setting, record_change
from anwei.monitoring.models import Alarm, Warning
from anwei.monitoring.services import add_rule, add_tag, record_episodes, record_findings, register_device
from anwei.org.accounts.resets import remove_factor
from anwei.org.display import bind_display, issue_display
from anwei.org.models import ApiToken, Person, Post, SectorDuty, Territory, Unit
from anwei.org.services import (
    appoint,
    create_person,
    create_token,
    delegate,
    designate,
    plan_task,
    record_signing,
)
from anwei.oversight.briefing.document import Written
from anwei.oversight.services.briefings import make
from anwei.portal.suggestions import suggest
from anwei.sites.models import Assessment, Chemical, Enterprise, Installation, Site
from anwei.standards.inspections.lots import ALGORITHM
from tests.emergency.filled import fill_accidents
from tests.hazards.filled import fill_hazards
from tests.kernel import documents
from tests.kernel.accounts import give_factor
from tests.kernel.county import IN_POST_SINCE, NOW, photo
from tests.matrix.named import name_others
from tests.matrix.photos import photo_of
from tests.matrix.visited import visited
from tests.matrix.world import COUNTY, PLACES, SEES, TOWN_A, TOWN_B, Place, World, canary, mail, phone
from tests.monitoring.foresight import drift
from tests.monitoring.plant import raised
from tests.oversight.filled import fill_targets
from tests.sites.files import fill_file, fill_weather
from tests.sites.risks import fill_risks

ADMINISTRATORS_PHONE = "13900000077"  # where a channel is tried out
CREDIT_CODE = "91140000000000000U"
LATER = NOW + timedelta(minutes=1)
SHEET = "企业名称,统一社会信用代码,行业,属地\n{name},{code},chemical,甲镇\n"


def build() -> World:
    """Write the county through the services."""
    world = World()
    for code, name in ((COUNTY, "测试县"), (TOWN_A, "甲镇"), (TOWN_B, "乙镇")):
        Territory.objects.create(code=code, name=name)
    for town in (TOWN_A, TOWN_B):
        Territory.objects.create(code=f"{town}001", name=f"{town}村")
    party = Unit.objects.create(kind="party", name="测试县委", territory=COUNTY)
    office = Unit.objects.create(kind="committee_office", name="测试县安委办", territory=COUNTY, parent=party)
    _hire(world, "leader", party, "principal", "书记")
    _hire(world, "office", office, "duty", "值班岗")
    _hire(world, "deputy", party, "deputy", "副书记")
    world.deputy = world.people.pop("deputy")
    _hire(world, "colleague", office, "officer", "干事")
    world.colleague = world.people.pop("colleague")
    for kind in ("system_admin", "security_admin", "audit_admin"):
        _hire(world, kind, office, kind, kind, number=ADMINISTRATORS_PHONE if kind == "system_admin" else "")
    for sector in ("chemical", "coal"):
        unit = Unit.objects.create(kind="department", name=f"{sector}局", territory=COUNTY, parent=office)
        world.duty = SectorDuty.objects.create(sector=sector, unit=unit)
        _hire(world, f"regulator_{sector}", unit, "officer", "监管员")
    for town, code in (("a", TOWN_A), ("b", TOWN_B)):
        unit = Unit.objects.create(kind="township", name=f"{town}镇政府", territory=code, parent=office)
        _hire(world, f"township_{town}", unit, "officer", "安监员")
    for name in PLACES:
        world.places[name] = _place(world, name, office)
    name_others(world)
    display, code = issue_display(world.people["office"], now=NOW)
    _display, world.screen = bind_display(code, now=NOW)
    world.displays.append(display)
    world.people["display"] = display.person
    _display, world.code = issue_display(world.people["office"], now=NOW)
    security = world.people["security_admin"]
    for words in ("张某家属电话", "李某病史"):
        change = record_change(
            "org.unit", office.pk, actor=security, now=NOW, verb="note", content={"text": words}
        )
        world.erasable.append(change)
    world.erasure = propose(world.erasable[0], actor=security, now=NOW, reason="当事人申请")
    give_factor(world.people["leader"])
    remove_factor(world.deputy, actor=security, now=NOW, reason="手机遗失")
    give_factor(world.deputy)  # which waits for the audit administrator
    change_setting(
        SETTING.format(channel="sms"),
        {"adapter": "file"},
        default={},
        actor=world.people["system_admin"],
        now=NOW,
        reason="开通短信",
    )
    world.sheet = _sheet(world.people["office"])
    world.draw = _draw(world, office)
    world.hotspot = _hotspot()
    world.briefing = make(
        actor=world.people["office"],
        now=NOW,
        year=2026,
        months=10,
        layout="total",
        written=Written(next_steps="整改"),
    )
    catch_up()
    for name in world.people.keys() & SEES:
        _token, world.tokens[name] = create_token(world.people[name], label="接口", now=NOW)
    world.secrets |= {*world.tokens.values(), world.screen}
    world.secrets |= set(ApiToken.objects.values_list("digest", flat=True))
    world.secrets |= {word for word in Person.objects.values_list("password", flat=True) if "$" in word}
    return world


def _hire(world: World, role: str, unit: Unit, kind: str, title: str, *, number: str = "") -> Post:
    post = world.posts[role] = Post.objects.create(unit=unit, kind=kind, title=title)
    person, world.passwords[role] = create_person(
        username=role, full_name=f"{title}{role}", actor=None, now=NOW, phone=number
    )
    if role[-2:] in ("_x", "_y", "_z"):
        person.email = mail(role[-1], 2 if role.startswith("principal") else 1)
        person.save(update_fields=["email"])
    appoint(person, post, actor=None, now=NOW, from_on=IN_POST_SINCE)
    world.people[role] = person
    return post


def _place(world: World, name: str, above: Unit) -> Place:
    territory, sector = PLACES[name]
    mark = canary(name)
    unit = Unit.objects.create(
        kind="enterprise", name=f"{mark}公司", short_name=f"{mark}厂", territory=territory, parent=above
    )
    enterprise = Enterprise.objects.create(
        unit=unit,
        sector=sector,
        credit_code=f"9100{mark.upper()}0001X",
        address=f"{mark}路1号",
        longitude=119.9,
        latitude=38.7,
    )
    safety = _hire(world, f"enterprise_{name}", unit, "safety", f"{mark}科长", number=phone(name, 1))
    principal = _hire(world, f"principal_{name}", unit, "principal", f"{mark}厂长", number=phone(name, 2))
    boss = world.people.pop(f"principal_{name}")
    officer, worker = world.people["office"], world.people[f"enterprise_{name}"]
    site = Site.objects.create(
        enterprise=enterprise, code=f"S-{mark}", name=f"{mark}罐区", longitude=119.9, latitude=38.7
    )
    device, key = register_device(
        actor=officer, now=NOW, code=f"D-{mark}", name=f"{mark}分站", enterprise=enterprise, site=site
    )
    world.secrets.add(key)
    tag = add_tag(
        device,
        actor=officer,
        now=NOW,
        code=f"T-{mark}",
        name=f"{mark}甲烷",
        unit="%",
        range_low=0.0,
        range_high=4.0,
    )
    rules = [
        add_rule(
            tag,
            actor=officer,
            now=NOW,
            kind=kind,
            severity="red",
            limit=limit,
            action=f"{mark}断电",
            opens_warning=True,
        )
        for kind, limit in (("hh", 1.5), ("ll", 0.1))
    ]
    record_episodes([(rule.pk, raised(rule)) for rule in rules], now=NOW)
    warning, fresh = (Warning.objects.get(rule=rule) for rule in rules)
    evidence = _answered(warning, worker, name)
    order = _draft(warning, officer)
    papers.review(order, actor=world.colleague, now=LATER)
    point = fill_risks(enterprise, mark)
    visit = plan_visit(
        Whereabouts(enterprise),
        actor=officer,
        now=NOW,
        body=above,
        planned_on=NOW.date(),
        reason="asked",
        reason_text="企业来函",
    )
    colleague = world.colleague
    assert colleague is not None
    file, paper = visited(enterprise, above, officer, colleague, name=name, mark=mark)
    notice = Notice.objects.filter(person=worker, case=warning.pk).first()
    assert notice is not None
    listed, hazard = (
        _major(enterprise, world.people[f"regulator_{sector}"], f"{mark}隐患{n}") for n in (1, 2)
    )
    return Place(
        name=name,
        territory=territory,
        sector=sector,
        enterprise=enterprise,
        visit=visit,
        visit_file=file,
        visit_paper=paper,
        principal=principal,
        safety=safety,
        boss=boss,
        worker=worker,
        site=site,
        device=device,
        tag=tag,
        alarm=Alarm.objects.get(rule=rules[0]),
        forecast=record_findings([(rules[0].pk, drift(rules[0]))], now=LATER)[0],
        warning=warning,
        fresh=fresh,
        evidence=evidence,
        document=documents.hand_in(
            enterprise, worker, title=f"{mark}图纸", file=photo_of(name, f"{mark}图.jpg")
        ),
        notice=notice,
        paper=_draft(warning, officer),
        order=papers.sign(order, actor=world.people["leader"], now=LATER),
        holding=worker.holdings.get(),
        delegation=delegate(
            safety,
            principal=worker,
            deputy=boss,
            from_at=LATER,
            to_at=NOW + timedelta(days=9),
            reason=f"{mark}出差",
            actor=worker,
            now=LATER,
        ),
        task=plan_task(
            principal, year=2026, text=f"{mark}排查", due_on=date(2026, 12, 1), actor=officer, now=NOW
        ),
        hazard=hazard,
        recheck=_drawn(world, hazard, mark),
        listing=propose_listing(listed, actor=officer, now=LATER, reason=f"{mark}重大"),
        penalty=_penalised(world, enterprise, f"regulator_{sector}", mark),
        designation=designate(
            unit,
            "supervisor",
            world.posts["office"],
            title=f"{mark}包保",
            document=f"{mark}1号",
            from_on=NOW.date(),
            actor=officer,
            now=NOW,
        ),
        signing=record_signing(
            year=2025,
            upper=above,
            lower=unit,
            signed_on=date(2025, 3, 1),
            scan=(f"{mark}.jpg", photo().content),
            actor=officer,
            now=NOW,
        ),
        suggestion=suggest(
            text=f"{mark}表太多", page="/work/", photo=photo().content, actor=worker, now=LATER
        ),
        point=point,
        installation=Installation.objects.get(enterprise=enterprise),
        chemical=Chemical.objects.get(enterprise=enterprise),
        assessment=Assessment.objects.get(owner=enterprise),
        file=fill_file(enterprise, mark, phone(name, 3))
        | fill_hazards(enterprise, mark, LATER)
        | fill_accidents(enterprise, mark, LATER)
        | fill_targets(enterprise, mark, LATER)
        | fill_weather(enterprise, mark),
        proposal=_proposed(enterprise, worker, mark),
    )


def _proposed(enterprise: Enterprise, worker: Person, mark: str) -> Proposal:
    """Let the plant ask for a new chemical."""
    ledger = ledger_of("chemicals")
    values = {column.name: column.default for column in ledger.entered}
    values |= {"name": f"{mark}溶剂", "enterprise": enterprise.pk, "design_t": 3.0}
    _row, waiting = submit(ledger, Edit(None, values), actor=worker, now=LATER)
    assert waiting is not None
    return waiting


def _drawn(world: World, hazard: Hazard, mark: str) -> RecheckItem:
    """Draw a hazard for a second look, as the committee's office does."""
    keys = [f"hazard:{hazard.pk}"]
    nobody: dict[str, list[int]] = {"enterprises": [], "inspectors": [], "others": []}
    suggested = [{"key": hazard.pk, "n_independent": 1, "signals": []}]
    SignalReport.objects.get_or_create(
        pk=1, defaults={"at": LATER, "content": {"hazards": suggested, "n_closures": 1, **nobody}}
    )
    draw = RecheckDraw.objects.create(
        seed=mark,
        drawn_at=LATER,
        drawn_by=world.people["office"],
        computed_at=LATER,
        population=keys,
        others=[],
        n=1,
        n_random=0,
        algorithm=ALGORITHM,
    )
    return RecheckItem.objects.create(draw=draw, place=1, hazard=hazard, signals=[])


def _major(enterprise: Enterprise, officer: Person, words: str) -> Hazard:
    """Let the regulator find a hazard and judge it a major one."""
    told = {"origin": "inspection", "description": words, "found_at": NOW}
    hazard = file_hazard(Whereabouts(enterprise), actor=officer, now=LATER, **told)  # type: ignore[arg-type]
    order = {"grade": "major", "grade_reason": words, "order": "dated", "due_on": date(2026, 12, 24)}
    return cast(
        Hazard, advance(hazard, "order", actor=officer, now=LATER, requirement=f"{words}整改", **order)
    )


def _penalised(world: World, enterprise: Enterprise, role: str, mark: str) -> Penalty:
    """Let the regulator penalise the plant; the leader has it published from tomorrow on."""
    regulator, leader = world.people[role], world.people["leader"]
    decision = Decision("P097-5", f"{mark}罚款", f"{mark}罚1号", NOW.date())
    case: Case = record_penalty(enterprise, decision, actor=regulator, now=LATER)
    text = cast(Penalty, case).public_text
    case = advance(case, "submit", actor=regulator, now=LATER, public_text=text)
    signed = {"opinion": "同意", "signature": leader.full_name}
    return cast(Penalty, advance(case, "publish", actor=leader, now=NOW + timedelta(days=1), **signed))


def _answered(warning: Warning, worker: Person, place: str) -> Evidence:
    """Let the plant sign for a warning and answer it with a photo."""
    case: Case = advance(warning, "sign", actor=worker, now=LATER)
    mark = canary(place)
    words = {"cause": f"{mark}原因", "measure": f"{mark}措施"}
    advance(case, "dispose", actor=worker, now=LATER, evidence=[photo_of(place, f"{mark}.jpg")], **words)
    warning.refresh_from_db()
    return Evidence.objects.get(entry=Entry.objects.get(case=warning.pk, verb="dispose"))


def _draft(warning: Warning, officer: Person) -> Paper:
    return papers.draft("cases.case", warning, "warning_order", actor=officer, now=NOW)


def _sheet(officer: Person) -> SheetImport:
    """Return a sheet with one new enterprise, examined and not yet written."""
    content = SHEET.format(name=f"{canary('x')}新厂", code=CREDIT_CODE).encode()
    sheet = hand_in(ledger_of("enterprises"), f"{canary('x')}.csv", content, actor=officer, now=NOW)
    return examine_import(sheet.pk)


def _hotspot() -> HotSpot:
    """Return a hot spot of the whole county, found in a search that counted nothing else."""
    search = HotSpotSearch.objects.create(
        week=NOW.date(),
        kind="hazards",
        first_week=NOW.date() - timedelta(weeks=26),
        areas=[],
        counts=[[0] * 26],
        n_events=12,
        computed_at=NOW,
    )
    told = {"observed": 12, "expected": 3.0, "p": 0.001, "level": "sure", "words": "集中"}
    return HotSpot.objects.create(
        search=search, territory="999001", areas=[], since=NOW.date(), until=NOW.date(), **told
    )


def _draw(world: World, office: Unit) -> Draw:
    """Open a campaign of the office and draw a plant for its two people."""
    actor = world.people["office"]
    for number, person in enumerate((actor, world.colleague), 1):
        Inspector.objects.create(
            person=person, number=f"HN-{number}", unit=office, valid_until=NOW.date() + timedelta(days=900)
        )
    campaign = open_campaign(
        actor=actor,
        now=NOW,
        organizer=office,
        kind="special",
        name="专项行动",
        starts_on=NOW.date(),
        ends_on=NOW.date() + timedelta(days=30),
        target=3,
    )
    lines = [Line("一号罐：有没有同样的问题", "事故教训")]
    asked = {place.enterprise: lines for place in world.places.values()}
    checks = ask_special_checks(campaign, asked, actor=actor, now=NOW)
    for place, check in zip(world.places.values(), checks, strict=True):
        place.file["special-check"] = check
    return make_draw(campaign, actor=actor, now=NOW, body=office, seed="1", n=1, n_inspectors=2)
