"""Runs a reader on a stranger's bytes apart from the program: in a process of its own, capped in memory and time.

Whatever happens to that process (it ends itself, is ended, or hangs) becomes an error with a sentence.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

from duebook.core.engine import Engine
from duebook.core.errors import DuebookError
from duebook.ledger.raw import Source

UNREADABLE, MEMORY = 3, 4
"""Exit statuses of the worker: the reader found the file damaged; it needed more memory than it was given."""


def worked(
    source: Source, engine: Engine, job: Mapping[str, Any], memory: int, seconds: int, damaged: str
) -> dict[str, Any]:
    """What the worker says of the job; `damaged` is the key for a broken file. DuebookError where it is refused."""
    folder = engine.spill_folder / "worker"
    folder.mkdir()
    whole = {**job, "path": str(source.path.resolve()), "memory": memory, "seconds": seconds}
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "duebook.ledger.worker"],
            input=json.dumps(whole),
            capture_output=True,
            encoding="utf-8",
            timeout=seconds,
            check=False,
            env={**os.environ, **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(folder))},
        )
    except subprocess.TimeoutExpired as error:
        raise DuebookError("ledger_files.worker_time", file=source.name, seconds=seconds) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)  # what an ended process leaves
    if done.returncode == 0:
        found: dict[str, Any] = json.loads(done.stdout)
        if refused := found.get("refused"):
            raise DuebookError(refused["key"], file=source.name, **refused["facts"])
        return found
    if done.returncode == UNREADABLE:
        raise DuebookError(damaged, file=source.name)
    if done.returncode == MEMORY or done.returncode < 0 or "MemoryError" in done.stderr:
        raise DuebookError("ledger_files.worker_memory", file=source.name, megabytes=memory >> 20)
    raise RuntimeError(f"the worker failed: {done.stderr[-2000:]}")  # a fault of ours, not of the file
