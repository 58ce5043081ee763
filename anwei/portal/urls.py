"""All doors of the web process."""

from __future__ import annotations

from django.urls import include, path
from django.views.i18n import set_language

from anwei.org.policy import public
from anwei.portal import demo_switch, help, home, map, papers, search_page, status_page, suggestions, wall
from anwei.portal.cockpit import views as cockpit

urlpatterns = [
    path("", cockpit.cockpit, name="cockpit"),
    path("home/", home.home, name="home"),
    path("search/", search_page.search, name="search"),
    path("search/suggest/", search_page.search_suggest, name="search_suggest"),
    path("live/cockpit/", cockpit.live, name="cockpit_live"),
    path("wall/", cockpit.wall, name="wall"),
    path("wall/open/", wall.wall_bind, name="wall_bind"),
    path("wall/issue/", wall.wall_issue, name="wall_issue"),
    path("wall/<int:pk>/revoke/", wall.wall_revoke, name="wall_revoke"),
    path("map/sites.geojson", map.sites, name="map_sites"),
    path("map/territories.geojson", map.territories, name="map_territories"),
    path("status/", status_page.status, name="status"),
    path("healthz", status_page.healthz, name="healthz"),
    path("papers/new/", papers.paper_draft, name="paper_draft"),
    path("papers/<int:pk>/", papers.paper, name="paper"),
    path("papers/<int:pk>/versions/<int:number>/", papers.paper_file, name="paper_file"),
    path("papers/<int:pk>/<slug:act>/", papers.paper_act, name="paper_act"),
    path("help/<slug:page>/", help.help_page, name="help"),
    path("suggestions/", suggestions.suggestions, name="suggestions"),
    path("suggestions/<int:pk>/reply/", suggestions.suggestion_reply, name="suggestion_reply"),
    path("suggestions/<int:pk>/photo/", suggestions.suggestion_photo, name="suggestion_photo"),
    path("demo/switch/", demo_switch.switch, name="demo_switch"),
    path("language/", public(set_language), name="set_language"),
    path("", include("anwei.portal.account_urls")),
    path("", include("anwei.org.accounts.urls")),
    path("", include("anwei.monitoring.urls")),
    path("", include("anwei.monitoring.api_urls")),
    path("", include("anwei.analytics.urls")),
    path("", include("anwei.cases.urls")),
    path("", include("anwei.hazards.urls")),
    path("", include("anwei.emergency.urls")),
    path("", include("anwei.oversight.urls")),
    path("", include("anwei.sites.urls")),
    path("", include("anwei.org.urls")),
    path("", include("anwei.portal.system.urls")),
    path("", include("anwei.portal.law.urls")),
    path("", include("anwei.portal.ledger_urls")),
]

handler400 = "anwei.portal.errors.bad_request"
handler403 = "anwei.portal.errors.forbidden"
handler404 = "anwei.portal.errors.not_found"
handler500 = "anwei.portal.errors.server_error"
