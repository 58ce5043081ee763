"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OversightConfig(AppConfig):
    """The room as Django sees it."""

    name = "anwei.oversight"
    verbose_name = _("督查督办")
    default_auto_field = "django.db.models.BigAutoField"
