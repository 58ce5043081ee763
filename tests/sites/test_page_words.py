"""What pages of files say of themselves: whose documents they list, what they quote in Chinese."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext, override

from anwei.org.models import Person
from anwei.sites.models import Assessment, Contact
from tests.kernel.county import County
from tests.sites.risks import no_to_all

pytestmark = pytest.mark.db
Browse = Callable[[Person], Client]


def test_the_list_of_documents_is_not_headed_as_that_of_enterprises(county: County, browse: Browse) -> None:
    page = browse(county.officer).get(reverse("documents")).content.decode()
    assert "企业文档" not in page and "<h1>文档" in page


def test_an_english_page_says_that_the_guide_is_quoted_in_chinese(county: County, browse: Browse) -> None:
    officer = browse(county.officer)
    form = reverse("risk_diagnosis", args=[county.enterprise.pk])
    officer.post(form, no_to_all())
    pages = [form, reverse("risk_assessment", args=[Assessment.objects.get(method="emerg2018_19").pk])]
    for language, times in (("en", 1), ("zh-hans", 0)):
        with override(language):
            sentence = gettext("文件的条文按中文原文引用")
        for address in pages:
            officer.cookies["django_language"] = language
            page = officer.get(address).content.decode()
            assert page.count(sentence) == times, (language, address)


def test_a_short_number_is_covered_in_every_place_where_a_long_one_is(county: County, browse: Browse) -> None:
    """Of a number of seven digits its first three and last four would be all of it."""
    Contact.objects.create(enterprise=county.enterprise, name="门卫", phone="2345678")
    Person.objects.filter(pk=county.worker.pk).update(phone="8765432")
    officer = browse(county.officer)
    for address in (
        f"{reverse('ledger', args=['contacts'])}",
        reverse("contact_trials"),
        reverse("enterprise", args=[county.enterprise.pk]),
        reverse("person", args=[county.worker.pk]),
    ):
        page = officer.get(address).content.decode()
        assert "23****78" in page or "87****32" in page, address
        for shown in ("2345678", "234****5678", "8765432", "876****5432"):
            assert shown not in page, (address, shown)
