"""The forms of the sample: drawing it, and writing down what was seen."""

from __future__ import annotations

import secrets

from django import forms
from django.utils.translation import gettext_lazy as _

from anwei.cases.file_fields import file_field
from anwei.cases.lifecycle import Need
from anwei.hazards.models import Recheck
from anwei.hazards.services.draws import LONGEST_PUBLIC
from anwei.hazards.signals.sampling import MOST, Look

TEXT = {"class": "form-control"}
PHOTO = Need("evidence", _("现场照片"), "evidence", taken_at=True, place=True)


class DrawForm(forms.Form):
    """The numbers of a draw, and one of public knowledge that goes into its seed."""

    public_number = forms.CharField(
        label=_("公开数（可不填）"),
        max_length=LONGEST_PUBLIC,
        required=False,
        widget=forms.TextInput(attrs=TEXT),
        help_text=_("如当天公布的彩票号码；抽取时系统再加一个随机数，合成种子，谁也不能事先试出结果"),
    )
    n = forms.IntegerField(
        label=_("从建议中抽"), min_value=1, max_value=MOST, widget=forms.NumberInput(attrs=TEXT)
    )
    n_random = forms.IntegerField(
        label=_("从其余销号中抽"),
        min_value=0,
        max_value=MOST,
        initial=0,
        widget=forms.NumberInput(attrs=TEXT),
        help_text=_("没有任何理由的也抽几件，才知道建议是否比随机抽查准"),
    )


class LookForm(forms.Form):
    """What was seen on site."""

    outcome = forms.ChoiceField(
        label=_("结果"),
        choices=[("", "—"), *Recheck.Outcome.choices],
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    note = forms.CharField(
        label=_("现场看到的情况"),
        max_length=2000,
        widget=forms.Textarea(attrs={**TEXT, "rows": 4}),
        help_text=_("不符的，这段话就是新登记隐患的描述，第一行作为标题"),
    )
    key = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput())

    def __init__(self, *sent: object) -> None:
        super().__init__(*sent)  # type: ignore[arg-type]
        self.fields["evidence"] = file_field(PHOTO, {"label": PHOTO.label, "required": False})
        self.fields["key"].initial = secrets.token_hex(16)

    def look(self) -> Look:
        """Return what was seen."""
        told = self.cleaned_data
        papers = told.get("evidence")
        return Look(told["outcome"], told["note"], papers.uploads if papers else (), told["key"])
