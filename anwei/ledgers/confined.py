"""Runs a small program on foreign bytes in a child with limits: what it crashes or eats stays there.

The program is one Python file that reads its input from stdin and writes its answer to stdout. It starts in
isolated mode without Django, so it costs some 50 ms.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PREFACE = (
    "import resource, runpy, sys\n"
    "memory, seconds = int(sys.argv[2]), int(sys.argv[3])\n"
    "resource.setrlimit(resource.RLIMIT_AS, (memory, memory))\n"
    "resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))\n"
    "resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))\n"
    "resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))\n"
    "resource.setrlimit(resource.RLIMIT_CORE, (0, 0))\n"
    "program, sys.argv = sys.argv[1], sys.argv[:1] + sys.argv[4:]\n"
    "runpy.run_path(program, run_name='__main__')\n"
)


class Failed(RuntimeError):
    """The program ended without an answer: out of memory or time, or broken by its input."""


def run(
    program: Path, content: bytes, *options: str, memory: int = 512 * 1024 * 1024, seconds: int = 20
) -> bytes:
    """Return what `program` answers to `content`.

    `memory` bounds its address space in bytes, `seconds` its processor time (and, three times as long, the
    time waited for it). It may write no file and start no process. Raises Failed.
    """
    command = [sys.executable, "-I", "-c", PREFACE, str(program), str(memory), str(seconds), *options]
    try:
        done = subprocess.run(
            command,
            input=content,
            capture_output=True,
            timeout=3 * seconds,
            check=False,
            env={},
        )
    except subprocess.TimeoutExpired as error:
        raise Failed("timeout") from error
    if done.returncode != 0:
        raise Failed(done.stderr.decode(errors="replace")[-400:] or f"status {done.returncode}")
    return done.stdout
