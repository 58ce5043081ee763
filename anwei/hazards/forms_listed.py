"""The forms by which a hazard is proposed for listing, and a penalty is recorded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.validators import MinValueValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anwei.hazards.models import Annulled
from anwei.hazards.models.listing import COUNTY_LEVEL, LEVELS
from anwei.hazards.penalties.annulling import Annulment
from anwei.hazards.penalties.recording import Decision
from anwei.standards.hazards.penalties import penalties
from anwei.standards.law.register import sources

TEXT = {"class": "form-control"}


class ProposalForm(forms.Form):
    """Why a major hazard should be listed, at which level, and by whom where that is not the county."""

    level = forms.ChoiceField(
        label=_("督办级别"),
        choices=LEVELS,
        initial=COUNTY_LEVEL,
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    authority = forms.CharField(
        label=_("挂牌机关"),
        max_length=60,
        required=False,
        help_text=_("市级、省级挂牌的填写；县级由县安委会挂牌，不填。"),
        widget=forms.TextInput(attrs=TEXT),
    )
    reason = forms.CharField(
        label=_("挂牌理由"),
        max_length=1000,
        widget=forms.Textarea(attrs={**TEXT, "rows": 4}),
        error_messages={"required": _("请写明挂牌督办的理由。")},
    )


class PenaltyForm(forms.Form):
    """What the decision of a penalty says."""

    fine = forms.ChoiceField(
        label=_("罚则（条款、违法行为）"), widget=forms.Select(attrs={"class": "form-select"})
    )
    sanction = forms.CharField(
        label=_("处罚内容"),
        max_length=300,
        help_text=_("例如：责令限期改正，处罚款"),
        widget=forms.TextInput(attrs=TEXT),
    )
    amount = forms.DecimalField(
        label=_("罚款（元）"),
        max_digits=14,
        decimal_places=2,
        required=False,
        validators=[MinValueValidator(0)],
        widget=forms.NumberInput(attrs={**TEXT, "min": 0, "step": "0.01"}),
    )
    decision_number = forms.CharField(
        label=_("决定书文号"), max_length=60, widget=forms.TextInput(attrs=TEXT)
    )
    decided_on = forms.DateField(
        label=_("决定日期"), widget=forms.DateInput(attrs={**TEXT, "type": "date"}, format="%Y-%m-%d")
    )
    person_name = forms.CharField(
        label=_("受处罚的个人（处罚单位的不填）"),
        max_length=60,
        required=False,
        help_text=_("公示时姓名自动遮蔽。"),
        widget=forms.TextInput(attrs=TEXT),
    )

    def __init__(self, data: Any = None, *, laws: Sequence[str]) -> None:
        """Offer every fine of these laws, grouped by law, the special one first."""
        super().__init__(data)
        fine: Any = self.fields["fine"]
        known = penalties().values()
        fine.choices = [("", "—")] + [
            (
                sources()[law].title,
                [(one.id, f"{one.article} {one.violation}") for one in known if one.source_id == law],
            )
            for law in laws
        ]
        self.fields["decided_on"].initial = timezone.localdate()

    def decision(self) -> Decision:
        """Return what was entered; the form must be valid."""
        return Decision(**self.cleaned_data)


class AnnulForm(forms.Form):
    """What became of a decision, by what: its day, the document, why; what a varied one says now."""

    kind = forms.ChoiceField(
        label=_("变动"),
        choices=[("", "—"), *Annulled.choices],
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    on = forms.DateField(
        label=_("文书日期"), widget=forms.DateInput(attrs={**TEXT, "type": "date"}, format="%Y-%m-%d")
    )
    document = forms.CharField(
        label=_("依据的文书（机关、名称、文号）"),
        max_length=120,
        help_text=_("例如：测试县人民政府行政复议决定书 测政复〔2026〕3号"),
        widget=forms.TextInput(attrs=TEXT),
    )
    reason = forms.CharField(
        label=_("理由（公开说明）"), max_length=500, widget=forms.Textarea(attrs={**TEXT, "rows": 3})
    )
    sanction = forms.CharField(
        label=_("变更后的处罚内容（变更的必填）"),
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs=TEXT),
    )
    amount = forms.DecimalField(
        label=_("变更后的罚款（元）"),
        min_value=0,
        max_digits=14,
        decimal_places=2,
        required=False,
        widget=forms.NumberInput(attrs={**TEXT, "step": "any"}),
    )

    def annulment(self) -> Annulment:
        """Return what was entered; the form must be valid."""
        return Annulment(**self.cleaned_data)
