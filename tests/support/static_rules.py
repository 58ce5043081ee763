"""Rules of our own that no linter has: `python -m tests.support.static_rules` prints each breach.

No query built from what a request names, no unescaped text, no SQL put together from strings, no door without
its CSRF key. An exception stands below with its reason, or it does not exist.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "anwei"
ALLOWED: dict[tuple[str, str], str] = {
    ("ledgers/append_only.py", "sql"): "names of our own tables and triggers; DDL takes no parameters",
    (
        "ledgers/search/dialects.py",
        "sql",
    ): "its own index, which no model describes; the words go as parameters",
    ("org/accounts/separation.py", "sql"): "names of our own tables and triggers; DDL takes no parameters",
    ("portal/cockpit/differences.py", "safe"): "our own words, from the table above it",
    ("ledgers/raw.py", "sql"): "names of our own columns, quoted by the backend",
    ("ledgers/saving.py", "sql"): "one UPDATE for many rows; names of our own columns, quoted by the backend",
    ("ledgers/spelled.py", "sql"): "what the ORM itself wrote; the values go as parameters",
    ("ledgers/seal.py", "sql"): "LOCK TABLE takes no parameters; quoted by the backend",
    ("org/policy.py", "csrf"): "a bearer's token is no cookie: no foreign page can send it",
    ("portal/backup/figures.py", "sql"): "names of the tables of the file itself",
    ("portal/health.py", "sql"): "PRAGMA takes no parameters; whole numbers of our own",
    ("portal/postgres.py", "sql"): "psycopg.sql composes and quotes the names",
}
QUERIES = {
    "filter",
    "exclude",
    "get",
    "get_or_create",
    "update_or_create",
    "create",
    "update",
    "Q",
    "order_by",
}
FROM_A_REQUEST = re.compile(r"\brequest\b|\bPOST\b|\bGET\b")
UNESCAPED = re.compile(r"\|\s*safe\b|\|\s*safeseq\b|\{%\s*autoescape\s+off")
UNSAFE_NAMES = {"mark_safe", "SafeString", "SafeText"}
SQL_CALLS = {"execute", "executemany", "executescript", "raw", "RawSQL", "extra"}


def breaches(package: Path = PACKAGE) -> Iterator[str]:
    """Yield every breach as `file:line: rule`."""
    for path in sorted(package.rglob("*.py")):
        name = str(path.relative_to(package))
        if "/migrations/" in name or "/stream/store/" in name:  # DuckDB inside: no person's words come there
            continue
        for line, rule, sentence in _of_module(ast.parse(path.read_text("utf-8"))):
            if (name, rule) not in ALLOWED:
                yield f"{name}:{line}: {sentence}"
    for path in sorted(package.rglob("templates/**/*.html")):
        for number, text in enumerate(path.read_text("utf-8").splitlines(), 1):
            if UNESCAPED.search(text):
                yield f"{path.relative_to(package)}:{number}: unescaped text in a template"


def _of_module(tree: ast.Module) -> Iterator[tuple[int, str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name | ast.Attribute) and _name(node) == "csrf_exempt":
            yield node.lineno, "csrf", "a door without its CSRF key"
        elif isinstance(node, ast.Call):
            yield from _of_call(node)


def _of_call(node: ast.Call) -> Iterator[tuple[int, str, str]]:
    name = _name(node.func)
    if name in QUERIES:
        for keyword in node.keywords:
            if keyword.arg is None and FROM_A_REQUEST.search(ast.unparse(keyword.value)):
                yield node.lineno, "query", "a query whose columns a request names"
    if name in UNSAFE_NAMES and not all(isinstance(argument, ast.Constant) for argument in node.args):
        yield node.lineno, "safe", f"{name}: text that escapes nothing"
    if name in SQL_CALLS and node.args and not _is_constant(node.args[0]):
        yield node.lineno, "sql", "SQL that is put together"
    elif name in ("extra", "RawSQL"):
        yield node.lineno, "sql", f"{name}: SQL beside the ORM"


def _is_constant(node: ast.expr) -> bool:
    """Say whether an SQL text is written out, or a name in capitals (a constant of its module)."""
    if isinstance(node, ast.Constant):
        return True
    name = _name(node)
    return name.isupper() if name else False


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


if __name__ == "__main__":
    found = list(breaches())
    print(*found, sep="\n", end="\n" if found else "")
    sys.exit(bool(found))
