"""Forms about posts: appoint, dismiss, renew, duties and key tasks."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anwei.org import services
from anwei.org.forms.base import REASON, ActForm, EndForm, day, words
from anwei.org.holdings import day_of
from anwei.org.models import PUBLIC_BODIES, Holding, KeyTask, Person, Post, Unit
from anwei.org.rights import may_oversee, people_seen
from anwei.org.services.accounts import numbered_username


class AppointForm(ActForm):
    """Appoint somebody to a post, setting the post up where the unit has none of its kind yet."""

    title = words(gettext_lazy("岗位名称"), length=60)
    full_name = words(gettext_lazy("姓名"), length=40)
    phone = words(
        gettext_lazy("手机"),
        length=20,
        required=False,
        help_text=gettext_lazy("看不到的人员和新人员须填，与姓名一并核对"),
    )
    from_on = day(gettext_lazy("任职起"))
    term_on = day(gettext_lazy("任期届满"), required=False, help_text=gettext_lazy("没有任期的不填"))
    document = words(gettext_lazy("任职文件"), help_text=gettext_lazy("文号或者会议纪要"))
    reason = words(REASON, length=200)

    def __init__(self, *args: Any, unit: Unit, post: Post | None, kind: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.unit, self.post, self.kind = unit, post, kind
        if post is not None:
            del self.fields["title"]

    def clean_from_on(self) -> date:
        """Refuse a day that a slip of the pen put into another century."""
        first: date = self.cleaned_data["from_on"]
        if not date(1980, 1, 1) <= first <= date(2100, 1, 1):
            raise forms.ValidationError(_("请核对任职日期。"))
        return first

    def act(self, *, actor: Person, now: datetime) -> str:
        """Appoint; a person whom nobody knows yet is registered, without an account's password."""
        values = self.cleaned_data
        person = self._person(actor=actor, now=now)
        post = self.post or services.create_post(self.unit, self.kind, values["title"], actor=actor, now=now)
        services.appoint(
            person,
            post,
            actor=actor,
            now=now,
            from_on=values["from_on"],
            term_on=values["term_on"],
            document=values["document"],
            reason=values["reason"],
        )
        return _("%(person)s自 %(day)s 起任%(post)s，责任随岗位转到本人。") % {
            "person": person,
            "day": values["from_on"],
            "post": post,
        }

    def _person(self, *, actor: Person, now: datetime) -> Person:
        """Return who is meant: by name alone among those the actor sees, everybody else by name and phone.

        Raises OrgError, in the same words whatever was wrong: a refusal tells nobody who is registered.
        """
        name, phone = self.cleaned_data["full_name"], self.cleaned_data["phone"]
        people = Person.objects.filter(phone=phone) if phone else people_seen(actor)
        found = list(people.filter(kind=Person.Kind.PERSON, is_active=True, full_name=name)[:2])
        if len(found) == 1:
            self._require_free_of_office(found[0], actor, now)
            return found[0]
        if not phone or Person.objects.filter(Q(phone=phone) | Q(username=phone)).exists():
            raise services.OrgError(
                _("不能确定“%(name)s”是谁，请核对姓名并填写本人的手机号。") % {"name": name}
            )
        return self._registered(name, phone, actor=actor, now=now)

    def _require_free_of_office(self, person: Person, actor: Person, now: datetime) -> None:
        """Refuse an enterprise the officials: its post would take them out of their administrators' reach."""
        if may_oversee(actor, self.unit):
            return
        held = Holding.objects.filter(person=person, post__unit__kind__in=PUBLIC_BODIES)
        if held.filter(Q(to_on__isnull=True) | Q(to_on__gte=day_of(now))).exists():
            raise services.OrgError(
                _("“%(name)s”在党政机关任职，企业不能任命。") % {"name": person.full_name}
            )

    def _registered(self, name: str, phone: str, *, actor: Person, now: datetime) -> Person:
        person, _password = services.create_person(
            username=numbered_username(), full_name=name, phone=phone, actor=actor, now=now, may_log_in=False
        )
        return person


class DismissForm(EndForm):
    """End a holding."""

    def __init__(self, *args: Any, holding: Holding, **options: Any) -> None:
        super().__init__(*args, **options)
        self.holding = holding

    def act(self, *, actor: Person, now: datetime) -> str:
        """Dismiss."""
        services.dismiss(self.holding, actor=actor, now=now, **self.cleaned_data)
        words = {"holding": self.holding, "day": self.cleaned_data["last_on"]}
        return _("%(holding)s任职到 %(day)s 为止；没有接任的，列入责任真空。") % words


class RenewForm(ActForm):
    """Give a holder another term."""

    term_on = day(gettext_lazy("新任期届满"))
    document = words(gettext_lazy("任职文件"))
    reason = words(REASON, length=200)

    def __init__(self, *args: Any, holding: Holding, **options: Any) -> None:
        super().__init__(*args, **options)
        self.holding = holding

    def act(self, *, actor: Person, now: datetime) -> str:
        """Renew."""
        services.renew_term(self.holding, actor=actor, now=now, **self.cleaned_data)
        return _("%(holding)s续任，任期到 %(day)s。") % {
            "holding": self.holding,
            "day": self.cleaned_data["term_on"],
        }


class TaskForm(ActForm):
    """Put an item on a leader's yearly list."""

    text = words(gettext_lazy("工作事项"), length=300)
    due_on = day(gettext_lazy("完成期限"))

    def __init__(self, *args: Any, post: Post, **options: Any) -> None:
        super().__init__(*args, **options)
        self.post = post

    def act(self, *, actor: Person, now: datetime) -> str:
        """Plan."""
        due = self.cleaned_data["due_on"]
        services.plan_task(self.post, year=due.year, actor=actor, now=now, **self.cleaned_data)
        return _("已列入 %(year)s 年度重点工作清单，%(day)s 前完成。") % {"year": due.year, "day": due}


class FinishTaskForm(ActForm):
    """Close an item of the list with its proof."""

    done_on = day(gettext_lazy("完成日期"))
    reference = words(
        gettext_lazy("完成依据"), length=200, help_text=gettext_lazy("会议纪要、文号或者案件编号")
    )

    def __init__(self, *args: Any, task: KeyTask, **options: Any) -> None:
        super().__init__(*args, **options)
        self.task = task

    def act(self, *, actor: Person, now: datetime) -> str:
        """Finish."""
        services.finish_task(self.task, actor=actor, now=now, **self.cleaned_data)
        return _("“%(task)s”已完成，记入履职档案。") % {"task": self.task}


class DutyForm(ActForm):
    """Add a duty of the county's own to a post."""

    text = words(gettext_lazy("职责"), length=300)
    citation = words(gettext_lazy("依据"), help_text=gettext_lazy("条款或者文件"))
    reason = words(REASON, length=200)

    def __init__(self, *args: Any, post: Post, **options: Any) -> None:
        super().__init__(*args, **options)
        self.post = post

    def act(self, *, actor: Person, now: datetime) -> str:
        """Add."""
        services.add_duty(self.post, actor=actor, now=now, **self.cleaned_data)
        return _("已写入岗位职责清单。")
