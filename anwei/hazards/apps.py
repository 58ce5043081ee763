"""App configuration."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HazardsConfig(AppConfig):
    """The room as Django sees it."""

    name = "anwei.hazards"
    verbose_name = _("隐患排查治理")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let inspections add their sheet to files and their rows to desks; so do the others."""
        for module in (
            "planning.enterprise_file",
            "planning.waiting",
            "listed.waiting",
            "self_check_waiting",
            "special_check_waiting",
            "verify",
            "quarterly_waiting",
            "statistics_waiting",
        ):
            import_module(f"anwei.hazards.{module}")
