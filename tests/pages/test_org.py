"""Pages of responsibility: who answers on a day, units, posts, people, letters; DOCX from the data."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.html import strip_tags
from docx import Document

from anwei.ledgers.models import Change
from anwei.org.letters import letters
from anwei.org.models import Person, Post, Signing, Unit
from anwei.org.services import create_post, designate, reset_password
from anwei.sites.models import Site
from tests.kernel.county import COUNTY, NOW, County, in_post

SignIn = Callable[[Person], Client]
TODAY = NOW.date()


@pytest.fixture
def governed(county: County) -> County:
    government = Unit.objects.create(kind="government", name="测试县人民政府", territory=COUNTY)
    in_post("mayor", create_post(government, "principal", "县长", actor=None, now=NOW))
    Site.objects.create(enterprise=county.enterprise, code="t-1", name="一号罐区")
    return county


def words_of(content: bytes) -> str:
    """What a Word file says, its foot too."""
    document = Document(BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    foot = document.sections[0].footer.paragraphs
    return "\n".join([*(paragraph.text for paragraph in [*document.paragraphs, *foot]), *cells])


def test_the_answer_of_a_day_names_holder_rule_and_article(governed: County, sign_in: SignIn) -> None:
    client = sign_in(governed.officer)
    address = f"/org/responsibility/?enterprise={governed.enterprise.pk}"
    text = strip_tags(client.get(address).content.decode())
    for words in (
        "boss",
        "安全生产法 第5条、第21条",
        "属地责任",
        "部门责任",
        "企业责任",
        "监督（预警）",
        "mayor",
        "党政同责",
        "凭记忆，待核",
    ):
        assert words in text, words
    before = client.get(f"{address}&on={TODAY - timedelta(days=31)}").content.decode()
    assert "当天的答案" in before and "空缺" in before and "boss" not in before
    assert client.get(f"{address}&site=t-1&on=nonsense").status_code == 200
    found = client.get("/org/responsibility/?search=甲化工厂")
    assert "三张网" in found.content.decode()  # one hit is the answer
    assert sign_in(governed.stranger).get(address).status_code == 404


def test_phones_are_masked_until_somebody_in_scope_asks_and_it_is_written_down(
    governed: County, sign_in: SignIn
) -> None:
    Person.objects.filter(pk=governed.boss.pk).update(phone="13812345678")
    client, address = sign_in(governed.officer), f"/org/people/{governed.boss.pk}/"
    text = client.get(address).content.decode()
    assert "138****5678" in text and "13812345678" not in text
    assert "13812345678" in client.post(f"{address}phone/", follow=True).content.decode()
    assert Change.objects.filter(register="org.person", verb="show_phone").get().actor == governed.officer
    assert sign_in(governed.stranger).post(f"{address}phone/").status_code == 404


@pytest.mark.parametrize("who", ["officer", "worker", "townsman", "regulator", "stranger", "boss"])
def test_everybody_may_look_at_the_bodies_above(who: str, governed: County, sign_in: SignIn) -> None:
    client = sign_in(getattr(governed, who))
    for address in (
        "/org/units/",
        "/org/sectors/",
        "/org/gaps/",
        "/org/letters/",
        "/org/responsibility/",
        "/org/responsibility/matrix/",
    ):
        assert client.get(address).status_code == 200, address
    assert "测试县人民政府" in client.get("/org/units/").content.decode()
    own = governed.other_enterprise if who in ("regulator", "stranger") else governed.enterprise
    assert client.get(f"/org/units/{own.unit_id}/").status_code == 200


def test_a_stranger_s_posts_are_not_found(governed: County, sign_in: SignIn) -> None:
    client = sign_in(governed.stranger)
    for address in (
        f"/org/units/{governed.enterprise.unit_id}/",
        f"/org/posts/{governed.safety.pk}/",
        f"/org/people/{governed.boss.pk}/",
    ):
        assert client.get(address).status_code == 404, address


def test_a_plant_reads_of_officials_what_is_about_itself(governed: County, sign_in: SignIn) -> None:
    """Neither for which other plants they answer, nor who gave them a new password and why."""
    post, plants = governed.townsman.holdings.get().post, (governed.enterprise, governed.other_enterprise)
    for plant in plants:
        terms = {
            "title": f"包保{plant.unit.name}",
            "document": "1号",
            "from_on": TODAY,
            "actor": None,
            "now": NOW,
        }
        designate(plant.unit, "territory", post, **terms)
    for person in (governed.townsman, governed.boss):
        reset_password(person, actor=None, now=NOW, reason="忘记密码")

    def told(viewer: Person) -> tuple[bool, ...]:
        client = sign_in(viewer)
        page = client.get(f"/org/posts/{post.pk}/").content.decode()
        people = [
            client.get(f"/org/people/{person.pk}/").content.decode()
            for person in (governed.townsman, governed.boss)
        ]
        return (*(plant.unit.name in page for plant in plants), *("忘记密码" in page for page in people))

    assert told(governed.officer) == (True, True, True, True)
    assert told(governed.worker) == (True, False, False, True)


def test_the_duty_list_is_the_post_s_own(governed: County, sign_in: SignIn) -> None:
    client, head = sign_in(governed.officer), Post.objects.get(title="县长")
    client.post(f"/org/posts/{head.pk}/tasks/new/", {"text": "召开安委会全体会议", "due_on": "2026-12-20"})
    page = client.get(f"/org/posts/{head.pk}/").content.decode()
    assert "召开安委会全体会议" in page and "登记完成" in page
    words = words_of(client.get(f"/org/posts/{head.pk}/duties.docx").content)
    for text in (
        "打印稿，不是公文 · officer 2026-11-24",
        "安全生产责任清单",
        "mayor",
        "领导本地区安委会工作",
        "第7条（凭记忆，待核）",
        "召开安委会全体会议",
        "2026年12月20日",
        "未完成",
    ):
        assert text in words, text
    task = head.tasks.get()
    client.post(f"/org/tasks/{task.pk}/done/", {"done_on": TODAY, "reference": "纪要第3期"})
    assert "纪要第3期" in client.get(f"/org/posts/{head.pk}/").content.decode()  # and in the record of duty
    assert (
        "召开安委会全体会议（纪要第3期）"
        in client.get(f"/org/people/{governed.officer.pk}/").content.decode()
    )


def test_duties_by_law_are_loaded_once(governed: County, sign_in: SignIn) -> None:
    client, address = sign_in(governed.boss), f"/org/posts/{governed.safety.pk}/"
    assert "载入法定职责" in client.get(address).content.decode()
    assert client.post(f"{address}duties/load/").status_code == 302
    client.post(f"{address}duties/load/")
    assert governed.safety.duties.count() == 7
    assert "安全生产法 第25条" in strip_tags(client.get(address).content.decode())


def test_letters_name_both_sides_and_are_proved_by_a_scan(governed: County, sign_in: SignIn) -> None:
    client, town = sign_in(governed.officer), Unit.objects.get(name="甲镇人民政府")
    pairs = {(letter.upper.name, letter.lower.name) for letter in letters(2026)}
    assert ("测试县人民政府", "甲镇人民政府") in pairs and ("甲镇人民政府", "甲化工厂") in pairs
    words = words_of(client.get(f"/org/letters/2026/{town.pk}.docx").content)
    for text in ("2026年度安全生产责任书", "测试县人民政府", "甲镇人民政府", "负责人：mayor", "负责人：空缺"):
        assert text in words, text
    sign = f"/org/letters/2026/{town.pk}/sign/"
    assert "扫描件" in client.post(sign, {"signed_on": TODAY}).content.decode()
    fake = SimpleUploadedFile("a.pdf", b"<html>")
    assert "PDF" in client.post(sign, {"signed_on": TODAY, "scan": fake}).content.decode()
    scan = SimpleUploadedFile("责任书.pdf", b"%PDF-1.4\n1 0 obj\n%%EOF")
    assert client.post(sign, {"signed_on": TODAY, "scan": scan}).status_code == 302
    signing = Signing.objects.get()
    assert b"".join(client.get(f"/org/letters/{signing.pk}/scan/").streaming_content).startswith(b"%PDF")
    assert sign_in(governed.stranger).get(f"/org/letters/{signing.pk}/scan/").status_code == 404
    page = client.get("/org/letters/?year=2026")
    assert page.context["n_signed"] == 1 and page.context["n_unsigned"] == len(pairs) - 1
    assert "已登记签订" in client.post(sign, {"signed_on": TODAY, "reference": "1号"}).content.decode()


def test_a_county_sets_who_signs_with_whom_and_what_was_signed_stays(
    governed: County, sign_in: SignIn
) -> None:
    client, town = sign_in(governed.officer), Unit.objects.get(name="甲镇人民政府")
    client.post(f"/org/letters/2026/{town.pk}/sign/", {"signed_on": TODAY, "reference": "1号"})
    assert "系统默认，无条款" in client.get("/org/letters/?year=2026").content.decode()
    committee = Unit.objects.create(kind="committee", name="测试县安委会", territory="999001")
    post = Post.objects.create(unit=committee, kind="system_admin", title="系统管理员")
    page = "/system/figures/letters/"
    administrator = sign_in(in_post("admin", post))
    assert "无条款，可改" in administrator.get(page).content.decode()
    assert administrator.post(f"{page}township/", {"side": "nobody", "reason": "试"}).status_code == 422
    for kind, side in (("township", "committee"), ("enterprise", "none")):
        answer = administrator.post(f"{page}{kind}/", {"side": side, "reason": "县委〔2026〕2号"})
        assert answer.status_code == 302
    pairs = {(letter.upper.name, letter.lower.name): letter.signing for letter in letters(2026)}
    assert pairs[("测试县安委会", "甲镇人民政府")] is None
    assert pairs[("测试县人民政府", "甲镇人民政府")] is not None
    assert not any(lower == "甲化工厂" for _upper, lower in pairs)
    assert "县级设置" in client.get("/org/letters/?year=2026").content.decode()
    assert "测试县安委会" in words_of(client.get(f"/org/letters/2026/{town.pk}.docx").content)


def test_the_matrix_marks_its_holes(governed: County, sign_in: SignIn) -> None:
    page = sign_in(governed.officer).get("/org/responsibility/matrix/")
    assert (page.context["n_sites"], page.context["n_holes"]) == (1, 1)
    assert page.content.decode().count('class="hole"') == 2  # no head of the township, none of the department
    assert sign_in(governed.stranger).get("/org/responsibility/matrix/").context["n_sites"] == 0
