"""Doors of graded risk."""

from __future__ import annotations

from django.urls import path

from anwei.sites.risks.views import assessments, enterprises, installations, overview, points, signs

urlpatterns = [
    path("risks/", overview.risks, name="risks"),
    path("risks/due/", overview.risk_due, name="risk_due"),
    path("risks/assessments/", overview.risk_assessments, name="risk_assessments"),
    path("risks/assessments/<int:pk>/", assessments.risk_assessment, name="risk_assessment"),
    path("risks/assessments/<int:pk>/record/", assessments.risk_record, name="risk_record"),
    path(
        "risks/assessments/<int:pk>/<slug:act>/", assessments.risk_assessment_act, name="risk_assessment_act"
    ),
    path("risks/enterprises/<int:pk>/", enterprises.risk_enterprise, name="risk_enterprise"),
    path("risks/enterprises/<int:pk>/diagnosis/", enterprises.risk_diagnosis, name="risk_diagnosis"),
    path("risks/enterprises/<int:pk>/sign/", signs.risk_sign_enterprise, name="risk_sign_enterprise"),
    path("risks/installations/<int:pk>/", installations.risk_installation, name="risk_installation"),
    path(
        "risks/installations/<int:pk>/assess/",
        installations.risk_installation_assess,
        name="risk_installation_assess",
    ),
    path("risks/points/<int:pk>/", points.risk_point, name="risk_point"),
    path("risks/points/<int:pk>/sign/", signs.risk_sign_point, name="risk_sign_point"),
    path("risks/points/<int:pk>/assess/<slug:method>/", points.risk_rate, name="risk_rate"),
    path("s/<slug:code>", signs.sign, name="sign"),
]
