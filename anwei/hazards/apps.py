"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HazardsConfig(AppConfig):
    """The room as Django sees it."""

    name = "anwei.hazards"
    verbose_name = _("隐患排查治理")
    default_auto_field = "django.db.models.BigAutoField"
