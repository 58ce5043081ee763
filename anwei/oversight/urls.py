"""The addresses of the room."""

from django.urls import path

from anwei.oversight import views

urlpatterns = [
    path("today/", views.today, name="today"),
    path("orders/", views.orders, name="orders"),
    path("orders/new/", views.order_new, name="order_new"),
]
