"""通报: the list with its one button, a briefing as it will be printed, its files and correction."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anwei.ledgers.export import attachment
from anwei.ledgers.listing import number_in
from anwei.ledgers.models import Paper
from anwei.ledgers.papers.files import DOCX
from anwei.ledgers.papers.layout import gongwen
from anwei.ledgers.release import Leaving, release
from anwei.org.models import Person
from anwei.org.policy import person_of, signed_in
from anwei.org.scope import sees_the_county
from anwei.oversight.briefing import paper, records
from anwei.oversight.briefing.book import Book
from anwei.oversight.briefing.digest import TEXTS
from anwei.oversight.briefing.document import Written
from anwei.oversight.briefing.papers import ANNEXES, document_of
from anwei.oversight.briefing.parts import plain_text
from anwei.oversight.briefing.queries import REGISTER, briefings_seen, is_official, newest_version
from anwei.oversight.briefing.since import changed_since, why_outdated
from anwei.oversight.briefing.snapshot import LANGUAGE
from anwei.oversight.briefing.workbook import workbook
from anwei.oversight.figures import ended_months
from anwei.oversight.models import Briefing
from anwei.oversight.models.briefing import WORDS_LENGTH
from anwei.oversight.services.briefings import NotMade, correct, make, make_anew, post_of, rewrite
from anwei.standards.briefing import addressee, layouts

A_PAGE = 20
YEARS_SHOWN = 3


class WordsForm(forms.Form):
    """What people write; the rest of a briefing is reckoned."""

    causes = forms.CharField(
        label=gettext_lazy("四、事故原因（补充）"), required=False, max_length=WORDS_LENGTH
    )
    problems = forms.CharField(
        label=gettext_lazy("七、存在问题（不填按记录）"), required=False, max_length=WORDS_LENGTH
    )
    next_steps = forms.CharField(
        label=gettext_lazy("八、下步要求"),
        max_length=WORDS_LENGTH,
        error_messages={"required": gettext_lazy("请写下步要求。")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            rows = 6 if name == "next_steps" else 3
            field.widget = forms.Textarea(attrs={"class": "form-control", "rows": rows, "lang": "zh-Hans"})


@signed_in
@require_GET
def briefings(request: HttpRequest) -> HttpResponse:
    """List the briefings a person reads, the newest period first, with the button that makes the next."""
    person, now = person_of(request), timezone.now()
    if not is_official(person):
        raise PermissionDenied(_("通报供各乡镇和部门查看。"))
    today = timezone.localdate(now)
    rows = briefings_seen(person).select_related("made_by", "corrects").defer("snapshot")
    context = {
        "page": Paginator(rows.order_by("-year", "-months", "-pk"), A_PAGE).get_page(request.GET.get("page")),
        "may_make": post_of(person) is not None,
        "layouts": [(one.key, _(one.name)) for one in layouts().values()],
        "years": range(today.year, today.year - YEARS_SHOWN, -1),
        "months": range(1, 13),
        "month": max(ended_months(today.year, today), 1) if today.day < 15 else today.month,
        "today": today,
    }
    return render(request, "oversight/briefings.html", context)


@signed_in
@require_POST
def briefing_make(request: HttpRequest) -> HttpResponse:
    """Make a briefing of a period in a layout."""
    person, now = person_of(request), timezone.now()
    try:
        made = make(
            actor=person,
            now=now,
            year=number_in(request.POST.get("year", "")) or 0,
            months=number_in(request.POST.get("months", "")) or 0,
            layout=request.POST.get("layout", ""),
        )
    except NotMade as error:
        messages.error(request, str(error))
        return redirect("briefings")
    messages.success(request, _("已生成，数据已冻结；请写“下步要求”，再拟公文、审核、签发。"))
    return redirect("briefing", pk=made.pk)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def briefing(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a briefing, each number with its rows; POST takes what a person wrote into a new version."""
    person, now = person_of(request), timezone.now()
    row = _visible(person, pk)
    may_write = post_of(person) is not None and not row.signed_at
    form = WordsForm(request.POST if request.method == "POST" else None, initial=_words(row))
    if request.method == "POST":
        if post_of(person) is None:
            raise PermissionDenied(_("通报由县安委办和县级部门的工作人员起草。"))
        if form.is_valid():
            try:
                made = rewrite(row, Written(**form.cleaned_data), actor=person, now=now)
            except NotMade as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, _("已存为第 %(n)d 版，数据不变。") % {"n": made.version})
                return redirect("briefing", pk=made.pk)
    return _page(request, row, form, may_write=may_write)


def _page(
    request: HttpRequest, row: Any, form: WordsForm, *, may_write: bool, refused: bool = False
) -> HttpResponse:
    """Return the page; where a correction was `refused`, with what the records say now."""
    person, now = person_of(request), timezone.now()
    paper_of = Paper.objects.filter(register=REGISTER, row=str(row.pk)).exclude(state=Paper.State.WITHDRAWN)
    since = changed_since(row, now) if sees_the_county(person) else None
    context = {
        "briefing": row,
        "document": document_of(row),
        "period": Book(row.snapshot).period,
        "form": form,
        "may_write": may_write,
        "may_correct": post_of(person) is not None and bool(row.signed_at),
        "is_newest": row.version == newest_version(row),
        "corrections": briefings_seen(person).filter(corrects=row.pk).defer("snapshot"),
        "paper": paper_of.first(),
        "since": since,
        "outdated": why_outdated(row, since) if since and not row.signed_at else "",
        "may_make": post_of(person) is not None,
    }
    return render(request, "oversight/briefing.html", context, status=422 if form.errors or refused else 200)


@signed_in
@require_POST
def briefing_anew(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a draft anew from what the records and the published months say now."""
    person, now = person_of(request), timezone.now()
    row = _visible(person, pk)
    try:
        made = make_anew(row, actor=person, now=now)
    except NotMade as error:
        messages.error(request, str(error))
        return redirect("briefing", pk=pk)
    messages.success(request, _("已按现在的数重新生成，写过的部分照原样带入。"))
    return redirect("briefing", pk=made.pk)


@signed_in
@require_POST
def briefing_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Make the correction of an issued briefing."""
    person, now = person_of(request), timezone.now()
    row = _visible(person, pk)
    if post_of(person) is None:
        raise PermissionDenied(_("通报由县安委办和县级部门的工作人员起草。"))
    try:
        made = correct(row, actor=person, now=now, reason=request.POST.get("reason", ""))
    except NotMade as error:
        messages.error(request, str(error))
        form = WordsForm(initial=_words(row))
        return _page(request, row, form, may_write=not row.signed_at, refused=True)
    messages.success(request, _("已生成更正稿，前后对照在最前面；签发后印发，原通报仍可查看。"))
    return redirect("briefing", pk=made.pk)


@signed_in
@require_GET
def briefing_docx(request: HttpRequest, pk: int) -> HttpResponse:
    """Give out the text: of an issued one the signed file, of a draft what would be printed, marked so."""
    person = person_of(request)
    row = _visible(person, pk)
    signed = Paper.objects.filter(register=REGISTER, row=str(pk), state=Paper.State.SIGNED).first()
    if signed is not None and signed.valid is not None:
        return redirect("paper_file", pk=signed.pk, number=signed.valid.number)
    told = document_of(row)
    leaving = Leaving("briefings", len(told.annexes), person, timezone.now(), query=told.title)
    release(leaving, "docx")
    content = gongwen(
        paper.broken_title(told.title),
        paper.blocks(told),
        issuer=row.post.unit.name,
        date=_("（未签发）"),
        addressee=addressee(),
        attachments=ANNEXES,
        annexes=paper.annexes(told),
        mark=_("草稿，未签发 · %(mark)s") % {"mark": leaving.taken},
    )
    return attachment(_file_name(row, told.title), "docx", content, DOCX)


@signed_in
@require_GET
def briefing_xlsx(request: HttpRequest, pk: int) -> HttpResponse:
    """Give out the tables as an Excel book."""
    person = person_of(request)
    row = _visible(person, pk)
    told = document_of(row)
    n_rows = sum(len(sheet.rows) for sheet in told.annexes)
    leaving = Leaving("briefings", n_rows, person, timezone.now(), query=told.title)
    release(leaving, "xlsx")
    with translation.override(LANGUAGE):
        content = workbook(told, Book(row.snapshot), leaving.taken)
    return attachment(_file_name(row, told.title), "xlsx", content)


def _file_name(row: Briefing, title: str) -> str:
    """Return what tells a file from those of the other layouts and versions."""
    layout = layouts()[row.layout].name.partition("（")[0]
    return f"{title}-{layout}-{row.version}"


def _words(row: Briefing) -> dict[str, str]:
    """Return what stands in the form: what was written, else what the records suggest."""
    with translation.override(LANGUAGE):
        book = Book(row.snapshot)
        return {
            **{name: getattr(row, name) for name in TEXTS},
            "problems": row.problems or "\n".join(map(plain_text, records.problems(book))),
            "next_steps": row.next_steps or records.next_steps(book),
        }


def _visible(person: Person, pk: int) -> Any:
    row = briefings_seen(person).filter(pk=pk).select_related("post__unit", "made_by", "corrects").first()
    if row is None:
        raise Http404
    return row
