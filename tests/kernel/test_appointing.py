"""Who may appoint whom, at every door that writes it: the own unit and those below, never more than one sees."""

from __future__ import annotations

import pytest
from django.test import Client

from anwei.org.models import Holding, Person, Post, Unit
from anwei.org.services import appoint
from tests.kernel.county import COUNTY, NOW, TOWN, County, in_post

APPOINT = {
    "title": "新岗",
    "full_name": "新人",
    "phone": "13800000077",
    "from_on": NOW.date(),
    "document": "测任〔2026〕1号",
    "reason": "补缺",
}
REASON = {"reason": "测试", "confirmed": "1"}
UNITS = {
    "government": ("government", "测试县人民政府", COUNTY),
    "office": ("committee_office", "测试县安委办", COUNTY),
    "village": ("village", "甲一村委会", f"{TOWN}001"),
}


@pytest.fixture
def units(county: County) -> dict[str, Unit]:
    """The bodies of the county, by a short name."""
    made = {
        key: Unit.objects.create(kind=kind, name=name, territory=place)
        for key, (kind, name, place) in UNITS.items()
    }
    return made | {
        "town": county.townsman.holdings.get().post.unit,
        "coal": county.regulator.holdings.get().post.unit,
        "authority": county.duty.unit,
        "plant": county.enterprise.unit,
        "mine": county.other_enterprise.unit,
    }


def clerk(unit: Unit) -> Person:
    """An officer of the unit."""
    return in_post(f"clerk{unit.pk}", Post.objects.create(unit=unit, kind="officer", title="干事"))


def browser(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.mark.parametrize(
    ("own", "filled"),
    [
        ("office", {"government", "office", "village", "town", "coal", "authority", "plant", "mine"}),
        ("government", {"government", "village", "town", "coal", "authority", "plant", "mine"}),
        ("town", {"town", "village", "plant"}),
        ("village", {"village"}),
        ("coal", {"coal", "mine"}),
        ("authority", {"authority", "plant"}),
    ],
)
def test_a_clerk_fills_the_posts_of_the_own_unit_and_of_those_below(
    units: dict[str, Unit], own: str, filled: set[str]
) -> None:
    client = browser(clerk(units[own]))
    opened = set()
    for name, unit in units.items():
        door = f"/org/appoint/?unit={unit.pk}&kind=safety"
        status = client.post(door, APPOINT | {"phone": f"1380000{unit.pk:04d}"}).status_code
        if status == 302:
            opened.add(name)
        else:
            assert status == 403 and not unit.posts.filter(title="新岗").exists()
    assert opened == filled


def test_an_enterprise_s_principal_fills_its_own_posts(county: County, units: dict[str, Unit]) -> None:
    client = browser(county.boss)
    for unit, status in ((units["plant"], 302), (units["mine"], 403), (units["town"], 403)):
        assert client.post(f"/org/appoint/?unit={unit.pk}&kind=safety", APPOINT).status_code == status
    assert browser(county.worker).get(f"/org/appoint/?post={county.safety.pk}").status_code == 403


PHONE = "13812345678"


def test_an_enterprise_appoints_no_official(county: County, units: dict[str, Unit]) -> None:
    """Else it saw their number, and they fell out of their administrators' reach."""
    client, door = browser(county.boss), f"/org/appoint/?unit={units['plant'].pk}&kind=safety"
    for person in (county.regulator, county.townsman):  # one of another sector, one that it sees
        Person.objects.filter(pk=person.pk).update(phone=PHONE)
        for phone in ("", PHONE):
            answer = client.post(door, APPOINT | {"full_name": person.full_name, "phone": phone})
            assert answer.status_code == 422 and person.holdings.count() == 1
        assert PHONE not in client.post(f"/org/people/{person.pk}/phone/", follow=True).content.decode()
        Person.objects.filter(pk=person.pk).update(phone="")
    typed = APPOINT | {"full_name": county.townsman.full_name, "phone": ""}
    assert browser(clerk(units["office"])).post(door, typed).status_code == 302  # the county may decide so


def test_whom_one_does_not_see_is_known_by_name_and_number(county: County, units: dict[str, Unit]) -> None:
    Person.objects.filter(pk=county.stranger.pk).update(phone=PHONE)
    client, door = browser(county.boss), f"/org/appoint/?unit={units['plant'].pk}&kind=safety"
    refusals = set()
    for name, phone in (("stranger", ""), ("nobody", ""), ("nobody", PHONE), ("nobody", "stranger")):
        answer = client.post(door, APPOINT | {"full_name": name, "phone": phone})
        assert answer.status_code == 422
        refusals.add(answer.context["form"].non_field_errors()[0].replace(name, "谁"))
    assert (
        len(refusals) == 1 and "不能确定“谁”是谁" in refusals.pop()
    )  # it tells nothing of who is registered
    assert client.get(f"/org/people/{county.stranger.pk}/").status_code == 404
    assert client.post(door, APPOINT | {"full_name": "worker", "phone": ""}).status_code == 302  # its own
    typed = APPOINT | {"title": "兼职", "full_name": "stranger", "phone": PHONE}
    assert client.post(door, typed).status_code == 302 and county.stranger.holdings.count() == 2


def test_nobody_appoints_to_a_post_that_sees_more(county: County, units: dict[str, Unit]) -> None:
    """A department's officer sees its sectors, its duty post every alarm of the county."""
    client = browser(county.regulator)
    coal = units["coal"]
    night = Post.objects.create(unit=coal, kind="duty", title="值班岗")
    assert client.post(f"/org/appoint/?post={night.pk}", APPOINT).status_code == 403
    assert client.post(f"/org/appoint/?unit={coal.pk}&kind=duty", APPOINT).status_code == 403
    assert client.post(f"/org/appoint/?unit={coal.pk}&kind=deputy", APPOINT).status_code == 302
    assert not Holding.objects.filter(post=night).exists()
    watchman = in_post("watchman", night)
    for act in ("end", "renew"):
        assert client.get(f"/org/holdings/{watchman.holdings.get().pk}/{act}/").status_code == 403


def test_nobody_appoints_oneself_by_the_form_or_by_the_register(
    county: County, units: dict[str, Unit]
) -> None:
    own = clerk(units["office"])
    Person.objects.filter(pk=own.pk).update(phone="13800000001")
    client = browser(own)
    head = Post.objects.create(unit=units["government"], kind="principal", title="县长")
    form = APPOINT | {"full_name": own.full_name, "phone": ""}
    assert "不能给自己" in client.post(f"/org/appoint/?post={head.pk}", form).content.decode()
    row = {"unit": units["government"].name, "title": "县长", "full_name": own.full_name}
    row |= {"phone": "13800000001"} | REASON
    assert "不能给自己" in client.post("/ledgers/roster/new/", row).content.decode()
    assert not Holding.objects.filter(post=head).exists()


def test_the_registers_are_no_way_round(county: County, units: dict[str, Unit]) -> None:
    """The duty officer of a department sees the whole county, and appoints in its department alone."""
    client = browser(county.officer)
    head = Post.objects.create(unit=units["government"], kind="principal", title="县长")
    row = {"unit": head.unit.name, "title": head.title, "full_name": "新人", "phone": "13800000077", **REASON}
    answer = client.post("/ledgers/roster/new/", row)
    assert answer.status_code == 422 and "不由您任命" in answer.content.decode()
    made = {"unit": head.unit.name, "title": "新岗", "kind": "deputy", **REASON}
    answer = client.post("/ledgers/posts/new/", made)
    assert answer.status_code == 422 and "不由您任命" in answer.content.decode()
    townsman = county.townsman.holdings.get().post
    moved = {"unit": head.unit.name, "title": townsman.title, "kind": "officer", **REASON}
    assert client.post(f"/ledgers/posts/{townsman.pk}/edit/", moved).status_code == 422
    assert not Holding.objects.filter(post=head).exists()
    assert Post.objects.get(pk=townsman.pk).unit_id == townsman.unit_id
    assert not Person.objects.filter(full_name="新人").exists()


def test_no_post_becomes_one_that_sees_more_under_its_holder(county: County, units: dict[str, Unit]) -> None:
    """A township's officer who knows the county's duty post by name cannot make a friend's post one."""
    post = Post.objects.create(unit=units["coal"], kind="officer", title="干事")
    appoint(in_post("friend"), post, actor=None, now=NOW)  # today: a post that was held keeps its kind
    client = browser(clerk(units["office"]))
    kept = {"unit": post.unit.name, "title": post.title, "kind": "duty", **REASON}
    assert client.post(f"/ledgers/posts/{post.pk}/edit/", kept).status_code == 302  # who sees the county may
    Post.objects.filter(pk=post.pk).update(kind="officer")
    assert browser(county.townsman).post(f"/ledgers/posts/{post.pk}/edit/", kept).status_code == 404
    assert browser(county.regulator).post(f"/ledgers/posts/{post.pk}/edit/", kept).status_code in (404, 422)
    assert Post.objects.get(pk=post.pk).kind == "officer"
