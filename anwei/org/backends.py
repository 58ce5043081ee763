"""Who is let in by user name or phone number and password, and who stays in from request to request."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from asgiref.sync import sync_to_async
from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Q, QuerySet
from django.utils import timezone

from anwei.ledgers.spelled import ANYBODY, DAY, Spelled, objects_of, spell
from anwei.org.models import Person
from anwei.org.register_rules import phone_number


def people_in_office(day: date | None = None) -> QuerySet[Person]:
    """Return who may be here on a day (today): the account is in use and their last post has not ended.

    Somebody who never held a post may log in (and sees nothing); somebody who has left may not. One left join
    answers both, since no holding has no last day either: a person comes once a holding, so ask for the first
    or whether there is one.
    """
    going_on = Q(holdings__to_on__isnull=True) | Q(holdings__to_on__gte=day or timezone.localdate())
    return Person.objects.filter(going_on, is_active=True)


def person_called(typed: str) -> Person | None:
    """Return whose user name or phone number was typed; a number as people write it: +86 139 0000 0004."""
    name = typed.strip()
    if not name:
        return None
    try:
        phone = phone_number(name)
    except ValueError:
        phone = name  # no number: a user name
    found = Person.objects.filter(Q(username=name) | Q(phone__in={name, phone}))
    return min(found, key=lambda person: person.username != name, default=None)


class AccountBackend(AuthenticationBackend):  # type: ignore[misc]
    """One look-up and one password hash for every login, whether or not anybody is called so."""

    def _authenticate_by_username(self, username: str, password: str) -> AbstractBaseUser | None:
        person: AbstractBaseUser | None = self._check_password(person_called(username), password)
        return person

    def user_can_authenticate(self, user: Any) -> bool:
        """Refuse accounts out of use and people whose last post has ended."""
        return people_in_office().filter(pk=user.pk).exists()

    def get_user(self, user_id: Any) -> Person | None:
        """Return the person behind a session, asked anew at every request."""
        question = _in_office().put(person=int(user_id), day=timezone.localdate())
        return next(iter(objects_of(Person, question)), None)

    async def aget_user(self, user_id: Any) -> Person | None:
        """Return the same in a coroutine."""
        return await sync_to_async(self.get_user)(user_id)


@cache
def _in_office() -> Spelled:
    return spell(people_in_office(DAY).filter(pk=ANYBODY).order_by("pk")[:1])
