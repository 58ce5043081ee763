"""What a post answers for: its duties by law, its yearly tasks, and for whom the county designates it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from anwei.ledgers.services import record_change
from anwei.org.holdings import actings_of
from anwei.org.models import Designation, Duty, KeyTask, Person, Post, Unit
from anwei.org.services.ending import end_on
from anwei.org.services.errors import OrgError
from anwei.standards.duties import duties_for


def legal_duties(posts: Iterable[Post]) -> list[Duty]:
    """Return, not yet saved, the duties that law and rules give the posts by their kinds."""
    return [
        Duty(post=post, number=number, text=duty.text, citation=duty.citation, confidence=duty.confidence)
        for post in posts
        for number, duty in enumerate(duties_for(post.unit.kind, post.kind), start=1)
    ]


def locked_post(post: Post) -> Post:
    """Return a post as it is now; nobody else arranges it until the transaction ends."""
    return Post.objects.select_for_update(of=("self",)).select_related("unit").get(pk=post.pk)


@transaction.atomic
def seed_duties(post: Post, *, actor: Person | None, now: datetime) -> int:
    """Write the duties by law for a post that has none; return how many."""
    post = locked_post(post)
    if post.duties.exists():
        return 0
    duties = Duty.objects.bulk_create(legal_duties([post]))
    if duties:
        content = {"duties": [duty.text for duty in duties]}
        record_change("org.post", post.pk, actor=actor, now=now, verb="seed_duties", content=content)
    return len(duties)


@transaction.atomic
def add_duty(
    post: Post, *, text: str, citation: str, actor: Person | None, now: datetime, reason: str
) -> Duty:
    """Add a duty of the county's own (一岗双责) to a post."""
    post = locked_post(post)
    last = post.duties.order_by("-number").first()
    duty = Duty.objects.create(
        post=post, number=1 + (last.number if last else 0), text=text, citation=citation
    )
    content = {"number": duty.number, "text": text, "citation": citation}
    record_change("org.post", post.pk, actor=actor, now=now, verb="add_duty", content=content, reason=reason)
    return duty


@transaction.atomic
def designate(
    unit: Unit,
    seat: str,
    post: Post,
    *,
    title: str,
    document: str,
    from_on: date,
    actor: Person | None,
    now: datetime,
    to_on: date | None = None,
    site: str = "",
    reason: str = "",
) -> Designation:
    """Name a post for a seat of an enterprise, or of one of its sites by code, from a day on.

    Raises OrgError when the days are out of order, or the implementer's post would also supervise.
    """
    if to_on is not None and to_on < from_on:
        raise OrgError(_("截止日期不能早于起始日期。"))
    if seat == Designation.Seat.IMPLEMENTER and post.kind == Post.Kind.DUTY:
        raise OrgError(_("值班岗负责监督，不能同时负责落实。"))
    if seat == Designation.Seat.SUPERVISOR and post.unit.whole == unit:
        raise OrgError(_("企业自己的岗位不能监督自己。"))
    row = Designation(
        unit=unit,
        site=site,
        seat=seat,
        post=post,
        title=title,
        document=document,
        from_on=from_on,
        to_on=to_on,
    )
    if _sits_opposite(row):
        raise OrgError(_("同一个岗位不能既监督又落实。"))
    row.save(force_insert=True)
    content = {
        "seat": seat,
        "site": site,
        "post": post.pk,
        "title": title,
        "document": document,
        "from": from_on,
        "to": to_on,
    }
    record_change("org.unit", unit.pk, actor=actor, now=now, verb="designate", content=content, reason=reason)
    return row


def _sits_opposite(row: Designation) -> bool:
    """Say whether the post is named for the other of the two seats on some of the days."""
    seats = {Designation.Seat.SUPERVISOR, Designation.Seat.IMPLEMENTER}
    if row.seat not in seats:
        return False
    others = Designation.objects.filter(unit=row.unit, post=row.post, seat__in=seats - {row.seat})
    others = others.filter(Q(to_on=None) | Q(to_on__gte=row.from_on))
    if row.to_on is not None:
        others = others.filter(from_on__lte=row.to_on)
    return others.filter(site__in=("", row.site)).exists() if row.site else others.exists()


@transaction.atomic
def end_designation(
    row: Designation, *, last_on: date, actor: Person | None, now: datetime, reason: str
) -> Designation:
    """End a designation after a day.

    Raises OrgError as `end_on` does.
    """
    end_on(row, last_on)
    content = {"designation": row.pk, "to": last_on}
    record_change(
        "org.unit", row.unit_id, actor=actor, now=now, verb="end_designation", content=content, reason=reason
    )
    return row


@transaction.atomic
def plan_task(
    post: Post, *, year: int, text: str, due_on: date, actor: Person | None, now: datetime
) -> KeyTask:
    """Put an item on a leader's yearly list of key tasks.

    Raises OrgError when it stands there already or is due in another year.
    """
    if due_on.year != year:
        raise OrgError(_("完成期限须在清单年度之内。"))
    post = locked_post(post)
    if KeyTask.objects.filter(post=post, year=year, text=text).exists():
        raise OrgError(_("清单中已有这一事项。"))
    task = KeyTask.objects.create(post=post, year=year, text=text, due_on=due_on)
    content = {"task": task.pk, "year": year, "text": text, "due": due_on}
    record_change("org.post", post.pk, actor=actor, now=now, verb="plan_task", content=content)
    return task


@transaction.atomic
def finish_task(
    task: KeyTask, *, done_on: date, reference: str, actor: Person | None, now: datetime
) -> KeyTask:
    """Close an item with what proves it: minutes, document, number of a case.

    Raises OrgError without a proof, or when it is done already.
    """
    if not reference.strip():
        raise OrgError(_("请写明完成依据，如会议纪要、文号或案件编号。"))
    if task.done_on is not None:
        raise OrgError(_("这一事项已于 %(day)s 完成。") % {"day": task.done_on})
    task.done_on, task.reference = done_on, reference
    task.save(update_fields=["done_on", "reference"])
    acting = actings_of(actor, now).get(task.post_id) if actor is not None else None
    content = {"task": task.pk, "done": done_on, "reference": reference}
    content |= acting.sealed if acting is not None else {}
    record_change("org.post", task.post_id, actor=actor, now=now, verb="finish_task", content=content)
    return task
