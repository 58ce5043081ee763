"""The leaders of the demo county read a morning report."""

from __future__ import annotations

from html import unescape

import pytest
import time_machine
from django.test import Client, override_settings

from anwei.datafolder import DataFolder
from anwei.demo.fill import fill
from anwei.demo.morning import tell_the_last_morning
from anwei.demo.working.room import furnish
from anwei.org.models import Person
from anwei.oversight.models import Morning
from tests.demo.month import UNTIL
from tests.support.kept import QUICK_HASHES


@pytest.mark.django_db
def test_the_head_of_the_county_reads_what_he_was_told(data_folder: DataFolder) -> None:
    with override_settings(PASSWORD_HASHERS=QUICK_HASHES), time_machine.travel(UNTIL, tick=True):
        fill(data_folder, now=UNTIL)
        furnish(30, now=UNTIL)
        assert tell_the_last_morning(UNTIL) == 1
        assert 1 <= len(Morning.objects.get().lines) <= 5
        client = Client()
        client.force_login(Person.objects.get(username="xianzhang"))
        assert Morning.objects.get().lines[0]["text"] in unescape(client.get("/today/").content.decode())
