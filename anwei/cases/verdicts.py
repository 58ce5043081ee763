"""What a comparison of two counts says, in the words of every page and paper."""

from __future__ import annotations

from django.utils.translation import gettext as _

from anwei.methods.counts import Verdict


def verdict_words(verdict: Verdict) -> str:
    """Return what a comparison says, in words."""
    return {
        Verdict.SAME: _("变化不显著"),
        Verdict.TOO_FEW: _("样本不足"),
        Verdict.MORE: _("明显增加"),
        Verdict.FEWER: _("明显减少"),
    }[verdict]
