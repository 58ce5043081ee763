"""App configuration."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class SitesConfig(AppConfig):
    """The room as Django sees it."""

    name = "anwei.sites"
    verbose_name = _("企业")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let the rooms add sheets to files, sources of gaps and live facts, layers of the map."""
        from anwei.org.moves import on_move
        from anwei.sites.services import take_places_along

        on_move(take_places_along)
        autodiscover_modules("enterprise_file", "documents.enterprise_file", "risks.sheet")
        for module in (
            "live.sheet",
            "expiries.sheet",
            "file.overview",
            "file.statuses",
            "file.registers",
            "file.events",
            "own_features",
            "weather",
        ):
            import_module(f"anwei.sites.{module}")
        autodiscover_modules("features")
        autodiscover_modules("expiry_kinds")
        autodiscover_modules("gaps")
        autodiscover_modules("live_facts")
        autodiscover_modules("map_layers")
        autodiscover_modules("sign_door")
