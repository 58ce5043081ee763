"""What is sent from the page of a visit at a desk: its checks, what was found, what stands of two answers."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

from django.db import transaction
from django.http import Http404, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from anwei.cases.errors import CaseError
from anwei.hazards.models import Answer, Visit
from anwei.hazards.planning.checklists import lists_of
from anwei.hazards.services.checking import record_check
from anwei.hazards.services.deciding import Amended, decide
from anwei.hazards.services.found import Finding, file_at_visit
from anwei.hazards.services.visit_files import SentFile, keep_file
from anwei.hazards.services.visit_papers import renew_unsigned, sign_papers
from anwei.hazards.services.visits import require_of_bodies
from anwei.hazards.visit_forms import FindingForm, SignForm
from anwei.ledgers.listing import number_in
from anwei.org.models import Person
from anwei.org.responsibility import Vacant

TOLD = (
    "item",
    "description",
    "place",
    "criterion",
    "is_major",
    "reason",
    "order",
    "due_on",
    "requirement",
    "measures",
)


def record_sheet(visit: Visit, sent: QueryDict, *, actor: Person, now: datetime) -> str:
    """Write each item that the form answers, each for itself; return what is said of it.

    Raises NotYourTurn for who does not take part, CaseError with the sentences of those that were refused;
    the others are written.
    """
    require_of_bodies(visit, actor, now)
    n, waiting, refused = 0, 0, []
    for item in (item for one in lists_of(visit) for item in one.items):
        if not (result := sent.get(f"result-{item.id}", "")):
            continue
        change = number_in(sent.get(f"change-{item.id}", "")) or 0
        note = sent.get(f"note-{item.id}", "")
        try:
            recorded = record_check(
                visit, item=item.id, result=result, note=note, actor=actor, now=now, at=now, based_on=change
            )
        except CaseError as error:
            refused.append(f"{item.item}：{error}")
            continue
        n, waiting = n + 1, waiting + (recorded.waiting is not None)
    if refused:
        raise CaseError(" ".join(dict.fromkeys(refused)))
    said = ngettext("已保存 %(n)d 项。", "已保存 %(n)d 项。", n) % {"n": n}
    return said + (_("其中 %(n)d 项已有不同的回答，待定。") % {"n": waiting} if waiting else "")


def decide_answers(visit: Visit, sent: QueryDict, *, actor: Person, now: datetime) -> str:
    """Take the answers that the form names, with the finding as it is amended, or let stand what stands."""
    keys = [key for text in sent.getlist("answer") if (key := number_in(text))]
    answers = list(Answer.objects.filter(visit=visit, pk__in=keys).order_by("pk"))
    if not answers or len(answers) != len(set(keys)):
        raise Http404
    take = sent.get("take") == "1"
    amended = Amended(str(sent["finding"]), sent.get("shown", "")) if "finding" in sent else None
    decide(visit, answers, actor=actor, now=now, take=take, amended=amended)
    return _("已采用，记入变更记录。") if take else _("保留原来的回答，记入变更记录。")


def file_finding(visit: Visit, form: FindingForm, *, actor: Person, now: datetime) -> str:
    """File what was found, its photos kept with the visit; return what is said of it.

    Raises CaseError, and Vacant as one, with a sentence where something does not fit.
    """
    require_of_bodies(visit, actor, now)
    told = {name: form.cleaned_data[name] for name in TOLD if name in form.fields}
    key: str = form.cleaned_data["key"]
    files = []
    for photo in form.photos():
        digest = sha256(photo.content).hexdigest()
        sent = SentFile(
            key=f"{key[:31]}-{digest[:32]}",
            kind="evidence",
            sha256=digest,
            name=photo.name,
            content=photo.content,
            item=told["item"],
            taken_at=photo.taken_at,
        )
        files.append(keep_file(visit, sent, actor=actor, now=now)[0].key)
    try:
        found = Finding(**told, files=files)
        return file_at_visit(visit, found, actor=actor, now=now, at=now, key=key)[1]
    except Vacant as error:
        raise CaseError(str(error)) from error


def sign_changed(visit: Visit, form: SignForm, *, actor: Person, now: datetime) -> str:
    """Keep how the head signed what was changed, or refused to, and say so."""
    drawn, file, told = form.drawn(), None, form.cleaned_data
    if renewed := renew_unsigned(visit, actor=actor, now=now):
        numbers = _("、").join(paper.number.number for paper in renewed)
        raise CaseError(
            _("%(papers)s的内容又有更改，已生成新版，请给现场负责人看过再签字。") % {"papers": numbers}
        )
    with transaction.atomic():
        if drawn is not None:
            digest = sha256(drawn.content).hexdigest()
            sent = SentFile(told["key"], "signature", digest, drawn.name, drawn.content)
            file, _before = keep_file(visit, sent, actor=actor, now=now)
        papers = sign_papers(
            visit,
            shown=form.papers_shown(),
            actor=actor,
            now=now,
            head=told["head"],
            refusal=told["refusal"],
            signature=file,
        )
    said = _("已记录拒绝签字：%(papers)s。") if told["refusal"] else _("已重新签字：%(papers)s。")
    return said % {"papers": _("、").join(paper.number.number for paper in papers)}
