"""The wrong hand, the second click, the slower hand: what a page of a warning answers."""

from __future__ import annotations

from django.core.files.uploadedfile import SimpleUploadedFile

from anwei.cases.models import Entry
from anwei.monitoring.models import Warning
from anwei.org.models import Post
from tests.kernel.county import County, in_post
from tests.pages.cases import SignIn, act, disposal, keys_of


def test_the_wrong_hands_get_403_with_a_sentence(county: County, warning: Warning, sign_in: SignIn) -> None:
    answer = sign_in(county.townsman).post(f"/cases/{warning.pk}/sign/", {"version": 1, "key": "a"})
    assert answer.status_code == 403
    assert "此事项应由" in answer.content.decode()
    assert Entry.objects.filter(case=warning).count() == 1


def test_the_files_of_the_wrong_hands_and_of_a_late_hand_are_not_even_examined(
    county: County, warning: Warning, sign_in: SignIn
) -> None:
    """A file that nobody would accept, which examining would say."""
    worker, officer = sign_in(county.worker), sign_in(county.officer)
    act(worker, warning, "sign")
    no_photo = SimpleUploadedFile("现场.jpg", b"no picture", content_type="image/jpeg")
    fields = keys_of(worker, warning, "dispose") | disposal() | {"evidence": no_photo}
    assert worker.post(f"/cases/{warning.pk}/dispose/", fields).status_code == 422
    no_photo.seek(0)
    wrong = officer.post(f"/cases/{warning.pk}/dispose/", fields)
    assert wrong.status_code == 403 and "此事项应由“" in wrong.content.decode()
    act(worker, warning, "dispose", **disposal())
    no_photo.seek(0)
    assert worker.post(f"/cases/{warning.pk}/dispose/", fields).status_code == 409


def test_a_double_click_counts_once(county: County, warning: Warning, sign_in: SignIn) -> None:
    worker = sign_in(county.worker)
    form = keys_of(worker, warning, "sign")
    for _click in range(2):
        answer = worker.post(f"/cases/{warning.pk}/sign/", form)
        assert answer.status_code == 302
    assert Entry.objects.filter(case=warning, verb="sign").count() == 1


def test_a_faster_hand_gives_409_with_both_versions(
    county: County, warning: Warning, sign_in: SignIn
) -> None:
    second = in_post("second", Post.objects.get(pk=county.safety.pk))
    slow, fast = sign_in(county.worker), sign_in(second)
    act(fast, warning, "sign")
    late = keys_of(slow, warning, "dispose")
    act(fast, warning, "dispose", **disposal())
    act(sign_in(county.officer), warning, "return_back", reason="原因不清")
    answer = slow.post(f"/cases/{warning.pk}/dispose/", late | disposal() | {"cause": "我写的原因"})
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "我写的原因" in text and "退回重新处置" in text and "second" in text
    assert "看过之后仍要办理" in text
    assert Entry.objects.filter(case=warning, verb="dispose").count() == 1


def test_a_verb_too_late_is_a_conflict_and_an_unknown_one_is_not_found(
    county: County, warning: Warning, sign_in: SignIn
) -> None:
    worker = sign_in(county.worker)
    late = keys_of(worker, warning, "sign")
    act(worker, warning, "sign")
    answer = worker.post(f"/cases/{warning.pk}/sign/", late | {"key": "another"})
    assert answer.status_code == 409
    assert worker.post(f"/cases/{warning.pk}/no-such-verb/", late).status_code == 404
    assert worker.get(f"/cases/{warning.pk}/sign/").status_code == 405


def test_a_forged_form_without_version_and_key_does_nothing(
    county: County, warning: Warning, sign_in: SignIn
) -> None:
    answer = sign_in(county.worker).post(f"/cases/{warning.pk}/sign/", {})
    assert answer.status_code == 422
    assert Entry.objects.filter(case=warning).count() == 1
