"""`anwei verify-dossier FILE.zip [--key FILE]`: needs no installation of ours, no database and no network."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from anwei.cases.dossier.check import Checked, NoDossier, check
from anwei.language import gettext as _


def main(words: Sequence[str]) -> int:
    """Check one dossier; return 0 when it holds, 1 when not, 2 when it is none."""
    parser = ArgumentParser("anwei verify-dossier", description=_("核验一案一档，不需要数据库。"))
    parser.add_argument("file", type=Path, help=_("一案一档的 ZIP 文件"))
    parser.add_argument(
        "--key", type=Path, help=_("封印密钥文件（县里数据目录的 keys/chain），用于重算每条封印")
    )
    parser.add_argument("--json", action="store_true", help=_("以 JSON 输出"))
    options = parser.parse_args(words)
    try:
        key = None if options.key is None else bytes.fromhex(options.key.read_text().strip())
        found = check(options.file, key)
    except (NoDossier, OSError, ValueError) as fault:
        sys.stderr.write(f"{fault}\n")
        return 2
    answer = asdict(found) | {"holds": not found.faults}
    sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n" if options.json else _text(found))
    return 1 if found.faults else 0


def _text(found: Checked) -> str:
    lines = [*found.faults] or [_("一案一档完整，文件与记录相互一致。")]
    lines.append(
        _(
            "文件 {files} 个，记录 {rows} 条"
            "（其中抹除内容 {erased} 条、因含拍摄地点或者举报人未给出内容 {withheld} 条），"
            "原件 {originals} 件，副本 {copies} 件。"
        ).format(**asdict(found))
    )
    lines.append(_("records.json 的 SM3：{sm3}").format(sm3=found.records_sm3))
    lines.append(
        _("已用密钥重算每条封印。")
        if found.sealed
        else _("没有密钥，未重算封印：请核对加盖公章的封面上的摘要，或请持有密钥的县级单位核验。")
    )
    return "\n".join(lines) + "\n"
