"""Law at hand: found by words and article, and every citation on a screen leads to an entry that exists."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils.translation import override

from anwei.ledgers.templatetags.law import cited
from anwei.monitoring.models import AlarmRule
from anwei.org.models import Person
from tests.monitoring.plant import Plant, raised

Visit = Callable[[Person], Client]


@pytest.mark.parametrize("query", ["安全生产法 第38条", "安法三十八条", "重大隐患 尾矿库", "尾矿库"])
def test_search_answers_everybody_signed_in(office: Person, visit: Visit, query: str) -> None:
    answer = visit(office).get("/law/", {"q": query})
    assert answer.status_code == 200 and answer.context["n"] and Client().get("/law/").status_code == 302
    if "尾矿" in query:
        assert "尾矿库" in answer.content.decode()


def test_superseded_come_last_and_filters_narrow(office: Person, visit: Visit) -> None:
    client = visit(office)
    groups = client.get("/law/", {"page": "99"}).context["groups"]
    assert groups[-1][0] == "已被代替" and all(hit.superseded for hit in groups[-1][1])
    assert not any(hit.superseded for _label, rows in groups[:-1] for hit in rows)
    answer = client.get("/law/", {"sector": "coal", "kind": "criterion"})
    hits = [hit for _label, rows in answer.context["groups"] for hit in rows]
    assert hits and all(hit.kind == "criterion" and hit.provision.subject.startswith("煤矿") for hit in hits)
    assert answer.context["n"] == 140 + 57  # its own, then fire and special equipment, which every sector has


def test_a_sector_has_its_criteria_and_its_checks_under_one_name(office: Person, visit: Visit) -> None:
    """Standards say 金属非金属矿山 and checklists 非煤矿山."""
    client = visit(office)
    page = client.get("/law/", {"sector": "mine", "q": "尾矿"})
    kinds = {hit.kind for _label, rows in page.context["groups"] for hit in rows}
    assert kinds == {"criterion", "check"} and '<option value="mine" selected>' in page.content.decode()
    assert client.get("/law/", {"sector": "mine"}).context["n"] == 72 + 57 + 12
    assert client.get("/law/", {"sector": "电力"}).context["n"] == 49
    assert client.get("/law/", {"q": "罚款", "kind": "penalty"}).context["n"]
    assert client.get("/law/", {"q": "第102条", "kind": "penalty"}).context["n"] == 1


def test_an_article_shows_what_rests_on_it(office: Person, visit: Visit) -> None:
    client = visit(office)
    page = client.get("/law/law_spf/41/").content.decode()
    assert "安全生产法" in page and "第41条" in page and "/law/SPF-041a/" in page and "/law/CK-GM-03/" in page
    assert client.get("/law/SPF-041a/").status_code == client.get("/law/GB/T 13861-2022/").status_code == 200
    assert client.get("/law/nothing/").status_code == 404


def test_a_citation_becomes_links_and_stays_safe() -> None:
    linked = cited("<b>安全生产法（2021）第四十一条第2款；个人信息保护法 第十九条")
    assert linked.startswith("&lt;b&gt;") and '<a href="/law/law_spf/41/">第四十一条第2款</a>' in linked
    assert linked.endswith("；个人信息保护法 第十九条") and cited("") == ""
    with override("en"):
        assert cited("安全生产法第41条", "Article 41") == '<a href="/law/law_spf/41/">Article 41</a>'


def test_a_citation_beside_an_alarm_leads_to_an_entry(
    plant: Plant, office: Person, visit: Visit, happen: Callable[..., None]
) -> None:
    AlarmRule.objects.update(citation="安全生产法第41条")
    happen(raised(plant.h))
    client = visit(office)
    page = client.get("/alarms/").content.decode()
    links = set(re.findall(r'href="(/law/[^"]+)"', page))
    assert "/law/law_spf/41/" in links
    assert all(client.get(link).status_code == 200 for link in links)


def test_the_search_and_help_lead_to_the_law(office: Person, visit: Visit) -> None:
    client = visit(office)
    assert "/law/?q=" in client.get("/search/suggest/", {"q": "尾矿库"}).content.decode()
    assert 'href="/law/law_spf/41/"' in client.get("/help/case/").content.decode()


def test_both_searches_find_an_article_in_the_words_of_the_placeholder(office: Person, visit: Visit) -> None:
    """Nobody has to choose a kind first; the search of the top bar leads to the article itself."""
    client = visit(office)
    opened = client.get("/law/")
    assert opened.context["kind"] == "" and "如：安法第38条" in opened.content.decode()
    form = {"q": "安法第38条", "kind": opened.context["kind"], "sector": ""}
    assert client.get("/law/", form).context["n"]
    for address in ("/search/", "/search/suggest/"):
        page = client.get(address, {"q": "安全生产法第24条"}).content.decode()
        assert 'href="/law/law_spf/24/"' in page and "没有找到" not in page, address
    assert client.get("/law/law_spf/24/").status_code == 200
