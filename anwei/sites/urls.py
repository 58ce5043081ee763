"""Doors of this room's pages."""

from __future__ import annotations

from django.urls import include, path

from anwei.sites import own_file, responsibility, views
from anwei.sites.contacts import views as contacts
from anwei.sites.expiries import views as expiries

urlpatterns = [
    path("enterprises/", views.enterprises, name="enterprises"),
    path("enterprises/own/", own_file.own_file, name="enterprise_own"),
    path("enterprises/<int:pk>/", views.enterprise, name="enterprise"),
    path("enterprises/<int:pk>/timeline/", views.enterprise_timeline, name="enterprise_timeline"),
    path("enterprises/<int:pk>/export/", views.enterprise_export, name="enterprise_export"),
    path("sites/<int:pk>/", views.site, name="site"),
    path("expiries/", expiries.expiry_list, name="expiries"),
    path("contacts/trials/", contacts.contact_trials, name="contact_trials"),
    path("contacts/<int:pk>/phone/", contacts.contact_phone, name="contact_phone"),
    path("contacts/<int:pk>/tried/", contacts.contact_tried, name="contact_tried"),
    path("org/responsibility/", responsibility.responsibility, name="responsibility"),
    path("org/responsibility/matrix/", responsibility.responsibility_matrix, name="responsibility_matrix"),
    path("", include("anwei.sites.risks.urls")),
    path("", include("anwei.sites.live.urls")),
    path("", include("anwei.sites.map.urls")),
]
