"""What people write on the pages of this room; services check it again."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from anwei.monitoring.models import AlarmRule, Forecast, Tag

STYLES = {"select": "form-select", "checkbox": "form-check-input"}  # Bootstrap's, by kind of input


class AcknowledgeForm(forms.Form):
    """The note of an acknowledgement: may be empty, one line of at most 200 characters."""

    note = forms.CharField(
        label=_("确认说明"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"class": "form-control", "placeholder": _("看到了什么、已通知谁")}),
        error_messages={"max_length": _("确认说明最长 200 字。")},
    )

    @property
    def sentence(self) -> str:
        """The first error as a sentence."""
        return str(next(iter(self.errors.values()))[0])


class VerdictForm(forms.Form):
    """What came of an early warning; a false one needs a reason."""

    verdict = forms.ChoiceField(
        label=_("反馈"),
        choices=Forecast.Verdict.choices,
        widget=forms.RadioSelect(attrs={"class": "form-check-input"}),
        error_messages={"required": _("请选择属实、误报或无法判断。")},
    )
    reason = forms.CharField(
        label=_("反馈说明"),
        required=False,
        max_length=200,
        widget=forms.TextInput(
            attrs={"class": "form-control", "placeholder": _("现场看到了什么；误报要写原因")}
        ),
        error_messages={"max_length": _("反馈说明最长 200 字。")},
    )

    @property
    def sentence(self) -> str:
        """The first error as a sentence."""
        return str(next(iter(self.errors.values()))[0])


class ReasonForm(forms.Form):
    """A dangerous verb asks for a reason, not for "are you sure"."""

    reason = forms.CharField(
        label=_("理由"),
        max_length=200,
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 2}),
        error_messages={"required": _("请写明理由。"), "max_length": _("理由最长 200 字。")},
    )


class RuleForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic when it runs
    """A rule of a tag, changed or new; the service keeps limits in order and logs old, new and why."""

    reason = forms.CharField(
        label=_("修改理由"),
        max_length=200,
        widget=forms.TextInput(attrs={"class": "form-control"}),
        error_messages={"required": _("请写明修改理由。")},
        help_text=_("记入变更记录，不能删除。"),
    )

    class Meta:
        model = AlarmRule
        fields = (
            "kind",
            "limit",
            "deadband",
            "on_delay_s",
            "off_delay_s",
            "severity",
            "citation",
            "action",
            "opens_warning",
            "enabled",
        )
        help_texts = {
            "limit": _("测点的单位；变化率为每分钟"),
            "deadband": _("回到限值以内这么多才算恢复"),
            "citation": _("限值出自哪一条；没有条款的留空，页面写“无条款，可改”"),
            "enabled": _("停用后不再报警，已有记录保留"),
        }

    def __init__(self, *args: Any, tag: Tag, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance.pk:
            del self.fields["kind"]
            if self.instance.limit is None:  # silence and bad data have none
                del self.fields["limit"], self.fields["deadband"]
            else:
                self.fields["limit"].required = True
        else:
            taken = set(tag.rules.values_list("kind", flat=True))
            kinds = [(kind, label) for kind, label in AlarmRule.Kind.choices if kind not in taken]
            self.fields["kind"] = forms.ChoiceField(label=_("类型"), choices=kinds)
            del self.fields["enabled"]
        for field in self.fields.values():
            kind = getattr(field.widget, "input_type", "")
            field.widget.attrs["class"] = STYLES.get(kind, "form-control")

    def _get_validation_exclusions(self) -> set[str]:
        """Leave the rule as a whole to the service: here it has no tag yet."""
        return {field.name for field in AlarmRule._meta.fields if field.name not in self.fields}

    def validate_constraints(self) -> None:
        """Leave the constraints to the service, which sees the whole rule."""
