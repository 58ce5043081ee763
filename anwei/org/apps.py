"""App configuration."""

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class OrgConfig(AppConfig):
    """The room as Django sees it."""

    name = "anwei.org"
    verbose_name = _("组织")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Begin sessions at logins, and keep the three administrators apart in the database."""
        from anwei.org.accounts import guard, separation, sessions

        user_logged_in.connect(sessions.begin)
        user_logged_in.connect(guard.at_login)
        pre_migrate.connect(separation.before_migrate, sender=self)
        post_migrate.connect(separation.after_migrate, sender=self)
