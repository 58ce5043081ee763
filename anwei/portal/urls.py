"""All doors of the web process."""

from __future__ import annotations

from importlib.util import find_spec

from allauth.account import views as account
from django.contrib.auth.decorators import login_required
from django.urls import include, path
from django.views.generic import TemplateView
from django.views.i18n import set_language

ROOMS = ("anwei.monitoring.urls", "anwei.cases.urls", "anwei.sites.urls")

urlpatterns = [
    path("", login_required(TemplateView.as_view(template_name="cockpit/page.html")), name="cockpit"),
    path("language/", set_language, name="set_language"),
    path("accounts/login/", account.login, name="account_login"),
    path("accounts/logout/", account.logout, name="account_logout"),
    path("accounts/inactive/", account.account_inactive, name="account_inactive"),
    path("accounts/password/", account.password_change, name="account_change_password"),
    path("accounts/confirm/", account.reauthenticate, name="account_reauthenticate"),
    *[path("", include(room)) for room in ROOMS if find_spec(room)],
]
