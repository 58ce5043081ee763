"""The child: `examine` answers JSON, `copy` answers a photo encoded anew. Run by `anwei.ledgers.confined`."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))  # isolated mode knows installed packages only

from anwei.cases.examination.findings import Finding, Refused

IMAGES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF")


def examine(content: bytes) -> Finding:
    """Return what `content` is by how it begins, whatever it is called; raises Refused.

    Only the reader that is needed is imported: a child lives for one file.
    """
    if content.startswith(b"%PDF-"):
        from anwei.cases.examination import pdf

        return pdf.examine(content)
    if content.startswith(b"PK"):
        from django.conf import settings

        settings.configure(USE_I18N=False)  # sentences stay as the source has them
        from anwei.cases.examination import office

        return office.examine(content)
    if content.startswith(IMAGES) and content[8:12] != b"WAVE":
        from anwei.cases.examination import images

        return images.examine(content)
    from anwei.cases.examination import audio

    return audio.examine(content)


def main() -> None:
    """Read the file from stdin, answer on stdout."""
    content = sys.stdin.buffer.read()
    if sys.argv[1:] == ["copy"]:
        from anwei.cases.examination import images

        sys.stdout.buffer.write(images.copy(content))
        return
    try:
        answer = asdict(examine(content))
    except Refused as refused:
        answer = {"refused": refused.reason, "sentence": refused.sentence}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
