"""The columns of accounts, logins and account changes; what their lists can be narrowed by."""

from __future__ import annotations

import django_filters
import django_tables2 as tables
from axes.models import AccessFailureLog, AccessLog
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from anwei.ledgers.listing import LedgerFilter, LedgerTable, search_box
from anwei.ledgers.masking import masked_if_phone
from anwei.ledgers.models import Change
from anwei.org.models import Delegation, Person

CELLS = "org/accounts/cells/"


class UserNameColumn(tables.Column):  # type: ignore[misc]
    """A user name; one that is a phone number is masked like the number."""

    def render(self, value: str) -> str:
        """Return what people read."""
        return masked_if_phone(value)


class AccountTable(LedgerTable):
    """People with an account: what they hold, whether they may log in, how well the account is guarded."""

    full_name = tables.TemplateColumn(template_name=f"{CELLS}name.html", verbose_name=_("姓名"))
    username = UserNameColumn(verbose_name=_("用户名"))
    phone = tables.TemplateColumn(template_name=f"{CELLS}phone.html", verbose_name=_("手机"), orderable=False)
    posts = tables.TemplateColumn(
        template_name=f"{CELLS}posts.html", verbose_name=_("岗位"), orderable=False, accessor="pk"
    )
    state = tables.TemplateColumn(
        template_name=f"{CELLS}state.html", verbose_name=_("状态"), order_by=("is_active",), accessor="pk"
    )
    factor = tables.TemplateColumn(
        template_name=f"{CELLS}factor.html", verbose_name=_("动态口令"), orderable=False, accessor="pk"
    )
    last_login = tables.TemplateColumn(template_name=f"{CELLS}last_login.html", verbose_name=_("最近登录"))

    class Meta(LedgerTable.Meta):
        model = Person
        fields = ("full_name", "username", "phone", "posts", "state", "factor", "last_login")


class AccountFilter(LedgerFilter):
    """The bar of the list of accounts."""

    search = django_filters.CharFilter(
        method="by_words", widget=search_box(_("搜索 姓名、用户名、手机、单位、岗位"))
    )
    state = django_filters.ChoiceFilter(
        method="by_state",
        choices=[("in_use", _("在用")), ("closed", _("停用")), ("initial", _("初始密码"))],
        empty_label=_("状态 全部"),
    )

    def by_words(self, rows: QuerySet[Person], name: str, value: str) -> QuerySet[Person]:
        """Narrow to people whose name, phone, unit or post contains the words."""
        post = Q(holdings__post__unit__name__contains=value) | Q(holdings__post__title__contains=value)
        own = Q(full_name__contains=value) | Q(username__contains=value) | Q(phone__contains=value)
        return rows.filter(own | post).distinct()

    def by_state(self, rows: QuerySet[Person], name: str, value: str) -> QuerySet[Person]:
        """Narrow to accounts in use, closed, or with a password that somebody else made."""
        if value == "initial":
            return rows.filter(is_active=True, must_change_password=True)
        return rows.filter(is_active=value == "in_use")


class LoginTable(LedgerTable):
    """Logins: who, when, from where, until when."""

    personal = True
    attempt_time = tables.DateTimeColumn(verbose_name=_("登录时间"), format="Y-m-d H:i:s")
    username = UserNameColumn(verbose_name=_("用户名"))
    ip_address = tables.Column(verbose_name=_("来源地址"))
    user_agent = tables.TemplateColumn(
        template_name=f"{CELLS}device.html", verbose_name=_("设备"), orderable=False
    )
    logout_time = tables.DateTimeColumn(verbose_name=_("退出时间"), format="Y-m-d H:i:s", default="—")

    class Meta(LedgerTable.Meta):
        model = AccessLog
        fields = ("attempt_time", "username", "ip_address", "user_agent", "logout_time")


class FailureTable(LedgerTable):
    """Failed attempts: at which step, by what name, from where."""

    personal = True
    attempt_time = tables.DateTimeColumn(verbose_name=_("时间"), format="Y-m-d H:i:s")
    username = UserNameColumn(verbose_name=_("输入的用户名"))
    path_info = tables.TemplateColumn(
        template_name=f"{CELLS}step.html", verbose_name=_("环节"), orderable=False
    )
    ip_address = tables.Column(verbose_name=_("来源地址"))
    user_agent = tables.TemplateColumn(
        template_name=f"{CELLS}device.html", verbose_name=_("设备"), orderable=False
    )

    class Meta(LedgerTable.Meta):
        model = AccessFailureLog
        fields = ("attempt_time", "username", "path_info", "ip_address", "user_agent")


class ChangeTable(LedgerTable):
    """Changes of accounts, posts, rights and settings: who did what to whom, and why."""

    personal = True
    at = tables.DateTimeColumn(verbose_name=_("时间"), format="Y-m-d H:i:s")
    actor = tables.Column(verbose_name=_("经办人"), default=_("系统"))
    verb = tables.TemplateColumn(template_name=f"{CELLS}verb.html", verbose_name=_("事项"))
    row = tables.TemplateColumn(template_name=f"{CELLS}row.html", verbose_name=_("对象"), orderable=False)
    reason = tables.Column(verbose_name=_("理由"), default="—")

    class Meta(LedgerTable.Meta):
        model = Change
        fields = ("at", "actor", "verb", "row", "reason")


class DelegationTable(LedgerTable):
    """Who acts for whom, at which post, from when to when, as granted by whom; and when it was revoked."""

    personal = True
    deputy = tables.Column(verbose_name=_("代理人"), order_by=("deputy__full_name",))
    principal = tables.Column(verbose_name=_("被代理人"), order_by=("principal__full_name",))
    post = tables.Column(verbose_name=_("岗位"), orderable=False)
    from_at = tables.DateTimeColumn(verbose_name=_("代理起"), format="Y-m-d H:i")
    to_at = tables.DateTimeColumn(verbose_name=_("代理止"), format="Y-m-d H:i")
    granted_by = tables.Column(verbose_name=_("授权人"), order_by=("granted_by__full_name",))
    revoked_at = tables.DateTimeColumn(verbose_name=_("撤销时间"), format="Y-m-d H:i", default=_("未撤销"))
    reason = tables.Column(verbose_name=_("事由"), orderable=False)

    class Meta(LedgerTable.Meta):
        model = Delegation
        fields = (
            "deputy",
            "principal",
            "post",
            "from_at",
            "to_at",
            "granted_by",
            "revoked_at",
            "reason",
        )


class LoginFilter(LedgerFilter):
    """The bar of logins and failures."""

    search = django_filters.CharFilter(method="by_words", widget=search_box(_("搜索 用户名、来源地址")))

    def by_words(self, rows: QuerySet[AccessLog], name: str, value: str) -> QuerySet[AccessLog]:
        """Narrow to a name or an address."""
        return rows.filter(Q(username__contains=value) | Q(ip_address__contains=value))


class ChangeFilter(LedgerFilter):
    """The bar of changes."""

    search = django_filters.CharFilter(method="by_words", widget=search_box(_("搜索 经办人、理由")))

    def by_words(self, rows: QuerySet[Change], name: str, value: str) -> QuerySet[Change]:
        """Narrow to who did it or why."""
        who = Q(actor__full_name__contains=value) | Q(actor__username__contains=value)
        return rows.filter(who | Q(reason__contains=value))


class DelegationFilter(LedgerFilter):
    """The bar of delegations."""

    search = django_filters.CharFilter(
        method="by_words", widget=search_box(_("搜索 代理人、被代理人、授权人、岗位、事由"))
    )

    def by_words(self, rows: QuerySet[Delegation], name: str, value: str) -> QuerySet[Delegation]:
        """Narrow to a person, a post or its unit, or the reason."""
        who = Q(deputy__full_name__contains=value) | Q(principal__full_name__contains=value)
        who |= Q(granted_by__full_name__contains=value)
        where = Q(post__title__contains=value) | Q(post__unit__name__contains=value)
        return rows.filter(who | where | Q(reason__contains=value))
