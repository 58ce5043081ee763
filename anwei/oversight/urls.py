"""The addresses of the room."""

from django.urls import path

from anwei.oversight import figures_views, views

urlpatterns = [
    path("today/", views.today, name="today"),
    path("figures/", figures_views.statistics, name="statistics"),
    path("figures/freeze/", figures_views.statistics_freeze, name="statistics_freeze"),
    path("targets/", figures_views.targets, name="targets"),
    path("orders/", views.orders, name="orders"),
    path("orders/new/", views.order_new, name="order_new"),
]
