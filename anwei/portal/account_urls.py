"""Doors of logging in and of one's own account; the names are those that allauth asks for."""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as factor
from allauth.socialaccount.providers.openid_connect import views as unified
from django.urls import path

from anwei.org.policy import public, signed_in
from anwei.portal import account_pages as pages

urlpatterns = [
    path("accounts/login/", public(account.login), name="account_login"),
    path("accounts/logout/", public(account.logout), name="account_logout"),
    path("accounts/inactive/", public(account.account_inactive), name="account_inactive"),
    path("accounts/code/", public(factor.authenticate), name="mfa_authenticate"),
    path("accounts/trust/", public(factor.trust), name="mfa_trust"),
    path("accounts/unified/<slug:provider_id>/", public(unified.login), name="openid_connect_login"),
    path(
        "accounts/unified/<slug:provider_id>/back/",
        public(unified.callback),
        name="openid_connect_callback",
    ),
    path("accounts/confirm/", signed_in(account.reauthenticate), name="account_reauthenticate"),
    path("accounts/confirm/code/", signed_in(factor.reauthenticate), name="mfa_reauthenticate"),
    path("account/", pages.account, name="account"),
    path("account/password/", signed_in(pages.PasswordPage.as_view()), name="account_change_password"),
    path("account/factor/", signed_in(pages.ActivatePage.as_view()), name="mfa_activate_totp"),
    path("account/recovery-codes/", pages.recovery_codes, name="account_recovery_codes"),
    path("account/sessions/", pages.account_sessions, name="account_sessions"),
]
