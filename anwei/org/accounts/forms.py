"""Forms of the pages of accounts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from anwei.org.models import Post

PHONE = RegexValidator(r"^1\d{10}$", _("请填写 11 位手机号。"))


class AccountForm(forms.Form):
    """A new account and the post it comes with."""

    full_name = forms.CharField(label=_("姓名"), max_length=40)
    username = forms.CharField(
        label=_("用户名"),
        max_length=30,
        validators=[RegexValidator(r"^[a-z][a-z0-9-]{1,29}$", _("用小写字母、数字和连字符，以字母开头。"))],
    )
    phone = forms.CharField(
        label=_("手机"),
        required=False,
        validators=[PHONE],
    )
    post = forms.ModelChoiceField(label=_("岗位"), queryset=Post.objects.none(), empty_label=_("请选择岗位"))

    def __init__(self, *args: Any, posts: QuerySet[Post], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["post"].queryset = posts  # type: ignore[attr-defined]
        for field in self.fields.values():
            chooses = isinstance(field, forms.ModelChoiceField)
            field.widget.attrs["class"] = "form-select" if chooses else "form-control"


class ReasonForm(forms.Form):
    """Why an account is changed; on record."""

    reason = forms.CharField(label=_("理由"), max_length=200, strip=True)


class NameForm(ReasonForm):
    """Another name, and why."""

    full_name = forms.CharField(label=_("姓名"), max_length=40, strip=True)


class PhoneForm(ReasonForm):
    """Another phone number, or none, and why."""

    phone = forms.CharField(label=_("手机"), required=False, validators=[PHONE])
