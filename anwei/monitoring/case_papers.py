"""The papers on a warning: what the plant must do, and that somebody is being pressed."""

from __future__ import annotations

from collections.abc import Sequence

from anwei.cases.lifecycle import Phase
from anwei.cases.official_papers import KindPapers, contribute_papers
from anwei.monitoring.models import Warning


def _templates(warning: Warning) -> Sequence[str]:
    return () if warning.phase == Phase.CLOSED else ("warning_order", "supervision_notice")


contribute_papers("warning", KindPapers(_templates))
