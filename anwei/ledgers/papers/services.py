"""The acts on a paper: draft, change the text, review, send back, sign, take the stamped copy in, withdraw.

Three hands, and each is one person: who ever wrote or changed the text neither reviews nor signs it, who
reviewed it does not sign it, and a deputy counts as whom it stands for (docs/decisions/0008). The text that
is reviewed is the text that is signed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from anwei.ledgers.models import Paper, PaperHand, PaperVersion
from anwei.ledgers.papers import files, numbers
from anwei.ledgers.papers.blocks import blocks_of
from anwei.ledgers.papers.errors import NotYourHand, PaperError
from anwei.ledgers.papers.files import DOCX
from anwei.ledgers.papers.hands import note_part, require_post, take_part
from anwei.ledgers.papers.layout import chinese_date, gongwen
from anwei.ledgers.papers.registers import Act, Body, paper_register
from anwei.ledgers.services import county_setting, record_change
from anwei.standards.calendar import COUNTY_TIME
from anwei.standards.papers import SETTING, PaperTemplate, template

REGISTER = "ledgers.paper"
State, Kind = Paper.State, PaperVersion.Kind
SIGNING_ATTEMPTS = 20  # hands that issue papers of one series at the same moment


def county_template(key: str) -> PaperTemplate:
    """Return a template in the county's own wording.

    Raises KeyError for an unknown key.
    """
    return template(key, county_setting(SETTING + key, {}))


@transaction.atomic
def draft(
    register: str,
    row: Any,
    template_key: str,
    context: Mapping[str, str] | None = None,
    *,
    actor: Any,
    now: datetime,
) -> Paper:
    """Draft a paper about a register row from a template; `context` replaces words the room would fill in.

    Raises NotYourHand when the actor has no post that drafts here, PaperError of what is outdated by now.
    """
    room, worded = paper_register(register), county_template(template_key)
    post = room.post_for(actor, row, Act.DRAFT, now)
    if post is None:
        raise NotYourHand(_("只有发文单位的人员可以拟稿。"))
    _require_current(register, str(row.pk), template_key, now)
    with translation.override("zh-hans"):  # a paper is Chinese whatever language its drafter reads
        words = {**room.words(row, worded, now), **(context or {})}
    text = worded.filled({name: words.get(name, "") or "（无）" for name in worded.fields})
    issuer, year = room.issuer(row, worded), now.astimezone(COUNTY_TIME).year
    paper = Paper.objects.create(
        register=register,
        row=str(row.pk),
        template=template_key,
        title=text["title"][:200],
        content={
            "body": text["body"],
            "addressee": text["addressee"],
            "red_head": worded.head(issuer.name),
            "letter": worded.letter,
            "marks": [numbers.blank(issuer, worded.series, year), f"{year}年　月　日"],
        },
        issuer=issuer,
        series=worded.series,
        drafted_by=actor,
        drafted_post=post,
        drafted_at=now,
    )
    note_part(paper, Act.DRAFT, actor, post, now)
    _keep(paper, Kind.GENERATED, unsigned_file(paper), DOCX, actor=actor, now=now, verb="draft")
    return paper


def change_text(paper: Paper, content: bytes, *, actor: Any, now: datetime) -> Paper:
    """Take an edited DOCX in before the paper is signed; it must be reviewed (again), by somebody else.

    Raises PaperError for a file that may not be opened or lost the places of number and date.
    """
    files.require_docx(content, _marks(paper))
    with transaction.atomic():
        locked = _locked(paper, (State.DRAFTED, State.REVIEWED))
        _unreview(locked)
        post = take_part(locked, Act.DRAFT, actor, now)
        locked.drafted_by, locked.drafted_post, locked.drafted_at = actor, post, now
        locked.save()
        _keep(locked, Kind.EDITED, content, DOCX, actor=actor, now=now, verb="edit")
    return locked


@transaction.atomic
def review(paper: Paper, *, actor: Any, now: datetime) -> Paper:
    """Approve the text; it may then be signed. Raises PaperError of what is outdated by now."""
    locked = _locked(paper, (State.DRAFTED,))
    _require_current(locked.register, locked.row, locked.template, now)
    locked.reviewed_post = take_part(locked, Act.REVIEW, actor, now)
    locked.reviewed_by, locked.reviewed_at, locked.state = actor, now, State.REVIEWED
    locked.save()
    _record(locked, "review", actor=actor, now=now, content={"sha256": current(locked).sha256})
    return locked


@transaction.atomic
def send_back(paper: Paper, *, reason: str, actor: Any, now: datetime) -> Paper:
    """Send a paper back for another text, with the reason.

    Raises PaperError without one.
    """
    locked = _locked(paper, (State.DRAFTED, State.REVIEWED))
    require_post(locked, Act.REVIEW if locked.state == State.DRAFTED else Act.SIGN, actor, now)
    _unreview(locked)
    locked.save()
    _record(locked, "send_back", actor=actor, now=now, reason=_required(reason))
    return locked


def sign(paper: Paper, *, actor: Any, now: datetime) -> Paper:
    """Issue a reviewed paper: it gets its number and date, and the file with both becomes the valid one.

    The file is made beforehand, with the number that is next, so that nobody waits for it; where another hand
    took that number or changed the text meanwhile, it is made anew. Raises PaperError when that never ends.
    """
    for _attempt in range(SIGNING_ATTEMPTS):
        ready = _ready_to_sign(paper, actor=actor, now=now)
        if signed := _signed(paper, ready, actor=actor, now=now):
            return signed
    raise PaperError(_("同时签发的公文太多，编号一再被占用，请稍后再签。"))


@dataclass(frozen=True)
class _Ready:
    """What is made before signing: of which version, with which number, the whole file."""

    version: PaperVersion
    number: str
    content: bytes


def _ready_to_sign(paper: Paper, *, actor: Any, now: datetime) -> _Ready:
    """Make the file to be signed, holding no lock; raises as `sign` does."""
    seen = Paper.objects.select_related("issuer").get(pk=paper.pk)
    _require_state(seen, (State.REVIEWED,))
    require_post(seen, Act.SIGN, actor, now)
    _require_current(seen.register, seen.row, seen.template, now)
    before, day = current(seen), now.astimezone(COUNTY_TIME).date()
    number = numbers.following(seen, day.year)
    text = files.path_of(before.stored_as).read_bytes()
    words = dict(zip(_marks(seen), (number, chinese_date(day)), strict=True))
    return _Ready(before, number, files.fill(text, words))


@transaction.atomic
def _signed(paper: Paper, ready: _Ready, *, actor: Any, now: datetime) -> Paper | None:
    """Sign with the file that was made; None where the next number or the text is another one by now."""
    locked = _locked(paper, (State.REVIEWED,))
    locked.signed_post = take_part(locked, Act.SIGN, actor, now)
    year = now.astimezone(COUNTY_TIME).year
    if current(locked) != ready.version or not numbers.take(locked, year, ready.number):
        return None
    locked.signed_by, locked.signed_at, locked.state = actor, now, State.SIGNED
    locked.valid = _keep(locked, Kind.SIGNED, ready.content, DOCX, actor=actor, now=now, verb="sign")
    locked.save()
    return locked


def return_stamped(paper: Paper, name: str, content: bytes, *, actor: Any, now: datetime) -> Paper:
    """Take in the scan of the stamped paper; it becomes the valid version, earlier ones stay readable."""
    media_type = files.scan_type(content)
    with transaction.atomic():
        locked = _locked(paper, (State.SIGNED,))
        require_post(locked, Act.DRAFT, actor, now)
        locked.valid = _keep(
            locked, Kind.STAMPED, content, media_type, actor=actor, now=now, verb="stamped", name=name
        )
        locked.save(update_fields=["valid"])
    return locked


@transaction.atomic
def withdraw(paper: Paper, *, reason: str, actor: Any, now: datetime) -> Paper:
    """Give a draft up, with the reason; it had no number, so none is lost."""
    locked = _locked(paper, (State.DRAFTED, State.REVIEWED))
    require_post(locked, Act.DRAFT, actor, now)
    locked.state = State.WITHDRAWN
    locked.save(update_fields=["state"])
    _record(locked, "withdraw", actor=actor, now=now, reason=_required(reason))
    return locked


def current(paper: Paper) -> PaperVersion:
    """Return the newest version."""
    return PaperVersion.objects.filter(paper=paper).latest("number")


def _unreview(paper: Paper) -> None:
    """Take the review back: the text is another one, or must become one."""
    paper.state = State.DRAFTED
    paper.reviewed_by = paper.reviewed_post = paper.reviewed_at = None
    PaperHand.objects.filter(paper=paper, act=Act.REVIEW).delete()


def _locked(paper: Paper, states: tuple[str, ...]) -> Paper:
    locked = Paper.objects.select_for_update(of=("self",)).select_related("issuer").get(pk=paper.pk)
    _require_state(locked, states)
    return locked


def _require_state(paper: Paper, states: tuple[str, ...]) -> None:
    if paper.state not in states:
        raise PaperError(
            _("这份公文现在是“%(state)s”，请刷新后再办理。") % {"state": paper.get_state_display()}
        )


def _require_current(register: str, row: str, template_key: str, now: datetime) -> None:
    if why := paper_register(register).outdated(row, template_key, now):
        raise PaperError(why)


def _marks(paper: Paper) -> tuple[str, str]:
    """Return the places of number and date in the text, blank until it is signed."""
    number, day = paper.content["marks"]
    return number, day


def unsigned_file(paper: Paper, mark: str = "") -> bytes:
    """Return the text as the system sets it before it is signed, with a line in the foot if `mark`."""
    number, day = _marks(paper)
    content = paper.content
    own = paper_register(paper.register).body(paper.row, paper.template)
    body = own or Body(blocks_of(content["body"]))
    return gongwen(
        body.title or paper.title,
        body.blocks,
        number=number,
        issuer=paper.issuer.name,
        date=day,
        addressee=content["addressee"],
        red_head=content["red_head"],
        letter=content.get("letter", False),
        mark=mark,
        attachments=body.attachments,
        annexes=body.annexes,
    )


def _keep(
    paper: Paper,
    kind: str,
    content: bytes,
    media_type: str,
    *,
    actor: Any,
    now: datetime,
    verb: str,
    name: str = "",
) -> PaperVersion:
    """Store a file as the next version and record it; the file is gone again if this raises."""
    last = PaperVersion.objects.filter(paper=paper).order_by("number").last()
    with files.kept(content, media_type) as file:
        version = PaperVersion.objects.create(
            paper=paper,
            number=1 if last is None else last.number + 1,
            kind=kind,
            name=files.safe_name(name or f"{paper.title}.docx"),
            stored_as=file.stored_as,
            media_type=media_type,
            n_bytes=file.n_bytes,
            sha256=file.sha256,
            added_by=actor,
            added_at=now,
        )
        sealed = {"version": version.number, "kind": kind, "sha256": file.sha256, "number": paper.number}
        _record(paper, verb, actor=actor, now=now, content=sealed)
    return version


def _record(
    paper: Paper,
    verb: str,
    *,
    actor: Any,
    now: datetime,
    content: dict[str, Any] | None = None,
    reason: str = "",
) -> None:
    record_change(REGISTER, paper.pk, actor=actor, now=now, verb=verb, content=content or {}, reason=reason)


def _required(reason: str) -> str:
    if not reason.strip():
        raise PaperError(_("请写明理由。"))
    return reason.strip()[:200]
