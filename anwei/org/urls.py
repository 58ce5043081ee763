"""Doors of the pages of units, posts, people, gaps and letters."""

from __future__ import annotations

from django.urls import path

from anwei.org.views import acts, bodies, gaps, letters, records, sectors

urlpatterns = [
    path("org/gaps/", gaps.gap_list, name="gaps"),
    path("org/units/", bodies.units, name="units"),
    path("org/units/<int:pk>/", bodies.unit, name="unit"),
    path("org/units/<int:pk>/territory/", acts.place_unit, name="place_unit"),
    path("org/posts/<int:pk>/", bodies.post, name="post"),
    path("org/posts/<int:pk>/duties/load/", acts.load_duties, name="load_duties"),
    path("org/posts/<int:pk>/duties/new/", acts.add_duty, name="add_duty"),
    path("org/posts/<int:pk>/duties.docx", letters.duty_list, name="duty_list"),
    path("org/posts/<int:pk>/record.docx", records.post_record, name="post_record"),
    path("org/posts/<int:pk>/tasks/new/", acts.plan_task, name="plan_task"),
    path("org/tasks/<int:pk>/done/", acts.finish_task, name="finish_task"),
    path("org/people/<int:pk>/", bodies.person, name="person"),
    path("org/people/<int:pk>/record.docx", records.person_record, name="person_record"),
    path("org/people/<int:pk>/phone/", bodies.person_phone, name="person_phone"),
    path("org/appoint/", acts.appoint, name="appoint"),
    path("org/holdings/<int:pk>/end/", acts.dismiss, name="dismiss"),
    path("org/holdings/<int:pk>/renew/", acts.renew_term, name="renew_term"),
    path("org/designate/", acts.designate, name="designate"),
    path("org/designations/<int:pk>/end/", acts.end_designation, name="end_designation"),
    path("org/sectors/", sectors.sectors, name="sectors"),
    path("org/sectors/assign/", acts.assign_sector, name="assign_sector"),
    path("org/sectors/<int:pk>/end/", acts.end_sector_duty, name="end_sector_duty"),
    path("org/letters/", letters.signings, name="signings"),
    path("org/letters/<int:pk>/scan/", letters.signing_scan, name="signing_scan"),
    path("org/letters/<int:year>/<int:pk>.docx", letters.letter, name="letter"),
    path("org/letters/<int:year>/<int:pk>/sign/", letters.sign_letter, name="sign_letter"),
]
