"""The form by which a hazard is filed: few fields, on a phone too."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from anwei.cases.file_fields import file_field
from anwei.cases.intake import Upload
from anwei.cases.lifecycle import Need
from anwei.hazards.models import Origin, Visit
from anwei.org.models import SECTOR_CHOICES
from anwei.org.register_rules import territory_choices

FOUND = Need("evidence", _("现场照片"), "evidence")
OFFICIAL = (
    Origin.INSPECTION,
    Origin.PATROL,
    Origin.EXPERT,
    Origin.ALARM,
    Origin.TIP_OFF,
    Origin.ACCIDENT,
    Origin.UPPER,
)
TEXT = {"class": "form-control"}


class HazardForm(forms.Form):
    """What was found, where and when; territory and sector only where no enterprise or place tells."""

    territory = forms.ChoiceField(label=_("属地"), widget=forms.Select(attrs={"class": "form-select"}))
    sector = forms.ChoiceField(
        label=_("行业"),
        choices=[("", "—"), *SECTOR_CHOICES],
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    description = forms.CharField(
        label=_("隐患描述"),
        max_length=2000,
        widget=forms.Textarea(attrs={**TEXT, "rows": 3}),
        error_messages={"required": _("请写明隐患是什么。")},
        help_text=_("第一行作为标题，例如：3号除尘器泄爆口被遮挡"),
    )
    place = forms.CharField(
        label=_("具体位置"), max_length=120, required=False, widget=forms.TextInput(attrs=TEXT)
    )
    found_at = forms.DateTimeField(
        label=_("发现时间"),
        input_formats=["%Y-%m-%dT%H:%M"],
        widget=forms.DateTimeInput(attrs={**TEXT, "type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    origin = forms.ChoiceField(label=_("来源"), widget=forms.Select(attrs={"class": "form-select"}))
    finder = forms.CharField(
        label=_("发现人（本人发现的不填）"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs=TEXT),
    )
    requirement = forms.CharField(
        label=_("整改建议"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={**TEXT, "rows": 2}),
    )
    visit = forms.TypedChoiceField(
        label=_("本次检查发现"),
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.Select(attrs={"class": "form-select"}),
        help_text=_("选中的，写进这次检查的现场检查记录"),
    )
    key = forms.CharField(max_length=64, widget=forms.HiddenInput)
    field_order = ("visit",)

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        person: Any,
        located: bool,
        own: bool,
        visits: Sequence[Visit] = (),
    ) -> None:
        """`located`: an enterprise or place was chosen; `own`: the person is of that enterprise.

        `visits` are those at which the person inspects there right now; the latest is chosen at first.
        """
        moment = timezone.localtime().replace(second=0, microsecond=0)
        super().__init__(data, files, initial={"key": secrets.token_hex(16), "found_at": moment})
        origin: Any = self.fields["origin"]
        origins = (Origin.SELF_CHECK,) if own else OFFICIAL
        origin.choices = [(one.value, one.label) for one in origins]
        if own:
            origin.widget = forms.HiddenInput()
            origin.initial = Origin.SELF_CHECK
        if visits:
            visit: Any = self.fields["visit"]
            visit.choices = [*((one.pk, one.number) for one in visits), ("", _now("不是检查时发现的"))]
            visit.initial = visits[0].pk
        else:
            del self.fields["visit"]
        if located:
            del self.fields["territory"], self.fields["sector"]
        else:
            territory: Any = self.fields["territory"]
            territory.choices = [("", "—"), *territory_choices(person)]
        self.fields["evidence"] = file_field(FOUND, {"label": FOUND.label, "required": False})

    def clean(self) -> dict[str, Any]:
        """Refuse once what was to be written into a visit that ended meanwhile; then no visit is offered."""
        if "visit" not in self.fields and self.data.get("visit"):
            raise forms.ValidationError(
                _now("所选的检查已结束，不能再写进它的现场检查记录；仍要登记的，再提交一次，将单独登记。")
            )
        return self.cleaned_data

    def photos(self) -> Sequence[Upload]:
        """Return the photos that were handed in."""
        papers = self.cleaned_data.get("evidence")
        return papers.uploads if papers else ()
