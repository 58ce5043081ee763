"""Doors of the system pages."""

from __future__ import annotations

from django.urls import path

from anwei.portal import watch_rules
from anwei.portal.system import calendar, channels, checks, erasures, passwords, views

urlpatterns = [
    path("watch/rules/", watch_rules.watch_rules, name="watch_rules"),
    path("watch/rules/<str:name>/", watch_rules.watch_rule, name="watch_rule"),
    path("system/", views.system, name="system"),
    path("system/calendar/", calendar.system_calendar, name="system_calendar"),
    path("system/templates/", views.system_templates, name="system_templates"),
    path("system/templates/<slug:key>/", views.system_template, name="system_template"),
    path("system/dictionaries/", views.system_dictionaries, name="system_dictionaries"),
    path("system/channels/", channels.system_channels, name="system_channels"),
    path("system/channels/<slug:channel>/", channels.system_channel, name="system_channel"),
    path("system/channels/<slug:channel>/test/", channels.system_channel_test, name="system_channel_test"),
    path("system/chain/", checks.system_chain, name="system_chain"),
    path("system/backup/", checks.system_backup, name="system_backup"),
    path("system/erasures/", erasures.erasures, name="erasures"),
    path("system/erasures/propose/", erasures.erasure_propose, name="erasure_propose"),
    path("system/erasures/<int:pk>/", erasures.erasure_answer, name="erasure_answer"),
    path("system/passwords/", passwords.system_passwords, name="system_passwords"),
    path("system/run/<slug:check>/", checks.system_run, name="system_run"),
    path("system/figures/<slug:code>/", views.system_figures, name="system_figures"),
    path("system/figures/<slug:code>/<str:name>/", views.system_figure, name="system_figure"),
]
