"""What the papers of a visit say: its records in words, with what is undecided and who signed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from itertools import groupby

from django.utils import timezone, translation

from anwei.cases.official_papers import moment_in_words
from anwei.hazards.models import (
    Answer,
    Attendance,
    Check,
    Order,
    PaperNumber,
    PaperSigning,
    Visit,
    VisitHazard,
    VisitPaper,
)
from anwei.hazards.models.answers import ActKind
from anwei.hazards.paper_words import PAPER_WORDS, told
from anwei.hazards.planning.checklists import lists_of
from anwei.hazards.planning.manning import officers_of
from anwei.hazards.remedies import remedy_words
from anwei.ledgers.papers.blocks import CELL
from anwei.ledgers.papers.layout import chinese_date
from anwei.org.models import Unit
from anwei.org.responsibility import Matter, Vacant, posts_for
from anwei.standards.law.in_full import in_full
from anwei.standards.papers import PaperTemplate, default_templates

NONE = PAPER_WORDS["none"]
UNTRUE = "false_report"  # the outcome of a hazard that was none
SOMEBODY = "有管辖权的部门"
TELLS_COUNTS = re.compile(
    r"合格\d+项，不合格\d+项，不适用\d+项"
)  # of a finding that was drafted from the results
LAST = 9999  # place of what stands on no checklist


def words_of(visit: Visit, now: datetime, signature: str) -> Mapping[str, str]:
    """Return what fills the gaps of the templates of a visit's papers; `signature` says who signed.

    The language that is active must be Chinese.
    """
    places = places_of(visit)
    checks = sorted(visit.checks.all(), key=lambda one: (places.get(one.item, LAST), one.item))
    found = list(visit.found.select_related("hazard"))
    found.sort(key=lambda one: (places.get(one.item, LAST), one.pk))
    numbered = list(enumerate(found, 1))
    items = (item for one in lists_of(visit) for item in one.items)
    basis = {item.id: item.legal_basis for item in items} | {check.item: check.basis for check in checks}
    ordered = [(n, one) for n, one in numbered if one.order in (Order.DATED, Order.STOP)]
    return {
        **standing_words(visit, now),
        **remedy_words(visit.body),
        "title": f"{visit.number} {visit.full_name}",
        "kind": "检查",
        "site": str(visit.site or ""),
        "today": chinese_date(timezone.localdate(visit.ended_at or now)),
        "begun": moment_in_words(visit.begun_at),
        "ended": moment_in_words(visit.ended_at),
        "finding": _lines(visit.finding),
        "counts": _counts(checks),
        "checks": _rows(_failed(checks)),
        "found": _rows(_hazards(numbered, basis)),
        "orders": _rows(_hazards(ordered, basis)),
        "measures": _rows(_measures(numbered)),
        "files": _files(visit),
        "head": visit.head,
        "signature": signature,
    }


def shown_at_signing(visit: Visit, now: datetime) -> str:
    """Return the SHA-256 (hex) of what the head of the place is shown to sign; the phone does the same.

    It is what was found in words and how many questions are open, not when, by whom, or how many photos.
    """
    with translation.override("zh-hans"):
        words = words_of(visit, now, "")
    n_open = 0 if words["undecided"] == NONE else len(words["undecided"].splitlines())
    names = ("finding", "counts", "checks", "found", "orders", "measures")
    lines = [*(words[name] for name in names), str(n_open)]
    return sha256("\n".join(lines).encode()).hexdigest()


def counts_of(visit: Visit) -> str:
    """Return in Chinese words how many items of a visit stand how."""
    return _counts(visit.checks.all())


def finding_remark(visit: Visit) -> str:
    """Return what stands below a finding that tells other counts than the checks, or was written for others.

    "" where it holds. It is none of what the head of the place is shown: the telephone does not know it.
    """
    counted = counts_of(visit)
    drafted = TELLS_COUNTS.search(visit.finding)
    denies = drafted is not None and drafted[0] not in counted
    return PAPER_WORDS["finding_before"] if denies or visit.finding_counts not in ("", counted) else ""


def without_certificate(one: Attendance) -> str:
    """Return why somebody at a visit has no certificate: there is none, or it was not valid on that day."""
    ended = one.ended_on
    return PAPER_WORDS["none_certified"] if ended is None else f"执法证已于{chinese_date(ended)}到期"


def without_open_question(template: PaperTemplate, words: Mapping[str, str]) -> PaperTemplate:
    """Return a template without its line 待定事项 where nothing is undecided; the phone does the same."""
    label = template.fields.get("undecided")
    if label is None or words["undecided"] != NONE:
        return template
    kept = [line for line in template.body.splitlines() if line.strip() != f"{label}：{{{label}}}"]
    return replace(template, body="\n".join(kept))


def standing_words(visit: Visit, now: datetime) -> dict[str, str]:
    """Return what papers of a visit say that stands before it begins; the phone takes these words along.

    Bodies and enterprise stand in them by their full names, whatever short ones the pages use.
    """
    owner = visit.site or visit.enterprise
    place = [] if owner is None else [owner.address, str(visit.site or "") if visit.enterprise else ""]
    return {
        "number": visit.number,
        "enterprise": visit.full_name,
        "issuer": visit.body.name,
        "place": " ".join(filter(None, place)),
        "bodies": PAPER_WORDS["and"].join(sorted_names(visit)),
        "reason": PAPER_WORDS["and"].join(visit.reasons),
        "basis": "；".join(dict.fromkeys(in_full(one.citation) for one in visit.together)),
        "inspectors": _named(visit.attendances.all()),
        "officers": _named(officers_of(visit, visit.body)),
        "receiver": receiver(visit, now),
        "undecided": "\n".join(_undecided(visit)) or NONE,
    }


def issued_words(visit: Visit, issuer: Unit) -> dict[str, str]:
    """Return what an order says of who issued it, where that is not the body that leads the visit by now."""
    return {
        **remedy_words(issuer),
        "issuer": issuer.name,
        "inspectors": _named(officers_of(visit, issuer)),
    }


def _named(people: Iterable[Attendance]) -> str:
    """Return people with the numbers of their certificates."""
    return PAPER_WORDS["and"].join(
        told("inspector", name=one.person, certificate=one.certificate or without_certificate(one))
        for one in people
    )


def sorted_names(visit: Visit) -> list[str]:
    """Return the full names of the bodies that take part, in the order of their keys."""
    return [unit.name for unit in sorted(visit.bodies.all(), key=lambda unit: unit.pk)]


def places_of(visit: Visit) -> dict[str, int]:
    """Return at which place of the visit's checklists each item stands."""
    return {item.id: n for n, item in enumerate(item for one in lists_of(visit) for item in one.items)}


def _counts(checks: Iterable[Check]) -> str:
    n = Counter(str(check.result) for check in checks)
    counts = {value: n[value] for value in Check.Result.values}
    return told("counts", done=n.total(), **counts)


def _failed(checks: Sequence[Check]) -> Iterator[tuple[str, str]]:
    for check in checks:
        if check.result != Check.Result.OK:
            cited = in_full(check.basis)
            basis = told("basis", basis=cited) if cited else ""
            note = told("note", note=check.note) if check.note else ""
            yield PAPER_WORDS[check.result], told("check", text=check.item_text, basis=basis, note=note)


def _hazards(found: Sequence[tuple[int, VisitHazard]], basis: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the rows of each hazard; `basis` is what the failed items of the checklist rest on."""
    for n, one in found:
        yield told("hazard", n=n), one.hazard.description
        yield PAPER_WORDS["place"], one.hazard.place or PAPER_WORDS["blank_place"]
        yield PAPER_WORDS["grade"], PAPER_WORDS[_grade(one)]
        if not one.clause and (violated := in_full(basis.get(one.item, ""))):
            yield PAPER_WORDS["violated"], violated
        if one.clause:
            yield PAPER_WORDS["clause_head" if one.is_major else "clause_proposed"], one.clause
        if one.hazard.proposed_reason:
            yield PAPER_WORDS["proposed_head"], one.hazard.proposed_reason
        if one.hazard.outcome == UNTRUE:
            closed_on = timezone.localdate(one.hazard.closed_at)
            yield PAPER_WORDS["untrue_head"], told("untrue", day=chinese_date(closed_on))
            continue
        if one.order:
            due = "" if one.due_on is None else told("due", day=chinese_date(one.due_on))
            yield PAPER_WORDS["order_head"], f"{PAPER_WORDS[f'order_{one.order}']}{due}"
        elif one.hazard.proposed_reason:
            yield PAPER_WORDS["order_head"], PAPER_WORDS["order_proposed"]
        if one.requirement:
            yield PAPER_WORDS["requirement"], one.requirement


def _grade(one: VisitHazard) -> str:
    """Return as what a hazard was judged on the spot: who ordered nothing left it to be judged."""
    if one.is_major:
        return "major"
    if one.hazard.proposed_reason:
        return "proposed"
    return "general" if one.order else "unjudged"


def _measures(found: Sequence[tuple[int, VisitHazard]]) -> Iterator[tuple[str, str]]:
    for n, one in found:
        if not (one.measures or one.order == Order.STOP):
            continue
        yield told("hazard", n=n), one.hazard.description
        if one.clause:
            yield PAPER_WORDS["basis_head"], one.clause
        if one.hazard.outcome == UNTRUE:
            closed_on = timezone.localdate(one.hazard.closed_at)
            yield PAPER_WORDS["untrue_head"], told("untrue", day=chinese_date(closed_on))
            continue
        order = PAPER_WORDS.get(f"order_{one.order}", "")
        yield PAPER_WORDS["measure"], one.measures or f"{order}{PAPER_WORDS['colon']}{one.requirement}"


def _undecided(visit: Visit) -> Iterator[str]:
    """Yield a sentence for each item with two answers, and for each late end, that nobody has decided."""
    waiting = list(visit.answers.filter(decided_at=None).select_related("by").order_by("kind", "item", "pk"))
    if not waiting:
        return
    standing = {check.item: check for check in visit.checks.select_related("by")}
    for (kind, item), answers in groupby(waiting, key=lambda one: (one.kind, one.item)):
        if kind != ActKind.CHECK:
            yield from (f"{one.by}另有“{one.get_kind_display()}”记录，待定。" for one in answers)
            continue
        check = standing.get(item)
        both = [*([] if check is None else [_answer(check)]), *map(_answer, answers)]
        yield f"检查项“{item if check is None else check.item_text}”有不同的回答，待定：{'；'.join(both)}。"


def _answer(one: Check | Answer) -> str:
    note = f"，{one.note}" if one.note else ""
    return _cell(f"{one.get_result_display()}{note}（{one.by}）")


def _files(visit: Visit) -> str:
    kinds = Counter(visit.files.order_by().values_list("kind", flat=True))
    if not kinds:
        return NONE
    said = [told(kind, n=kinds[kind]) for kind in ("evidence", "voice", "signature") if kinds[kind]]
    return PAPER_WORDS["comma"].join(said) + PAPER_WORDS["stop"]


def signed(head: str, *, drawn: bool, refusal: str, changed: bool = False) -> str:
    """Return in words who of the enterprise signed: by hand, refused, or not (yet, or not again)."""
    if drawn:
        return told("signed", head=head)
    if refusal:
        return told("refused", head=head, refusal=_cell(refusal))
    return told("changed" if changed else "unsigned", head=head)


def changed_mark(number: PaperNumber, version: int, made_at: datetime, signing: PaperSigning | None) -> str:
    """Return what a version says of the earlier ones of its paper, "" for the first.

    A version that nobody signed says which one was signed: its text is another.
    """
    if version == 1:
        return ""
    values: dict[str, object] = {"n": version, "day": chinese_date(timezone.localdate(made_at))}
    earlier = number.papers.filter(version__lt=version).select_related("signing", "visit").order_by("version")
    signings = [(one.version, signing_of(one)) for one in earlier]
    done = [(before, one) for before, one in signings if one is not None]
    if signing is not None:
        how = "refused_again" if signing.refusal else "signed_again" if done else "signed_later"
        return told("mark_again", **values, before=version - 1, how=told(how, head=signing.head))
    if not done:
        return told("mark_plain", **values, before=version - 1)
    before, last = done[-1]
    values |= {"before": before, "head": last.head, "signed_on": chinese_date(timezone.localdate(last.at))}
    return told("mark_refused" if last.refusal else "mark_signed", **values)


def takes_signature(template: str) -> bool:
    """Say whether the head of the place signs a paper: it has a place for it; a letter to a body has none."""
    return "signature" in default_templates()[template].fields


def signing_of(paper: VisitPaper) -> PaperSigning | None:
    """Return how a version was signed; of first versions from before that was kept, what the visit says."""
    if not takes_signature(paper.number.template):
        return None
    if paper.signing is not None or paper.version > 1:
        return paper.signing
    visit = paper.visit
    if _was_sent_to_sign(paper) or (visit.signature is None and not visit.refusal):
        return None
    return PaperSigning(
        visit=visit,
        head=visit.head,
        refusal=visit.refusal,
        signature=visit.signature,
        at=visit.ended_at or paper.made_at,
    )


def is_to_be_signed(paper: VisitPaper) -> bool:
    """Say whether a newest version waits for a signature: changed, or not what the head had signed for."""
    if not takes_signature(paper.number.template):
        return False
    return paper.signing is None and (paper.version > 1 or _was_sent_to_sign(paper))


def _was_sent_to_sign(paper: VisitPaper) -> bool:
    """Say whether the head had signed, or refused to, when a version was made."""
    return paper.visit.signings.filter(at__lte=paper.made_at).exists()


def receiver(visit: Visit, now: datetime) -> str:
    """Return to whom hazards of a visit go: who supervises the place, where that is another body."""
    try:
        unit = posts_for(visit, now, matter=Matter.DAILY, held=False).supervisor.unit
    except Vacant:
        return SOMEBODY
    return SOMEBODY if unit.pk == visit.body_id else unit.name


def _rows(pairs: Iterator[tuple[str, str]]) -> str:
    """Return a table of two columns as templates write it."""
    return "\n".join(f"{CELL}{label}{CELL}{_cell(text)}{CELL}" for label, text in pairs) or NONE


def _cell(text: str) -> str:
    return "；".join(line.strip() for line in text.replace(CELL, "|").splitlines() if line.strip())


def _lines(text: str) -> str:
    return text.replace(CELL, "|")
