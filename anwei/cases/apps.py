"""App configuration."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class CasesConfig(AppConfig):
    """The room as Django sees it."""

    name = "anwei.cases"
    verbose_name = _("事项")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Find the kinds of case that the installed rooms declare; say how papers on cases come about."""
        autodiscover_modules("lifecycle", "extension")
        autodiscover_modules("indicators")
        autodiscover_modules(
            "case_papers",
            "duty_record",
            "post_acts",
            "account_notices",
            "proposal_notices",
            "assessment_notices",
            "move_notices",
            "unit_closing",
            "today",
        )
        from anwei.cases.official_papers import PAPERS
        from anwei.ledgers.papers.registers import register_papers

        register_papers(PAPERS)
