"""Chains, hours, triggers, erasure and what `anwei verify` says of them; `test_tamper.py` throws the dice."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from pytest_django import DjangoCaptureOnCommitCallbacks

from anwei.cases.evidence import path_of
from anwei.cases.models import Case, Entry, Evidence
from anwei.cases.services import advance
from anwei.cases.verify import verify as verify_all
from anwei.ledgers import anchor, append_only, erasure, seal, verification
from anwei.ledgers.keyring import seals
from anwei.ledgers.models import ChainHead, Change, GlobalHead
from anwei.ledgers.scan import read_share
from anwei.ledgers.services import change_setting, county_setting, record_change
from anwei.ledgers.spelling import spelled
from anwei.standards.clocks import COUNTY_TIME
from tests.kernel.county import NOW, County, build, open_repair
from tests.kernel.test_advance import to_review


def test_the_broken_link_is_named(county: County) -> None:
    case = to_review(county)
    append_only.drop(connection)
    entry = Entry.objects.get(case=case, verb="sign")
    Entry.objects.filter(pk=entry.pk).update(note="改过")
    assert seal.verify().first_broken == seal.Broken(f'["cases.entry",{case.pk}]', 3, "内容被改动")
    errors = StringIO()
    with pytest.raises(SystemExit) as exit_:
        call_command("verify", stderr=errors)
    assert exit_.value.code == 1
    assert "第 3 条：内容被改动" in errors.getvalue()


def test_verify_says_how_much_it_read(county: County) -> None:
    to_review(county)
    answer = StringIO()
    call_command("verify", stdout=answer)
    rows = Entry.objects.count() + Change.objects.count()
    assert answer.getvalue() == f"记录未被改动：已核验 {rows} 条。\n"


def test_an_emptied_content_leaves_the_chain_itself_whole(county: County) -> None:
    """What an erasure of personal text will rest on: the links cover digests only."""
    case = to_review(county)
    links = list(Entry.objects.filter(case=case).order_by("number"))
    previous = ""
    for entry in links:
        values = spelled(entry, Entry.sealed_fields)
        chain = f'["cases.entry",{case.pk}]'
        assert entry.digest == seals().link(chain, entry.number, values, entry.content_digest, previous)
        assert entry.digest != seals().link(chain, entry.number, values, entry.content_digest, "x")
        previous = entry.digest


@pytest.mark.django_db
@pytest.mark.db
@pytest.mark.parametrize("verb", ["UPDATE {table} SET id = id", "DELETE FROM {table}"])
@pytest.mark.parametrize("model", [Entry, Change, Evidence, GlobalHead])
def test_the_database_refuses_to_change_what_is_written(county: County, model: type, verb: str) -> None:
    to_review(county)
    seal.seal_head(NOW)
    key = model._meta.pk.column
    statement = verb.format(table=model._meta.db_table).replace("id = id", f"{key} = {key}")
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    append_only.require(connection)


@pytest.mark.django_db
def test_a_missing_trigger_stops_the_start() -> None:
    append_only.require(connection)
    with connection.cursor() as cursor:
        on_table = " ON cases_entry" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER append_only_cases_entry_delete{on_table}")
    with pytest.raises(append_only.Unprotected, match="cases_entry"):
        append_only.require(connection)
    call_command("migrate", verbosity=0)  # post_migrate makes them anew
    append_only.require(connection)


def test_the_hour_is_sealed_once_and_anchors_what_came_before(county: County) -> None:
    case = open_repair(county)
    first = seal.seal_head(NOW)
    assert first is not None
    assert seal.seal_head(NOW + timedelta(minutes=30)) is None
    case = advance(case, "order", actor=county.officer, now=NOW)
    second = seal.seal_head(NOW + timedelta(hours=1))
    assert second is not None and second.n_rows == first.n_rows + 1
    assert seal.verify().first_broken is None
    # an intruder who kept an old copy of a chain's own head is still betrayed by the hour
    append_only.drop(connection)
    old = ChainHead.objects.get(chain=f'["cases.entry",{case.pk}]')
    last = Entry.objects.get(case=case, number=1)
    Entry.objects.filter(case=case, number=2).delete()
    old.number, old.digest, old.seal = 1, last.digest, seals().head(old.chain, 1, last.digest)
    old.save()
    broken = seal.verify().first_broken
    assert broken is not None and "整点封存" in broken.reason


def test_cut_heads_are_betrayed_by_the_file_outside(
    county: County, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        for hour in range(3):
            open_repair(county)
            seal.seal_head(NOW + timedelta(hours=hour))
    assert sorted(anchor.anchored()) == [1, 2, 3]
    assert seal.verify().first_broken is None
    append_only.drop(connection)
    last = GlobalHead.objects.get(number=3)
    last.delete()
    broken = seal.verify().first_broken
    assert broken == seal.Broken("ledgers.globalhead", 3, "数据库之外存底的整点封存在数据库中缺失")
    # sealing the same rows anew at another moment does not help
    seal.seal_head(NOW + timedelta(hours=2, minutes=1))
    broken = seal.verify().first_broken
    assert broken == seal.Broken("ledgers.globalhead", 3, "整点封存与数据库之外的存底不符")


def test_a_line_cut_by_a_crash_is_no_head(county: County) -> None:
    head = seal.seal_head(NOW)
    assert head is not None
    anchor.write(head)
    with anchor._file().open("a") as file:
        file.write("2 2026-11-24T03:00:00+00:00 17")
    assert anchor.anchored() == {1: head.digest}
    assert seal.verify().first_broken is None


def test_a_case_that_moved_without_its_timeline_is_found(county: County) -> None:
    case = to_review(county)
    Case.objects.filter(pk=case.pk).update(phase="acting")
    assert verify_all().first_broken == seal.Broken(case.number, 4, "事项的阶段与办理记录不符")


def test_a_changed_or_lost_file_is_found(county: County) -> None:
    case = to_review(county)
    paper = Evidence.objects.get(case=case)
    path = path_of(paper.stored_as)
    content = path.read_bytes()
    path.write_bytes(content + b"x")
    assert verify_all().first_broken == seal.Broken(case.number, 4, "佐证材料文件被改动")
    assert verify_all(files=False).first_broken is None
    path.unlink()
    assert verify_all().first_broken == seal.Broken(case.number, 4, "佐证材料文件缺失")


def test_a_lost_evidence_row_is_found(county: County) -> None:
    case = to_review(county)
    append_only.drop(connection)
    Evidence.objects.filter(case=case).delete()
    assert verify_all().first_broken == seal.Broken(case.number, 4, "佐证材料与办理记录不符")


def test_a_county_setting_remembers_who_when_why_and_what_it_replaced(county: County) -> None:
    assert county_setting("warning_clocks", {"a": 1}) == {"a": 1}
    with pytest.raises(ValueError, match="理由"):
        change_setting("warning_clocks", {}, default={"a": 1}, actor=county.officer, now=NOW, reason=" ")
    change_setting(
        "warning_clocks", {"a": 2}, default={"a": 1}, actor=county.officer, now=NOW, reason="会议定"
    )
    assert county_setting("warning_clocks", {"a": 1}) == {"a": 2}
    change = Change.objects.get(register="ledgers.setting")
    assert (change.actor, change.reason) == (county.officer, "会议定")
    assert change.content == {"before": {"a": 1}, "after": {"a": 2}}


def test_one_spelling_before_and_after_storage() -> None:
    stored = seal.storable({"b": 1e22, "a": (1.0, 0.1, None, NOW, NOW.date())})
    assert stored == {"b": 10**22, "a": [1, 0.1, None, "2026-11-24T02:00:00Z", "2026-11-24"]}
    assert isinstance(stored["a"][0], int) and isinstance(stored["b"], int)
    assert seal.storable(stored) == stored


def test_a_moment_told_in_another_zone_is_the_same_moment(county: County) -> None:
    record_change(
        "sites.site", 1, actor=None, now=NOW.astimezone(COUNTY_TIME), verb="edit", content={"limit": 1e22}
    )
    seal.seal_head(NOW.astimezone(COUNTY_TIME))
    assert seal.verify().first_broken is None


def test_writers_do_not_disturb_a_verification(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    case = open_repair(county)
    moved = []

    def slow(*arguments: Any) -> Any:
        """Somebody writes after the heads were read and before the rows are."""
        moved.append(advance(case, "order", actor=county.officer, now=NOW))
        return read_share(*arguments)

    monkeypatch.setattr(verification, "read_share", slow)
    assert seal.verify().first_broken is None
    assert moved


def test_a_cut_tail_is_found_before_the_hour_is_sealed(county: County) -> None:
    case = advance(open_repair(county), "order", actor=county.officer, now=NOW)
    case = advance(case, "sign", actor=county.worker, now=NOW)
    append_only.drop(connection)
    Entry.objects.filter(case=case, number__gte=3).delete()
    last = Entry.objects.get(case=case, number=2)
    chain = f'["cases.entry",{case.pk}]'
    ChainHead.objects.filter(chain=chain).update(number=2, digest=last.digest)
    assert seal.verify().first_broken == seal.Broken(chain, 2, "链尾封印被改动")


def test_erased_text_is_gone_and_the_chain_holds(county: County) -> None:
    case = to_review(county)
    entry = Entry.objects.get(case=case, verb="finish")
    digests = [paper["sha256"] for paper in entry.content["evidence"]]
    kept = {"evidence": digests, "state": entry.content["state"]}
    erasure.erase(entry, actor=county.officer, now=NOW, reason="当事人申请", kept=kept)
    entry.refresh_from_db()
    assert (entry.note, entry.content) == ("", {"erased": True})
    assert verify_all().broken == ()
    change = Change.objects.get(register="cases.entry", row=str(entry.pk))
    assert (change.verb, change.reason, change.actor) == ("erase", "当事人申请", county.officer)


def test_text_emptied_without_a_sealed_act_is_found(county: County) -> None:
    case = to_review(county)
    entry = Entry.objects.get(case=case, verb="sign")
    Entry.objects.filter(pk=entry.pk).update(note="", content={"erased": True})  # the one change let through
    chain = f'["cases.entry",{case.pk}]'
    assert seal.verify().broken == (seal.Broken(chain, 3, "内容被改动"),)
    append_only.drop(connection)  # and a record of it, made without the key
    Change.objects.create(
        register="cases.entry", row=str(entry.pk), number=1, at=NOW, verb="erase", digest="0" * 64,
        content={"content_digest": entry.content_digest, "kept": {}}, content_digest="0" * 64,
    )  # fmt: skip
    assert {broken.chain for broken in seal.verify().broken} == {
        chain,
        f'["ledgers.change","cases.entry","{entry.pk}"]',
    }


def test_an_erasure_needs_a_reason_and_is_never_erased_itself(county: County) -> None:
    entry = Entry.objects.filter(case=to_review(county)).first()
    with pytest.raises(ValueError, match="理由"):
        erasure.erase(entry, actor=county.officer, now=NOW, reason=" ")
    record = erasure.erase(entry, actor=county.officer, now=NOW, reason="申请")
    with pytest.raises(ValueError, match="本身"):
        erasure.erase(record, actor=county.officer, now=NOW, reason="申请")


@pytest.mark.db
@pytest.mark.parametrize(
    "change",
    [
        {"note": "x"},
        {"verb": "x", "note": "", "content": {"erased": True}},
        {"content": {"erased": True}, "note": "x"},
    ],
)
def test_the_database_lets_nothing_through_but_an_erasure(county: County, change: dict[str, Any]) -> None:
    to_review(county)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Entry.objects.update(**change)


def test_every_broken_place_is_named_in_json(county: County) -> None:
    first, second = to_review(county), open_repair(county)
    append_only.drop(connection)
    Entry.objects.filter(case=first, number=2).update(note="改过")
    Entry.objects.filter(case=second).update(verb="x")
    answer = StringIO()
    with pytest.raises(SystemExit):
        call_command("verify", "--json", stdout=answer)
    found = json.loads(answer.getvalue())
    assert not found["holds"] and found["files"] == 1
    broken = [(f'["cases.entry",{first.pk}]', 2), (f'["cases.entry",{second.pk}]', 1)]
    assert [(place["chain"], place["number"]) for place in found["broken"]] == sorted(broken)


@pytest.mark.django_db(transaction=True)
def test_several_processes_find_what_one_finds() -> None:
    county = build()
    cases = [to_review(county) for _ in range(3)]
    append_only.drop(connection)
    Entry.objects.filter(case=cases[1], number=2).update(note="改过")
    assert seal.verify(processes=3) == seal.verify()
    assert [broken.number for broken in seal.verify(processes=2).broken] == [2]
