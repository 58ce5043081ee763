"""App configuration."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OversightConfig(AppConfig):
    """The room as Django sees it."""

    name = "anwei.oversight"
    verbose_name = _("督查督办")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Say how a briefing becomes an official paper, and what of this room is verified."""
        from anwei.ledgers.papers.registers import register_papers
        from anwei.oversight.briefing.papers import PAPERS

        register_papers(PAPERS)
        import_module("anwei.oversight.verify")
