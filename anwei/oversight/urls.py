"""The addresses of the room."""

from django.urls import path

from anwei.oversight import briefing_views, figures_views, views

urlpatterns = [
    path("today/", views.today, name="today"),
    path("figures/", figures_views.statistics, name="statistics"),
    path("figures/freeze/", figures_views.statistics_freeze, name="statistics_freeze"),
    path("targets/", figures_views.targets, name="targets"),
    path("briefings/", briefing_views.briefings, name="briefings"),
    path("briefings/make/", briefing_views.briefing_make, name="briefing_make"),
    path("briefings/<int:pk>/", briefing_views.briefing, name="briefing"),
    path("briefings/<int:pk>/anew/", briefing_views.briefing_anew, name="briefing_anew"),
    path("briefings/<int:pk>/correct/", briefing_views.briefing_correct, name="briefing_correct"),
    path("briefings/<int:pk>/docx/", briefing_views.briefing_docx, name="briefing_docx"),
    path("briefings/<int:pk>/xlsx/", briefing_views.briefing_xlsx, name="briefing_xlsx"),
    path("orders/", views.orders, name="orders"),
    path("orders/new/", views.order_new, name="order_new"),
]
