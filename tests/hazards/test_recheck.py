"""建议抽查 by the doors people use: who sees it, what is drawn, what becomes of what does not hold."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django_tasks_db.models import DBTaskResult
from python_calamine import CalamineWorkbook

from anwei.cases.errors import CaseError
from anwei.hazards.models import Hazard, PhotoHash, Recheck, RecheckDraw, RecheckItem
from anwei.hazards.signals import hashing, sampling, suggestions
from anwei.hazards.signals.sampling import borne_out, drawn
from anwei.hazards.signals.suggestions import newest
from anwei.hazards.tasks import compute_signals
from anwei.hazards.views import recheck
from anwei.org.models import Person, Post, Unit
from anwei.sites.models import Enterprise
from anwei.standards.formalism.pictures import hashes
from tests.hazards.conftest import Safe
from tests.hazards.doors import FIXED, ORDERED, VERIFIED, act, file, picture, signed_in
from tests.kernel.county import NOW, TOWN, county_clerk, in_post, make_enterprise

LATER = NOW + timedelta(minutes=5)  # the clock of the tests goes on


def closed(safe: Safe, key: str = "form-1", **told: object) -> Hazard:
    """Return a hazard that was put right, verified within minutes and closed off; its photos are one file."""
    hazard = file(safe.inspector, safe.county.enterprise.pk, key=key, **told)
    act(safe.verifier, hazard, "order", **ORDERED)
    act(safe.county.worker, hazard, "accept")
    act(safe.county.worker, hazard, "fix", **FIXED, evidence=picture())
    act(safe.verifier, hazard, "verify", **VERIFIED, evidence=picture(colour="red"))
    act(safe.verifier, hazard, "close")
    assert hazard.outcome == "rectified"
    return hazard


@pytest.fixture
def clerk(safe: Safe) -> Person:
    return county_clerk()


@pytest.fixture
def drawn_one(safe: Safe, clerk: Person) -> RecheckItem:
    """One closure of which before and after are one file, drawn."""
    closed(safe)
    suggestions.compute(LATER)
    answer = signed_in(clerk).post(
        "/hazards/recheck/draw/", {"public_number": "2026147", "n": 1, "n_random": 0}
    )
    assert answer.status_code == 302
    return RecheckItem.objects.get()


def test_only_the_committee_office_comes_in(safe: Safe, clerk: Person, drawn_one: RecheckItem) -> None:
    doors = [
        ("get", "/hazards/recheck/"),
        ("post", "/hazards/recheck/compute/"),
        ("post", "/hazards/recheck/draw/"),
        ("get", f"/hazards/recheck/draws/{drawn_one.draw_id}/"),
        ("get", f"/hazards/recheck/draws/{drawn_one.draw_id}/?form=xlsx"),
        ("get", f"/hazards/recheck/items/{drawn_one.pk}/"),
        ("post", f"/hazards/recheck/items/{drawn_one.pk}/"),
    ]
    office = Unit.objects.get(kind="committee_office")
    townsmen = Unit.objects.create(kind="committee_office", name="甲镇安委办", territory=TOWN)
    county = safe.county
    strangers = [
        *(county.boss, county.officer, county.worker, county.townsman, county.regulator, county.stranger),
        *(safe.inspector, safe.verifier),
        in_post("auditor", Post.objects.create(unit=office, kind="audit_admin", title="审计员")),
        in_post("townclerk", Post.objects.create(unit=townsmen, kind="officer", title="干事")),
        in_post("nobody"),
    ]
    for person in strangers:
        client = signed_in(person)
        for method, address in doors:
            assert getattr(client, method)(address).status_code in (403, 404), (person, address)
        assert "/hazards/recheck/" not in client.get("/work/").content.decode()
    for method, address in doors:
        assert getattr(Client(), method)(address).status_code in (302, 401)
    page = signed_in(clerk).get("/hazards/recheck/")
    assert page.status_code == 200 and 'href="/hazards/recheck/"' in page.content.decode()


def test_a_suggestion_has_its_reason_and_no_name(safe: Safe, clerk: Person, drawn_one: RecheckItem) -> None:
    page = signed_in(clerk).get("/hazards/recheck/").content.decode()
    assert drawn_one.hazard.number in page and "整改前、整改后的照片是同一画面" in page
    assert "不是认定" in page and "样本不足" in page
    assert str(safe.verifier) not in page.partition('id="hazards"')[2].partition("</main>")[0]


@pytest.mark.db
def test_the_draw_can_be_drawn_again_and_leaves_as_a_sheet(clerk: Person, drawn_one: RecheckItem) -> None:
    client, made = signed_in(clerk), drawn_one.draw
    assert drawn(made) == [f"hazard:{drawn_one.hazard_id}"] and made.population == drawn(made)
    address = f"/hazards/recheck/draws/{made.pk}/"
    assert "按种子重算，与名单一致" in client.get(address).content.decode()
    book = CalamineWorkbook.from_filelike(BytesIO(client.get(f"{address}?form=xlsx").content))
    row = book.get_sheet_by_index(0).to_python()[1]
    assert drawn_one.hazard.number in row[1] and "同一画面" in row[3]
    assert re.fullmatch(r"2026147-[0-9a-f]{16}", made.seed)  # nobody can try seeds: half is the server's
    with pytest.raises(CaseError):  # one seed, one draw
        sampling.draw(newest(), actor=clerk, now=LATER, seed=made.seed, n=1, n_random=0)  # type: ignore[arg-type]
    chosen = client.post("/hazards/recheck/draw/", {"seed": "chosen", "n": 1, "n_random": 0})
    assert chosen.status_code == 302 and not RecheckDraw.objects.filter(seed="chosen").exists()
    many = client.post("/hazards/recheck/draw/", {"n": 5, "n_random": 0})
    assert many.status_code == 422 and "1 至 1" in many.content.decode()
    with pytest.raises(DatabaseError), transaction.atomic():
        RecheckDraw.objects.update(seed="chosen")


@pytest.mark.db
def test_what_does_not_hold_is_filed_anew_and_tells_how_good_the_signals_are(
    safe: Safe, clerk: Person, drawn_one: RecheckItem
) -> None:
    client, address = signed_in(clerk), f"/hazards/recheck/items/{drawn_one.pk}/"
    told = {"outcome": "fails", "note": "围堰裂缝仍在", "key": "look-1", "evidence": picture()}
    told |= {"evidence_taken_at": "2026-11-24T09:30", "evidence_place": "一号罐区"}
    assert client.post(address, told | {"note": ""}).status_code == 422
    assert client.post(address, told | {"evidence": picture()}).status_code == 302
    look = Recheck.objects.get()
    assert look.hazard.repeat_of == drawn_one.hazard and look.hazard.found_by == clerk
    assert look.hazard.phase == "registered" and look.hazard.evidence.count() == 1
    assert [(one.family, one.n, one.n_fails) for one in borne_out()] == [("photos", 1, 1), ("haste", 1, 1)]
    page = client.get("/hazards/recheck/").content.decode()
    assert "看过 1 件，不符 1 件" in page
    with pytest.raises(DatabaseError), transaction.atomic():
        Recheck.objects.update(outcome="holds")


def test_what_holds_keeps_its_photo_and_the_last_look_counts(clerk: Person, drawn_one: RecheckItem) -> None:
    client, address = signed_in(clerk), f"/hazards/recheck/items/{drawn_one.pk}/"
    told = {"outcome": "holds", "note": "裂缝已修补，照片是同一角度", "evidence": picture()}
    told |= {"evidence_taken_at": "2026-11-24T09:30", "evidence_place": "一号罐区"}
    assert client.post(address, told | {"evidence": [picture(), picture()]}).status_code == 422
    assert client.post(address, told).status_code == 302
    look = Recheck.objects.get()
    assert look.hazard is None and look.document.enterprise == drawn_one.hazard.enterprise
    assert [(one.family, one.n, one.n_fails) for one in borne_out()] == [("photos", 1, 0), ("haste", 1, 0)]
    assert client.post(address, {"outcome": "fails", "note": "仍渗漏", "key": "k"}).status_code == 302
    assert [(one.family, one.n, one.n_fails) for one in borne_out()] == [("photos", 1, 1), ("haste", 1, 1)]
    assert Recheck.objects.count() == 2


def test_an_enterprise_that_finds_nothing_itself_is_compared_with_its_peers(safe: Safe) -> None:
    for n in range(7):
        one = make_enterprise(f"第{n}化工厂", TOWN, "chemical", f"9300000000000{n:04d}X")
        in_post(f"safety{n}", Post.objects.create(unit=one.unit, kind="safety", title="安全员"))
        for month in range(6 if n else 0):
            Hazard.objects.create(
                kind="hazard",
                number=f"YH{n}{month}",
                title="自查",
                territory=TOWN,
                sector="chemical",
                enterprise=one,
                responsible=safe.county.principal,
                supervisor=safe.supervising,
                implementer=safe.county.safety,
                phase="registered",
                opened_at=NOW,
                origin="self_check",
                found_at=NOW - timedelta(days=20 * month + 1),
                description="自查发现",
            )
    found = suggestions.report(NOW)
    pk = Enterprise.objects.get(unit__name="第0化工厂").pk
    [silent] = [one for one in found["enterprises"] if one["key"] == pk]
    told = silent["signals"][0]["told"]
    assert (told["count"], told["exposure"], told["peers_count"]) == (0, 6, 36)


def test_photos_are_hashed_in_the_background_by_a_child(safe: Safe) -> None:
    hazard = file(safe.inspector, safe.county.enterprise.pk)
    assert hashing.waiting().count() == 1 and PhotoHash.objects.count() == 0
    assert hashing.hash_photos(NOW) == 1 and not hashing.waiting().exists()
    kept = PhotoHash.objects.get(evidence__case=hazard.pk)
    assert (kept.difference, hashes(picture().read())) == ("", None)  # one colour shows nothing to compare


def test_who_asks_for_it_has_all_photos_hashed_before(safe: Safe, clerk: Person) -> None:
    file(safe.inspector, safe.county.enterprise.pk)
    assert signed_in(clerk).post("/hazards/recheck/compute/").status_code == 302
    assert DBTaskResult.objects.get().task_path == "anwei.hazards.tasks.compute_signals"
    compute_signals.call()
    assert not hashing.waiting().exists() and suggestions.newest() is not None


def test_every_list_of_suggestions_and_draws_has_pages(
    safe: Safe, clerk: Person, drawn_one: RecheckItem, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recheck, "SHOWN_DRAWS", 1)
    client = signed_in(clerk)
    again = {"public_number": "7", "n": 0, "n_random": 1}
    client.post("/hazards/recheck/draw/", again)
    client.post("/hazards/recheck/draw/", {**again, "n": 1, "n_random": 0})
    draws = [one.pk for one in RecheckDraw.objects.all()]
    assert len(draws) > 1
    seen = []
    for number in range(1, len(draws) + 1):
        page = client.get("/hazards/recheck/", {"draws": number}).content.decode()
        seen += [int(pk) for pk in re.findall(r"/hazards/recheck/draws/(\d+)/", page)]
    assert seen == draws  # each once, none out of reach
    first = client.get("/hazards/recheck/").content.decode()
    assert "draws=2" in first
