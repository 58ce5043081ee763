"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DemoConfig(AppConfig):
    """The room as Django sees it."""

    name = "anwei.demo"
    verbose_name = _("演示")
    default_auto_field = "django.db.models.BigAutoField"
