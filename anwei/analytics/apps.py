"""App configuration."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AnalyticsConfig(AppConfig):
    """The room as Django sees it."""

    name = "anwei.analytics"
    verbose_name = _("研判预警")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let accidents and major hazards show the way to others alike, warnings to reasons and plans."""
        import_module("anwei.analytics.lessons.asides")
        import_module("anwei.analytics.foretold")
