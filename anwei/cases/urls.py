"""Doors of this room's pages."""

from __future__ import annotations

from django.urls import path

from anwei.cases.views import (
    case,
    delegations,
    documents,
    dossier,
    evidence,
    extensions,
    lists,
    notices,
    transfer,
)

urlpatterns = [
    path("work/", lists.work, name="work"),
    path("work/act/", lists.work_batch, name="work_batch"),
    path("notices/", notices.notices, name="notices"),
    path("notices/read/", notices.notices_read, name="notices_read"),
    path("notices/settings/", notices.notice_settings, name="notice_settings"),
    path("notices/deliveries/", notices.deliveries, name="deliveries"),
    path("notices/<int:pk>/", notices.notice, name="notice"),
    path("cases/", lists.cases, name="cases"),
    path("cases/<int:pk>/", case.case, name="case"),
    path("cases/<int:pk>/dossier.zip", dossier.case_dossier, name="case_dossier"),
    path("cases/<int:pk>/extend/", case.case_extend, name="case_extend"),
    path("extensions/", extensions.extensions, name="extensions"),
    path("delegations/", delegations.delegations, name="delegations"),
    path("delegations/<int:pk>/revoke/", delegations.delegation_revoke, name="delegation_revoke"),
    path("cases/<int:pk>/<slug:verb>/", case.case_advance, name="case_advance"),
    path("org/posts/<int:pk>/transfer/", transfer.post_transfer, name="transfer_post"),
    path("documents/", documents.documents, name="documents"),
    path("documents/new/", documents.document_new, name="document_new"),
    path("documents/<int:pk>/", documents.document, name="document"),
    path("documents/<int:pk>/file/", documents.document_file, name="document_file"),
    path("documents/<int:pk>/withdraw/", documents.document_withdraw, name="document_withdraw"),
    path("evidence/<int:pk>/", evidence.evidence, name="evidence"),
]
