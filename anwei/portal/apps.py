"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    """The room as Django sees it."""

    name = "anwei.portal"
    verbose_name = _("门户")
    default_auto_field = "django.db.models.BigAutoField"
