"""Making the papers of a visit: at its end, and again when something of it is decided later."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from anwei.cases.errors import CaseError
from anwei.cases.evidence import path_of
from anwei.cases.intake import copy_without_traces
from anwei.hazards.models import Order, PaperNumber, PaperSigning, Visit, VisitFile, VisitPaper
from anwei.hazards.paper_words import PAPER_WORDS
from anwei.hazards.planning.manning import why_no_order
from anwei.hazards.services.paper_numbers import (
    MEASURES,
    OF_ENFORCEMENT,
    ORDER,
    RECORD,
    TEMPLATES,
    TRANSFER,
    kinds_of,
    number_of,
    use,
    void_unused,
)
from anwei.hazards.services.visits import locked, remember, require_of_bodies
from anwei.hazards.visit_papers import (
    changed_mark,
    finding_remark,
    is_to_be_signed,
    issued_words,
    signed,
    takes_signature,
    without_open_question,
    words_of,
)
from anwei.ledgers.confined import Failed
from anwei.ledgers.papers import files
from anwei.ledgers.papers.blocks import Block, Paragraph, Picture, blocks_of
from anwei.ledgers.papers.layout import gongwen
from anwei.ledgers.papers.reading import text_digest
from anwei.ledgers.papers.services import county_template
from anwei.org.models import Person

SIGNATURE_WIDTH = 50  # mm


def make_papers(
    visit: Visit,
    *,
    actor: Person,
    now: datetime,
    printed: Sequence[str] = (),
    signing: PaperSigning | None = None,
    numbers: Mapping[str, PaperNumber] | None = None,
) -> list[VisitPaper]:
    """Make the papers of an ended visit under the numbers that `actor` took along; void the other numbers.

    `printed` are the kinds that were printed on the spot, `numbers` by kind those on what was printed,
    `signing` how the head signed what is made for the first time now. Asked again, a paper that says
    something else by now gets a new version under its number, without the signature, which was given for
    another text; earlier ones stay. In the caller's transaction.
    """
    made = []
    for kind in _needed(visit, printed):
        number = _number(visit, kind, actor, now, (numbers or {}).get(kind))
        last = _last(number)
        if last is None:
            signed_here = signing if takes_signature(number.template) else None
            made.append(_made(_Edition(visit, number, signed_here), actor=actor, now=now))
        elif not _says_the_same(visit, number, last):
            made.append(_made(_Edition(visit, number, None, last), actor=actor, now=now))
    void_unused(visit, actor=actor, now=now)
    return made


@transaction.atomic
def sign_papers(
    visit: Visit,
    *,
    shown: Collection[int],
    actor: Person,
    now: datetime,
    head: str,
    refusal: str,
    signature: VisitFile | None,
) -> list[VisitPaper]:
    """Note that the head signed what was changed since, or refused to; each such paper gets a new version.

    So it is with papers that said more than the telephone on which the head had signed.
    `shown` are the keys of the versions that the head was shown. Raises NotYourTurn for who takes no part,
    CaseError where nothing waits for it, neither is told, or others wait than were shown.
    """
    visit = locked(visit)
    require_of_bodies(visit, actor, now)
    waiting = [paper for paper in latest_papers(visit) if is_to_be_signed(paper)]
    if not waiting:
        raise CaseError(_("没有待签字的文书。"))
    if {paper.pk for paper in waiting} != {*shown}:
        raise CaseError(_("文书又有更改，请重新打开后送签。"))
    head, refusal = head.strip()[:60], refusal.strip()[:300]
    if not head or (signature is None) == (not refusal):
        raise CaseError(_("请写现场负责人姓名，并由其签字；拒绝签字的，写明情况，不附签名。"))
    signing = PaperSigning._base_manager.create(
        visit=visit, head=head, refusal=refusal, signature=signature, at=now, by=actor
    )
    told = {"head": head, "refusal": refusal, "papers": [paper.number.number for paper in waiting]}
    remember(visit, "sign", told, actor=actor, now=now)
    return [_made(_Edition(visit, paper.number, signing, paper), actor=actor, now=now) for paper in waiting]


@transaction.atomic
def renew_unsigned(visit: Visit, *, actor: Person, now: datetime) -> list[VisitPaper]:
    """Make the waiting papers anew that would say something else by now: it is shown before it is signed.

    Raises NotYourTurn for who does not take part.
    """
    visit = locked(visit)
    require_of_bodies(visit, actor, now)
    waiting = [one for one in latest_papers(visit) if is_to_be_signed(one)]
    changed = [one for one in waiting if not _says_the_same(visit, one.number, one)]
    return [_made(_Edition(visit, one.number, None, one), actor=actor, now=now) for one in changed]


def latest_papers(visit: Visit) -> list[VisitPaper]:
    """Return the newest version of each paper of a visit."""
    rows = VisitPaper._base_manager.filter(visit=visit).select_related("number__issuer", "signing", "visit")
    return list({paper.number_id: paper for paper in rows.order_by("number", "version")}.values())


def first_signing(visit: Visit, actor: Person, now: datetime) -> PaperSigning | None:
    """Return how the head signed the papers at the end of a visit, None where nobody told."""
    if visit.signature is None and not visit.refusal:
        return None
    refusal = "" if visit.signature is not None else visit.refusal
    return PaperSigning._base_manager.create(
        visit=visit,
        head=visit.head,
        refusal=refusal,
        signature=visit.signature,
        at=visit.ended_at or now,
        by=actor,
    )


def _needed(visit: Visit, printed: Sequence[str]) -> list[str]:
    """Return the kinds of paper that a visit needs, as far as its leading body may issue them."""
    found = list(visit.found.all())
    allowed = kinds_of(visit)
    needed = {
        RECORD: True,
        ORDER: any(one.order in (Order.DATED, Order.STOP) for one in found),
        MEASURES: any(one.measures or one.order == Order.STOP for one in found),
        TRANSFER: bool(found) and ORDER not in allowed,
    }
    return [kind for kind in allowed if needed[kind] or kind in printed]


@dataclass(frozen=True)
class _Edition:
    """A version to be made: of which paper, how it was signed, after which one, with which date of change."""

    visit: Visit
    number: PaperNumber
    signing: PaperSigning | None
    before: VisitPaper | None = None

    @property
    def version(self) -> int:
        return 1 if self.before is None else self.before.version + 1


def _last(number: PaperNumber) -> VisitPaper | None:
    return number.papers.select_related("signing__signature").order_by("version").last()


def _says_the_same(visit: Visit, number: PaperNumber, last: VisitPaper) -> bool:
    """Say whether a paper would say today what its newest version says, in whatever layout."""
    before = number.papers.filter(version=last.version - 1).first()
    content, _its_title = _content(_Edition(visit, number, last.signing, before), last.made_at)
    return text_digest(content) in ({last.text_sha256} if last.text_sha256 else _read_digests(last))


def _read_digests(paper: VisitPaper) -> set[str]:
    """Return the digests of the words of a version from before they were kept, as its file says them.

    The head of a letter stood in its text then.
    """
    path = files.path_of(paper.stored_as)
    if not path.exists():
        return set()
    content, is_letter = path.read_bytes(), county_template(paper.number.template).letter
    return {text_digest(content)} | ({text_digest(content, headless=True)} if is_letter else set())


def _made(edition: _Edition, *, actor: Person, now: datetime) -> VisitPaper:
    visit, number, signing = edition.visit, edition.number, edition.signing
    content, title = _content(edition, now)
    with files.kept(content, files.DOCX) as file:
        use(number, now, _of_another(visit, number))
        paper = VisitPaper._base_manager.create(
            visit=visit,
            number=number,
            version=edition.version,
            name=files.safe_name(f"{title}（{visit.number}）.docx"),
            stored_as=file.stored_as,
            n_bytes=file.n_bytes,
            sha256=file.sha256,
            text_sha256=text_digest(content),
            signing=signing,
            made_by=actor,
            made_at=now,
        )
        told = {"number": number.number, "version": paper.version, "sha256": paper.sha256}
        remember(visit, "paper", told, actor=actor, now=now)
    return paper


def _number(
    visit: Visit, kind: str, actor: Person, now: datetime, printed: PaperNumber | None
) -> PaperNumber:
    """Return the number under which a paper of the visit stands or was printed, else one's own."""
    of_kind = PaperNumber._base_manager.filter(template=TEMPLATES[kind])
    standing = of_kind.filter(papers__visit=visit).order_by("pk").first()
    used = of_kind.filter(Q(visit=visit) | Q(visit__merged_into=visit)).exclude(used_at=None)
    taken = (printed, *used.select_related("issuer").order_by("used_at", "pk"))
    held = (one for one in taken if one is not None and _may_stand(visit, kind, one))
    return standing or next(held, None) or number_of(visit, actor, kind, now)


def _may_stand(visit: Visit, kind: str, number: PaperNumber) -> bool:
    """Say whether a paper may stand under a number: an order only where its body may issue it."""
    return kind not in OF_ENFORCEMENT or not why_no_order(visit, number.issuer)


def _of_another(visit: Visit, number: PaperNumber) -> str:
    """Return what is noted at a number that was taken along to a visit which was merged into this one."""
    if number.visit_id == visit.pk:
        return ""
    return _("为%(gone)s领用，检查已并入%(kept)s，文书用此文号") % {
        "gone": number.visit.number,
        "kept": visit.number,
    }


def _content(edition: _Edition, made_at: datetime) -> tuple[bytes, str]:
    """Return a paper as DOCX, and its title; a paper is Chinese whatever language its maker reads."""
    visit, number, signing = edition.visit, edition.number, edition.signing
    with translation.override("zh-hans"):
        mark = changed_mark(edition.number, edition.version, made_at, signing)
        said = signed(
            visit.head if signing is None else signing.head,
            drawn=signing is not None and signing.signature is not None,
            refusal="" if signing is None else signing.refusal,
            changed=bool(mark),
        )
        words = dict(words_of(visit, made_at, said))
        if remark := finding_remark(visit):
            words["finding"] += f"\n{remark}"
        if number.template in (TEMPLATES[ORDER], TEMPLATES[MEASURES]):
            words |= issued_words(visit, number.issuer)
        template = without_open_question(county_template(number.template), words)
        text = template.filled(
            {name: words.get(name, "") or PAPER_WORDS["blank"] for name in template.fields}
        )
        own = _signature(signing) if "signature" in template.fields else ()
        content = gongwen(
            text["title"],
            [*([Paragraph(mark, indented=False)] if mark else ()), *blocks_of(text["body"]), *own],
            number=number.number,
            issuer=number.issuer.name,
            date=timezone.localdate(visit.ended_at or made_at),
            addressee=text["addressee"],
            red_head=template.head(number.issuer.name),
            letter=template.letter,
        )
    return content, text["title"]


def _signature(signing: PaperSigning | None) -> Iterator[Block]:
    """Yield the head's signature as it was drawn, encoded anew: it came from outside."""
    if signing is None or signing.signature is None:
        return
    yield Paragraph(PAPER_WORDS["signature_head"], indented=False)
    try:
        picture = copy_without_traces(path_of(signing.signature.stored_as).read_bytes())
    except (FileNotFoundError, Failed):
        yield Paragraph("（签名文件缺失）", indented=False)
    else:
        yield Picture(picture, SIGNATURE_WIDTH)
