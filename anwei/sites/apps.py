"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SitesConfig(AppConfig):
    """The room as Django sees it."""

    name = "anwei.sites"
    verbose_name = _("企业")
    default_auto_field = "django.db.models.BigAutoField"
