"""The page that hands over what a post has open to another post."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from anwei.cases.errors import CaseError
from anwei.cases.transfer import heirs, may_transfer, open_cases, transfer_post
from anwei.org.accounts.recent import recent
from anwei.org.forms.base import REASON, ActForm, words
from anwei.org.models import Person, Post
from anwei.org.policy import person_of, posts
from anwei.org.rights import ARRANGING, require, units_seen
from anwei.org.services import OrgError
from anwei.org.views.acts import act_page


class TransferForm(ActForm):
    """To which post, and why."""

    new = forms.ModelChoiceField(Post.objects.none(), label=gettext_lazy("接收岗位"))
    reason = words(REASON, length=200, help_text=gettext_lazy("例如机构改革文件名称和文号"))

    def __init__(self, *args: object, post: Post, now: datetime, **options: object) -> None:
        super().__init__(*args, **options)
        self.post = post
        self.fields["new"].queryset = heirs(post, now)  # type: ignore[attr-defined]
        self.fields["new"].help_text = _("现有 %(n)d 件未办结事项全部移交，时限不变。") % {
            "n": open_cases(post).count()
        }

    def act(self, *, actor: Person, now: datetime) -> str:
        """Hand over."""
        new: Post = self.cleaned_data["new"]
        try:
            moved = transfer_post(self.post, new, actor=actor, now=now, reason=self.cleaned_data["reason"])
        except CaseError as error:
            raise OrgError(str(error)) from error
        return _("已移交 %(n)d 件事项给“%(post)s”。") % {"n": len(moved), "post": new}


@posts(*ARRANGING, Post.Kind.SYSTEM_ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
@recent
def post_transfer(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand over what a post has open; for the committee's office and the system administrator."""
    person, now = person_of(request), timezone.now()
    post = get_object_or_404(Post.objects.select_related("unit"), pk=pk)
    require(may_transfer(person, post, now))
    form = TransferForm(request.POST or None, post=post, now=now)
    seen = units_seen(person).filter(pk=post.unit_id).exists()
    back = reverse("post", args=[pk]) if seen else reverse("system")
    return act_page(request, form, _("移交未办结事项：%(what)s") % {"what": post}, _("移交"), back)
