"""The doors of the room."""

from __future__ import annotations

from django.urls import path

from anwei.analytics.lessons import views as lessons
from anwei.analytics.patterns import month_view
from anwei.analytics.patterns import views as patterns
from anwei.analytics.views import acting, backtest, watch

urlpatterns = [
    path("analysis/month/", month_view.analysis_month, name="analysis_month"),
    path("analysis/hotspots/", patterns.hotspots, name="hotspots"),
    path("analysis/hotspots/<int:pk>/", patterns.hotspot, name="hotspot"),
    path("analysis/seasons/", patterns.seasons, name="seasons"),
    path("analysis/clauses/", patterns.clauses, name="failing_clauses"),
    path("lessons/", lessons.lessons, name="lessons"),
    path("lessons/accidents/<int:pk>/", lessons.lesson_accident, name="lesson_accident"),
    path("lessons/hazards/<int:pk>/", lessons.lesson_hazard, name="lesson_hazard"),
    path("watch/", watch.watch, name="watch"),
    path("watch/backtest/", backtest.watch_backtest, name="watch_backtest"),
    path("watch/plan/", acting.watch_plan, name="watch_plan"),
    path("watch/warn/", acting.watch_warn, name="watch_warn"),
    path("watch/enterprises/<int:pk>/", watch.watch_enterprise, name="watch_enterprise"),
]
