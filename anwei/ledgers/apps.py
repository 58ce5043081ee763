"""App configuration."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class LedgersConfig(AppConfig):
    """The room as Django sees it."""

    name = "anwei.ledgers"
    verbose_name = _("台账")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Protect the append-only tables after every migration; find the registers of the rooms."""
        from anwei.ledgers.append_only import after_migrate
        from anwei.ledgers.search import dialects
        from anwei.ledgers.search.following import follow_saves

        post_migrate.connect(after_migrate, sender=self)
        post_migrate.connect(dialects.after_migrate, sender=self)
        autodiscover_modules("ledger")
        autodiscover_modules("search")
        autodiscover_modules("schedule")
        autodiscover_modules("waiting")
        autodiscover_modules("buttons")
        follow_saves()
