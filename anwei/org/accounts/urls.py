"""Doors of the pages of accounts."""

from __future__ import annotations

from django.urls import path

from anwei.org.accounts import audit, views

urlpatterns = [
    path("org/accounts/", views.accounts, name="accounts"),
    path("org/accounts/new/", views.account_create, name="account_create"),
    path("org/accounts/audit/", audit.account_audit, name="account_audit"),
    path("org/accounts/audit/<slug:tab>/", audit.account_audit, name="account_audit_tab"),
    path("org/accounts/<int:pk>/", views.account_person, name="account_person"),
    path("org/accounts/<int:pk>/reset/", audit.account_reset, name="account_reset"),
    path("org/accounts/<int:pk>/<slug:act>/", views.account_act, name="account_act"),
]
