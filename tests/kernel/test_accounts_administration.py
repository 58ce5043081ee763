"""Who may change whose account: by territory and unit, never upwards, no administrator's beside; all on record."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from anwei.ledgers.models import Change
from anwei.ledgers.release import Leaving, release
from anwei.ledgers.services import record_change
from anwei.org.accounts.administration import administered_people, offered_posts
from anwei.org.accounts.subjects import named
from anwei.org.models import ApiToken, Person, Post, Unit
from anwei.org.services import (
    OrgError,
    appoint,
    close_account,
    create_token,
    delegate,
    dismiss,
    dismiss_administrator,
    reset_password,
)
from anwei.portal.system.checks import TASKS
from tests.kernel.accounts import give_factor, is_in, log_in, official, township
from tests.kernel.county import COUNTY, NOW, County, in_post

LIST = "/org/accounts/"


@pytest.fixture
def keeper(county: County) -> Person:
    """The county's security administrator."""
    return official("keeper", "security_admin")


@pytest.fixture
def town_keeper(county: County) -> Person:
    return official("town-keeper", "security_admin", township())


@pytest.fixture
def auditor(county: County) -> Person:
    return official("auditor", "audit_admin")


def browser(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def names(administrator: Person) -> set[str]:
    return set(administered_people(administrator, NOW).values_list("username", flat=True))


def act(client: Client, person: Person, verb: str, reason: str = "本人申请") -> int:
    return client.post(f"{LIST}{person.pk}/{verb}/", {"reason": reason}).status_code


def test_the_county_reaches_everybody_but_itself_and_the_other_two(
    county: County, keeper: Person, auditor: Person, town_keeper: Person
) -> None:
    official("system", "system_admin")
    office = Unit.objects.create(kind="committee_office", name="测试县安委办", territory=COUNTY)
    official("office-auditor", "audit_admin", office)  # of the same county: beside, though in another unit
    official("department-auditor", "audit_admin", county.duty.unit)
    official("nowhere", "officer", Unit.objects.create(kind="village", name="新村委会"))
    everybody = set(Person.objects.values_list("username", flat=True))
    assert names(keeper) == everybody - {"keeper", "auditor", "system", "office-auditor"}
    assert not offered_posts(keeper, NOW).filter(unit=office).exists()


def test_a_township_reaches_its_own(county: County, town_keeper: Person, keeper: Person) -> None:
    official("mayor", "principal", township())
    assert names(town_keeper) == {"townsman", "mayor", "boss", "worker"}  # its officials, its enterprise


def test_a_department_and_an_enterprise_reach_their_own_unit(county: County) -> None:
    unit = county.enterprise.unit
    own = official("own", "security_admin", unit)
    assert names(own) == {"boss", "worker"}
    department = official("department", "security_admin", county.duty.unit)
    assert names(department) == {"officer"}


def test_a_post_outside_takes_a_person_out_of_reach(county: County, town_keeper: Person) -> None:
    post = Post.objects.create(unit=county.duty.unit, kind="deputy", title="副局长")
    holding = appoint(county.townsman, post, actor=None, now=NOW, from_on=NOW.date() - timedelta(days=9))
    assert "townsman" not in names(town_keeper)
    dismiss(holding, actor=None, now=NOW, last_on=NOW.date() - timedelta(days=1), reason="免职")
    assert "townsman" in names(town_keeper)


@pytest.mark.parametrize("verb", ["password", "factor", "sessions", "close", "reopen"])
def test_out_of_reach_looks_like_not_there(county: County, town_keeper: Person, verb: str) -> None:
    client = browser(town_keeper)
    assert client.get(f"{LIST}{county.regulator.pk}/").status_code == 404
    assert act(client, county.regulator, verb) == 404
    assert act(client, county.stranger, verb) == 404
    assert act(client, town_keeper, verb) == 404  # nor oneself
    assert Person.objects.get(pk=county.regulator.pk).password == county.regulator.password


def test_the_services_refuse_too(
    county: County, town_keeper: Person, keeper: Person, auditor: Person
) -> None:
    for actor, person in ((town_keeper, county.regulator), (keeper, auditor), (keeper, keeper)):
        with pytest.raises(PermissionDenied):
            reset_password(person, actor=actor, now=NOW)
        with pytest.raises(PermissionDenied):
            close_account(person, actor=actor, now=NOW)


@pytest.mark.parametrize("who", ["officer", "boss", "townsman", "auditor"])
def test_nobody_else_opens_the_pages(county: County, auditor: Person, who: str) -> None:
    client = browser(Person.objects.get(username=who))
    for path in (LIST, f"{LIST}new/", f"{LIST}{county.worker.pk}/"):
        assert client.get(path).status_code == 403
    assert act(client, county.worker, "password") == 403
    if who != "auditor":
        assert client.get(f"{LIST}audit/").status_code == 403


def test_an_account_is_opened_into_a_post_within_reach(county: County, town_keeper: Person) -> None:
    client = browser(town_keeper)
    page = client.get(f"{LIST}new/").content.decode()
    assert "安监员" in page and "监管员" not in page and "安全保密管理员</option>" not in page
    post = Post.objects.get(unit=township(), kind="officer")
    sent = {"full_name": "新人", "username": "new-one", "phone": "13800000077", "post": post.pk}
    for wrong in ({"post": county.duty.pk}, {"username": "Ünicode"}, {"phone": "12"}, {"username": "worker"}):
        assert client.post(f"{LIST}new/", sent | wrong).status_code == 422
    answer = client.post(f"{LIST}new/", sent).content.decode()
    password = re.search(r'code-once">([^<]+)<', answer)[1]
    newcomer = Client()
    log_in(newcomer, "13800000077", password)
    assert is_in(newcomer) and newcomer.get("/")["Location"] == "/account/password/"
    assert password not in client.get(f"{LIST}{Person.objects.get(username='new-one').pk}/").content.decode()


def test_every_act_works_and_is_on_record(county: County, keeper: Person) -> None:
    client, person = browser(keeper), official("target", "officer")
    give_factor(person)
    _token, _plain = create_token(person, label="接口", now=NOW)
    there = browser(person)
    assert act(client, person, "sessions", reason=" ") == 422  # no reason, no act
    assert there.get("/account/").status_code == 200
    assert act(client, person, "sessions") == 302 and there.get("/account/").status_code == 302
    assert act(client, person, "factor") == 302
    assert act(client, person, "password") == 200
    assert act(client, person, "close") == 302
    assert not ApiToken.objects.filter(person=person, revoked_at__isnull=True).exists()
    assert act(client, person, "nonsense") == 404
    assert act(client, person, "reopen") == 200 and Person.objects.get(pk=person.pk).is_active
    done = Change.objects.filter(register="org.person", row=str(person.pk), actor=keeper, reason="本人申请")
    assert set(done.values_list("verb", flat=True)) == {
        "end_sessions",
        "remove_factor",
        "reset_password",
        "close",
        "reopen",
    }


def test_rights_change_at_the_next_request(county: County, keeper: Person) -> None:
    client = browser(keeper)
    assert client.get(LIST).status_code == 200
    held = keeper.holdings.get(post__kind="security_admin")
    dismiss(held, actor=None, now=NOW, last_on=NOW.date() - timedelta(days=1), reason="轮岗")
    appoint(keeper, county.duty, actor=None, now=NOW)
    assert client.get(LIST)["Location"].startswith("/accounts/login/")
    client.force_login(Person.objects.get(pk=keeper.pk))
    assert client.get(LIST).status_code == 403  # in office as duty officer
    successor = in_post("successor")
    client.force_login(successor)
    appoint(successor, held.post, actor=None, now=NOW)
    assert client.get(LIST).status_code == 200


def test_the_list_finds_masks_and_filters(county: County, keeper: Person) -> None:
    official("phoned", "officer", phone="13812345678")
    client = browser(keeper)
    page = client.get(LIST, {"search": "13812345678"}).content.decode()
    assert "phoned" in page and "138****5678" in page
    assert "townsman" in client.get(LIST, {"search": "甲镇"}).content.decode()
    initial = client.get(LIST, {"state": "initial"}).content.decode()
    assert "townsman" in initial and "phoned" not in initial


def test_the_auditor_sees_logins_failures_and_changes(
    county: County, auditor: Person, keeper: Person
) -> None:
    log_in(Client(REMOTE_ADDR="198.51.100.7"), "keeper")
    log_in(Client(REMOTE_ADDR="198.51.100.8"), "keeper", "wrong")
    act(browser(keeper), county.worker, "password", reason="忘记密码")
    client = browser(auditor)
    assert "198.51.100.7" in client.get(f"{LIST}audit/").content.decode()
    failures = client.get(f"{LIST}audit/failures/").content.decode()
    assert "198.51.100.8" in failures and "keeper" in failures
    changes = client.get(f"{LIST}audit/changes/").content.decode()
    assert "重置密码" in changes and "忘记密码" in changes and "worker（worker）" in changes
    assert client.get(f"{LIST}audit/nonsense/").status_code == 404
    assert client.post(f"{LIST}audit/").status_code == 405
    assert client.get(LIST).status_code == 403  # the auditor changes nothing


def test_the_auditor_sees_what_left_the_system_was_erased_and_was_set(
    county: County, auditor: Person, keeper: Person
) -> None:
    acts = (
        ("ledgers.export", "export", "导出"),
        ("ledgers.erasure", "propose", "提出抹除"),
        ("ledgers.paper", "stamped", "盖章件归档"),
        ("system.channel", "secret", "更换密钥"),
        ("system.check", "run", "开始核验或备份"),
        ("org.signing", "sign", "签署"),
    )
    for n, (register, verb, _words) in enumerate(acts):
        reason = f"事由第{n}条"
        record_change(register, 7, actor=keeper, now=NOW, verb=verb, content={}, reason=reason)
    changes = browser(auditor).get(f"{LIST}audit/changes/").content.decode()
    assert [n for n in range(len(acts)) if f"事由第{n}条" not in changes] == []
    assert [words for _register, _verb, words in acts if f">{words}<" not in changes] == []


def test_the_auditor_reads_words_and_how_many_rows_left(county: County, auditor: Person) -> None:
    lent = delegate(
        county.safety,
        principal=county.worker,
        deputy=county.boss,
        from_at=NOW,
        to_at=NOW + timedelta(days=1),
        reason="出差",
        actor=county.worker,
        now=NOW,
    )
    release(Leaving("sites", 37, county.officer, NOW), "xlsx")
    release(Leaving("audit-logins", 12, auditor, NOW, personal=True, reason="核查"), "xlsx")
    for check in ("verify", "backup", "drill", "orphans"):
        record_change("system.check", check, actor=auditor, now=NOW, verb="run", content={})
    page = browser(auditor).get(f"{LIST}audit/changes/").content.decode()
    subjects = (
        "重点部位台账，37 条",
        "登录记录，12 条",
        "记录核验",
        "备份",
        "恢复演练",
        f"岗位代理 · {lent}",
    )
    assert [words for words in subjects if f">{words}<" not in page] == []
    assert not re.search(r"org\.delegation|ledgers\.export|system\.check", page)


def test_every_check_and_list_that_the_record_may_name_has_words() -> None:
    for check in TASKS:
        record = Change(register="system.check", row=check)
        assert named(record) != check


def test_a_township_s_auditor_sees_its_own_people_only(county: County) -> None:
    auditor = official("town-auditor", "audit_admin", township())
    log_in(Client(REMOTE_ADDR="198.51.100.8"), "officer", "wrong")
    log_in(Client(REMOTE_ADDR="198.51.100.9"), "townsman", "wrong")
    page = browser(auditor).get(f"{LIST}audit/failures/").content.decode()
    assert "198.51.100.9" in page and "198.51.100.8" not in page


def test_a_unit_of_no_place_administers_nobody(county: County) -> None:
    nowhere = Unit.objects.create(kind="government", name="无属地", territory="")
    assert names(official("nowhere", "security_admin", nowhere)) == set()


def test_a_township_s_administrator_is_dismissed_from_the_county(
    keeper: Person, auditor: Person, town_keeper: Person
) -> None:
    """No register and no page of posts ends such a post; one beside the own is ended at the server."""
    county, theirs = browser(keeper), browser(town_keeper)
    assert "办理三员离任" in county.get(f"{LIST}{town_keeper.pk}/").content.decode()
    assert (
        act(county, town_keeper, "dismiss", reason="") == 422 and theirs.get("/account/").status_code == 200
    )
    assert act(county, town_keeper, "dismiss", reason="轮岗") == 302
    assert town_keeper.holdings.get().to_on == NOW.date() - timedelta(days=1)
    assert theirs.get("/account/")["Location"].startswith("/accounts/login/")
    change = Change.objects.get(register="org.post", verb="dismiss")
    assert (change.actor, change.reason) == (keeper, "轮岗")
    assert "办理三员离任" not in county.get(f"{LIST}{town_keeper.pk}/").content.decode()
    assert act(county, town_keeper, "dismiss") == 422
    for person in (auditor, keeper):
        assert act(county, person, "dismiss") == 404
        with pytest.raises(OrgError, match=r"不由您任命|不能给自己"):
            dismiss_administrator(person, actor=keeper, now=NOW, reason="轮岗")
        assert person.holdings.get().to_on is None
