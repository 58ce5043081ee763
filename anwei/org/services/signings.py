"""The yearly responsibility letters: who signs with whom, and what proves that it was signed."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from anwei.ledgers.papers import files
from anwei.ledgers.papers.errors import PaperError
from anwei.ledgers.services import record_change
from anwei.org.models import Person, Signing, Unit
from anwei.org.services.errors import OrgError


def record_signing(
    *,
    year: int,
    upper: Unit,
    lower: Unit,
    signed_on: date,
    actor: Person | None,
    now: datetime,
    reference: str = "",
    scan: tuple[str, bytes] | None = None,
) -> Signing:
    """Write down that two units signed their letter of a year; `scan` is (file name, PDF or JPG bytes).

    Raises OrgError without a proof, for a file that is no scan, a day outside the year's reach (December of
    the year before to its end), or a letter that is recorded already.
    """
    if not reference.strip() and scan is None:
        raise OrgError(_("请上传签字盖章的扫描件，或者填写纸质责任书的编号。"))
    if not date(year - 1, 12, 1) <= signed_on <= date(year, 12, 31):
        raise OrgError(_("签订日期不在 %(year)s 年度之内。") % {"year": year})
    try:
        kept = files.kept(scan[1], files.scan_type(scan[1])) if scan else nullcontext()
    except PaperError as error:
        raise OrgError(str(error)) from error
    with kept as stored, transaction.atomic():
        list(Unit.objects.select_for_update().filter(pk=lower.pk))  # two hands record one letter
        if Signing.objects.filter(year=year, upper=upper, lower=lower).exists():
            raise OrgError(_("%(year)s 年度的责任书已登记签订。") % {"year": year})
        signing = Signing.objects.create(
            year=year,
            upper=upper,
            lower=lower,
            signed_on=signed_on,
            reference=reference.strip(),
            scan=stored.stored_as if stored else "",
            scan_name=files.safe_name(scan[0])[:120] if scan else "",
        )
        content = {
            "year": year,
            "upper": upper.pk,
            "lower": lower.pk,
            "signed": signed_on,
            "reference": signing.reference,
            "sha256": stored.sha256 if stored else "",
        }
        record_change("org.signing", signing.pk, actor=actor, now=now, verb="sign", content=content)
    return signing
