"""Doors of this room's pages."""

from __future__ import annotations

from django.urls import path

from anwei.monitoring.views import alarms, devices, forecasts, rejects, rules, tags

urlpatterns = [
    path("alarms/", alarms.alarms, name="alarms"),
    path("alarms/acknowledge/", alarms.alarms_acknowledge, name="alarms_acknowledge"),
    path("alarms/trends/", alarms.alarm_trends, name="alarm_trends"),
    path("alarms/<int:pk>/acknowledge/", alarms.alarm_acknowledge, name="alarm_acknowledge"),
    path("forecasts/", forecasts.forecasts, name="forecasts"),
    path("forecasts/<int:pk>/", forecasts.forecast, name="forecast"),
    path("forecasts/<int:pk>/verdict/", forecasts.forecast_verdict, name="forecast_verdict"),
    path("devices/", devices.devices, name="devices"),
    path("devices/<str:code>/", devices.device, name="device"),
    path("devices/<str:code>/rotate/", devices.device_rotate, name="device_rotate"),
    path("devices/<str:code>/revoke/", devices.device_revoke, name="device_revoke"),
    path("tags/<int:number>/", tags.tag, name="tag"),
    path("tags/<int:number>/important/", forecasts.tag_important, name="tag_important"),
    path("tags/<int:number>/history.json", tags.tag_history, name="tag_history"),
    path("tags/<int:number>/rules/add/", rules.rule_add, name="rule_add"),
    path("tags/<int:number>/rules/<int:pk>/", rules.rule_change, name="rule_change"),
    path("rejects/", rejects.rejects, name="rejects"),
]
