"""How the fictional county arranged responsibility: villages, designations, key tasks, and honest gaps."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.utils import timezone

from anwei.demo.people import Staff
from anwei.demo.plan import townships
from anwei.demo.tables import table
from anwei.org.holdings import day_of, holdings_on
from anwei.org.models import Designation, Duty, Holding, Post, SectorDuty, Signing, Territory, Unit
from anwei.org.services import delegate, dismiss, finish_task, plan_task
from anwei.org.services.duties import legal_duties

LEFT = timedelta(days=23)  # so long ago did somebody leave
ENDS = timedelta(days=19)  # so soon does a term end
AFTERNOON = time(16, 30)
ASSIGNED = timedelta(days=390)  # since then the sectors are divided
LENT = timedelta(days=90)  # so long may the secretary act


def arrange(staff: Staff, enterprises: dict[str, Unit]) -> None:
    """Arrange it, once all bodies and enterprises stand; `enterprises` are units by the plan's code."""
    today = day_of(staff.now)
    _create_villages(staff)
    _create_deputies(staff)
    SectorDuty.objects.update(from_on=today - ASSIGNED)
    _designate(enterprises, today)
    _plan_tasks(staff)
    _sign_letters(today)
    _leave_gaps(staff, today)
    _lend_a_hand(staff)
    Duty.objects.bulk_create(legal_duties(Post.objects.select_related("unit").order_by("pk")))


def _create_villages(staff: Staff) -> None:
    codes = {township.name: township.code for township in townships()}
    for number, row in enumerate(table("arrangement")["village"], start=1):
        code = f"{codes[row['township']]}{200 + number}"
        Territory.objects.create(code=code, name=row["name"])
        above = Unit.objects.get(kind=Unit.Kind.TOWNSHIP, territory=codes[row["township"]])
        village = Unit.objects.create(
            kind=Unit.Kind.VILLAGE,
            name=f"{row['township']}{row['name']}",
            short_name=row["name"],
            territory=code,
            parent=above,
        )
        staff.hire(village, Post.Kind.PRINCIPAL, "主任", f"cun{number:02d}-zhuren", login=False)
        for grid in range(1, row["grids"] + 1):
            unit = Unit.objects.create(
                kind=Unit.Kind.GRID,
                name=f"{row['township']}{row['name']}第{grid}网格",
                short_name=f"{row['name']}第{grid}网格",
                territory=code,
                parent=village,
            )
            staff.hire(
                unit, Post.Kind.OFFICER, "网格员", f"cun{number:02d}-wangge{grid}", login=number == grid == 1
            )


def _create_deputies(staff: Staff) -> None:
    government = Unit.objects.get(kind=Unit.Kind.GOVERNMENT)
    for row in table("arrangement")["deputy"]:
        staff.hire(government, Post.Kind.DEPUTY, row["title"], row["username"], login=False)


def _designate(enterprises: dict[str, Unit], today: date) -> None:
    government = Unit.objects.get(kind=Unit.Kind.GOVERNMENT)
    for row in table("arrangement")["designation"]:
        Designation.objects.create(
            unit=enterprises[row["enterprise"]],
            seat=row["seat"],
            post=government.posts.get(title=row["post"]),
            title=row["title"],
            document=row["document"],
            from_on=today - ASSIGNED,
        )


def _plan_tasks(staff: Staff) -> None:
    """Write the two lists of the year; what has a proof and is due by now was done that day by the leader."""
    today = day_of(staff.now)
    for row in table("arrangement")["task"]:
        post = Post.objects.get(title=row["post"], unit__kind__in=(Unit.Kind.PARTY, Unit.Kind.GOVERNMENT))
        due = date(today.year, row["month"], 25)
        task = plan_task(post, year=today.year, text=row["text"], due_on=due, actor=None, now=staff.now)
        if row["reference"] and due <= today:
            leader = holdings_on(due).filter(post=post).select_related("person").first()
            finish_task(
                task,
                done_on=due,
                reference=row["reference"],
                actor=leader.person if leader else None,
                now=min(staff.now, timezone.make_aware(datetime.combine(due, AFTERNOON))),
            )


def _sign_letters(today: date) -> None:
    """Let all but the last departments and townships have signed with the county this year."""
    government = Unit.objects.get(kind=Unit.Kind.GOVERNMENT)
    signed_on = min(date(today.year, 1, 15), today)
    bodies = Unit.objects.filter(kind__in=(Unit.Kind.DEPARTMENT, Unit.Kind.TOWNSHIP)).order_by("pk")
    Signing.objects.bulk_create(
        Signing(
            year=today.year,
            upper=government,
            lower=unit,
            signed_on=signed_on,
            reference=f"临责〔{today.year}〕{number}号",
        )
        for number, unit in enumerate(list(bodies)[:-2], start=1)
    )


def _lend_a_hand(staff: Staff) -> None:
    """Give the county head a secretary who acts for the post as long as the head lets them."""
    government = Unit.objects.get(kind=Unit.Kind.GOVERNMENT)
    row = table("arrangement")["secretary"]
    secretary = staff.hire(government, Post.Kind.OFFICER, row["title"], row["username"])
    held = Holding.objects.select_related("person", "post").get(
        post__unit=government, post__title=row["acts_for"]
    )
    delegate(
        held.post,
        principal=held.person,
        deputy=secretary,
        from_at=staff.now,
        to_at=staff.now + LENT,
        reason=row["reason"],
        actor=held.person,
        now=staff.now,
    )


def _leave_gaps(staff: Staff, today: date) -> None:
    gaps = table("arrangement")["gaps"]
    unit, title = gaps["vacant"]
    vacated = Holding.objects.get(post__unit__short_name=unit, post__title=title)
    dismiss(vacated, actor=None, now=staff.now, last_on=today - LEFT, reason="工作调动")
    unit, title = gaps["expired"]
    Holding.objects.filter(post__unit__short_name=unit, post__title=title).update(term_on=today - LEFT)
    unit, title = gaps["ending"]
    Holding.objects.filter(post__unit__short_name=unit, post__title=title).update(term_on=today + ENDS)
    SectorDuty.objects.filter(sector=gaps["unregulated"], lead=True).update(to_on=today - LEFT)
