"""The forms of one visit: what was found, how it ended, how the enterprise rates it."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from anwei.cases.file_fields import PHOTOS, FilesField, SignatureInput, file_field
from anwei.cases.intake import Upload
from anwei.hazards.forms import FOUND
from anwei.hazards.inspection_forms import SELECT, TEXT, day_field
from anwei.hazards.models import Check, Order, Visit, VisitPaper
from anwei.hazards.planning.checklists import sectors_of
from anwei.hazards.planning.manning import why_no_order
from anwei.hazards.planning.unfinished import is_unfinished
from anwei.ledgers.listing import number_in
from anwei.standards.hazards.checklists import checklist_items
from anwei.standards.hazards.criteria import UNUSABLE, Criterion, criteria_of, criterion

SHOWN = 70  # characters of a criterion in the list


class FindingForm(forms.Form):
    """A hazard that was found at the visit, with what a person decides on the spot."""

    item = forms.ChoiceField(
        label=_("检查项"), required=False, widget=forms.Select(attrs=SELECT), help_text=_("只列不合格的项")
    )
    description = forms.CharField(
        label=_("隐患描述"), max_length=2000, widget=forms.Textarea(attrs={**TEXT, "rows": 2})
    )
    place = forms.CharField(
        label=_("具体位置"), max_length=120, required=False, widget=forms.TextInput(attrs=TEXT)
    )
    criterion = forms.ChoiceField(
        label=_("重大隐患判定条款"),
        required=False,
        widget=forms.Select(attrs=SELECT),
        help_text=_("条款只是建议，由您确认是否重大"),
    )
    is_major = forms.BooleanField(
        label=_("确认重大隐患"),
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )
    reason = forms.CharField(
        label=_("定级说明（与条款建议不同或者没有条款时必填）"),
        max_length=500,
        required=False,
        widget=forms.TextInput(attrs=TEXT),
    )
    order = forms.ChoiceField(
        label=_("整改方式"),
        choices=[("", _("暂不决定，由监督岗位核实定级")), *Order.choices],
        required=False,
        widget=forms.Select(attrs=SELECT),
    )
    due_on = day_field(_("整改期限（立查立改不填）"))
    requirement = forms.CharField(
        label=_("整改要求"), max_length=2000, required=False, widget=forms.Textarea(attrs={**TEXT, "rows": 2})
    )
    measures = forms.CharField(
        label=_("现场处理措施"), max_length=2000, required=False, widget=forms.TextInput(attrs=TEXT)
    )
    key = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, files: Any = None, *, visit: Visit) -> None:
        super().__init__(data, files, initial={"key": secrets.token_hex(16)}, prefix="found")
        failed = list(visit.checks.filter(result=Check.Result.FAILED))
        self.fields["due_on"].required = False
        item: Any = self.fields["item"]
        item.choices = [("", "—"), *((one.item, one.item_text) for one in failed)]
        chosen: Any = self.fields["criterion"]
        chosen.choices = _criteria(visit, [one.item for one in failed])
        if why := why_no_order(visit, visit.body):  # who may not order is offered nothing to order
            order: Any = self.fields["order"]
            order.choices, order.help_text = order.choices[:1], why
            del self.fields["due_on"], self.fields["measures"]
        self.fields["evidence"] = file_field(FOUND, {"label": FOUND.label, "required": False})

    def photos(self) -> list[Upload]:
        """Return the photos that were handed in."""
        papers = self.cleaned_data.get("evidence")
        return papers.uploads if papers else []


def _criteria(visit: Visit, failed: list[str]) -> list[Any]:
    """Return the criteria to choose from: those of failed items first, those that may not be used as such."""
    known = checklist_items()
    proposed = [criterion(key) for one in failed if one in known for key in known[one].major_hazard_ids]
    day = visit.planned_on
    offered = dict.fromkeys([*proposed, *(row for code in sectors_of(visit) for row in criteria_of(code))])
    usable = [row for row in offered if row.usable(day)]
    groups = [
        (_now("不合格项对应的条款（建议重大）"), [row for row in usable if row in proposed]),
        (_now("本行业其他条款"), [row for row in usable if row not in proposed]),
        (_now("不得用于新的判定"), [row for row in offered if row not in usable]),
    ]
    told = [(label, [(row.id, _shown(row, visit)) for row in rows]) for label, rows in groups if rows]
    return [("", "—"), *told]


def _shown(row: Criterion, visit: Visit) -> str:
    """Return a criterion on one line: number, date in force or why it may not be used, its words."""
    why = row.unusable_because(visit.planned_on)
    since = _now("%(day)s施行") % {"day": row.effective_from} if row.effective_from else _now("施行日期未核")
    return f"{row.version.partition('@')[0]} · {_now(UNUSABLE[why]) if why else since} · {row.text[:SHOWN]}"


class EndForm(forms.Form):
    """What was seen, and who of the enterprise was there."""

    finding = forms.CharField(
        label=_("检查情况"), max_length=2000, widget=forms.Textarea(attrs={**TEXT, "rows": 3})
    )
    head = forms.CharField(
        label=_("现场负责人"), max_length=60, required=False, widget=forms.TextInput(attrs=TEXT)
    )
    refusal = forms.CharField(
        label=_("拒绝签字的，写明情况"),
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs=TEXT),
    )
    at = forms.DateTimeField(
        label=_("实际结束时间"),
        widget=forms.DateTimeInput(attrs={**TEXT, "type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("这次检查开始已久，请按现场实际结束的时间补记"),
    )

    def __init__(self, data: Any = None, *, visit: Visit, now: datetime) -> None:
        """Ask when it really ended where it began long ago and was never ended."""
        super().__init__(data)
        self._visit, self._until = visit, now
        if not is_unfinished(visit, now):
            del self.fields["at"]

    def clean_at(self) -> datetime:
        """Return when it ended: between its beginning and now, not before what was told at it."""
        at: datetime = self.cleaned_data["at"]
        begun_at = self._visit.begun_at
        if at > self._until or (begun_at is not None and at < begun_at.replace(second=0, microsecond=0)):
            raise forms.ValidationError(_now("结束时间应在检查开始以后、现在以前。"))
        last = _last_told(self._visit)
        if last is not None and at < last.replace(second=0, microsecond=0):
            told = {"at": timezone.localtime(last).strftime("%Y-%m-%d %H:%M")}
            raise forms.ValidationError(_now("结束时间不能早于检查中的最后一项记录（%(at)s）。") % told)
        return at


def _last_told(visit: Visit) -> datetime | None:
    """Return when the last item was checked or the last hazard found."""
    moments = (visit.checks.aggregate(at=Max("at")), visit.found.aggregate(at=Max("hazard__found_at")))
    return max((one["at"] for one in moments if one["at"] is not None), default=None)


class HeadSignature(SignatureInput):
    """The head's name drawn on the page, or a scan of it; nobody types it for the head."""

    template_name = "inspections/head_signature.html"


class SignForm(forms.Form):
    """How the head signed what was changed after the first signature, or refused to."""

    head = forms.CharField(label=_("现场负责人"), max_length=60, widget=forms.TextInput(attrs=TEXT))
    signature = FilesField(
        "signature", label=_("现场负责人签名"), required=False, widget=HeadSignature(attrs={"accept": PHOTOS})
    )
    refusal = forms.CharField(
        label=_("拒绝签字的，写明情况"),
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs=TEXT),
    )
    key = forms.CharField(max_length=64, widget=forms.HiddenInput)
    shown = forms.CharField(max_length=200, widget=forms.HiddenInput)

    def __init__(
        self, data: Any = None, files: Any = None, *, visit: Visit, shown: Iterable[VisitPaper] = ()
    ) -> None:
        keys = ",".join(str(paper.pk) for paper in shown)
        initial = {"key": secrets.token_hex(16), "head": visit.head, "shown": keys}
        super().__init__(data, files, initial=initial, prefix="sign")

    def papers_shown(self) -> set[int]:
        """Return the keys of the versions that the page showed to be signed."""
        return {key for text in self.cleaned_data["shown"].split(",") if (key := number_in(text))}

    def drawn(self) -> Upload | None:
        """Return the signature that was handed in."""
        papers = self.cleaned_data.get("signature")
        return papers.uploads[0] if papers and papers.uploads else None


class RatingForm(forms.Form):
    """One to five, with words if one likes."""

    rating = forms.TypedChoiceField(
        label=_("评价"),
        coerce=int,
        choices=[(5, _("5 很好")), (4, _("4 好")), (3, _("3 一般")), (2, _("2 不好")), (1, _("1 很不好"))],
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label=_("意见"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={**TEXT, "rows": 2}),
        help_text=_("检查单位看得到分数和意见；评价人姓名只有安委办看得到"),
    )
