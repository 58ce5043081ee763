"""Login by phone number and password, beside the user name."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from anwei.org.models import Person


class PhoneBackend(ModelBackend):
    """Takes what was typed as user name for a phone number."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> Person | None:
        """Return the person with this phone number and password; an unknown number takes as long."""
        phone = (username or "").strip()
        if not phone or not password:
            return None
        person = Person.objects.filter(phone=phone).first()
        if person is None:
            Person().set_password(password)
            return None
        return person if person.check_password(password) and self.user_can_authenticate(person) else None
