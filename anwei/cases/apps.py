"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CasesConfig(AppConfig):
    """The room as Django sees it."""

    name = "anwei.cases"
    verbose_name = _("事项")
    default_auto_field = "django.db.models.BigAutoField"
