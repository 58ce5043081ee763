"""What lets people, programs and screens in: past passwords, recovery codes, browsers, tokens, displays."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from anwei.org.models.people import Person


class PastPassword(models.Model):
    """A password somebody has had, as its hash; the newest is the one in use and says how old that is."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="past_passwords")
    encoded = models.CharField(max_length=128)
    set_at = models.DateTimeField()

    class Meta:
        ordering = ["-set_at", "-id"]

    def __str__(self) -> str:
        return f"{self.person} {self.set_at}"


class RecoveryCode(models.Model):
    """One code that replaces the telephone once; only its SHA-256 digest is kept."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "digest"], name="recovery_code_once_a_person")
        ]

    def __str__(self) -> str:
        return str(self.person)


class KnownBrowser(models.Model):
    """A browser in which a person has logged in before: strangers' failures do not lock it out.

    Only the SHA-256 digest of its cookie is kept; too many failures of its own end it.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="known_browsers")
    digest = models.CharField(max_length=64, unique=True)
    used_at = models.DateTimeField()
    failures = models.PositiveSmallIntegerField(default=0)  # since the last login

    def __str__(self) -> str:
        return f"{self.person} {self.used_at}"


class ApiToken(models.Model):
    """A bearer token of the JSON API; only its SHA-256 digest is kept."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="api_tokens")
    digest = models.CharField(max_length=64, unique=True)
    label = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.person} {self.label}"


class Display(models.Model):
    """A read-only screen such as the wall: one browser, bound by a one-time code, until it is revoked."""

    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="display")
    issued_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField()
    code_digest = models.CharField(max_length=64, unique=True)  # SHA-256 of the one-time code
    code_ends_at = models.DateTimeField()
    secret_digest = models.CharField(max_length=64, blank=True)  # SHA-256 of what the browser's cookie holds
    bound_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("大屏")

    def __str__(self) -> str:
        return str(self.person)
