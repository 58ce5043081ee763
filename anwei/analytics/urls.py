"""The doors of the room."""

from __future__ import annotations

from django.urls import path

from anwei.analytics.views import acting, backtest, watch

urlpatterns = [
    path("watch/", watch.watch, name="watch"),
    path("watch/backtest/", backtest.watch_backtest, name="watch_backtest"),
    path("watch/plan/", acting.watch_plan, name="watch_plan"),
    path("watch/warn/", acting.watch_warn, name="watch_warn"),
    path("watch/enterprises/<int:pk>/", watch.watch_enterprise, name="watch_enterprise"),
]
