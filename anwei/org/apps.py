"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrgConfig(AppConfig):
    """The room as Django sees it."""

    name = "anwei.org"
    verbose_name = _("组织")
    default_auto_field = "django.db.models.BigAutoField"
