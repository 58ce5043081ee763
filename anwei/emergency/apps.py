"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EmergencyConfig(AppConfig):
    """The room as Django sees it."""

    name = "anwei.emergency"
    verbose_name = _("应急与事故")
    default_auto_field = "django.db.models.BigAutoField"
