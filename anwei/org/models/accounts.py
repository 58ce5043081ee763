"""What lets a program or a screen in: tokens and displays."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from anwei.org.models.people import Person


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
