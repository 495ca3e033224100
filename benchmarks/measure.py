"""Runs a command as a process of its own and says how long it took and how much memory it had at most."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Run:
    """Wall time from start to exit, CPU time over all cores, and peak resident memory (MB = 10^6 bytes)."""

    seconds: float
    cpu: float
    megabytes: float
    output: str
    status: int


@dataclass(frozen=True)
class Result:
    """One way to do a job: the median of its runs, or why it could not run."""

    name: str
    seconds: float | None
    cpu: float = 0.0
    megabytes: float = 0.0
    runs: int = 0
    remark: str = ""


def run(command: Sequence[str], folder: Path, statuses: Sequence[int] = (0,)) -> Run:
    """Runs `command` in `folder`. Linux and macOS: the peak comes from wait4, which counts this child alone."""
    with tempfile.TemporaryFile() as said:
        started = time.perf_counter()
        child = subprocess.Popen(list(command), cwd=folder, stdout=said, stderr=subprocess.STDOUT)
        _, ended, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - started
        child.returncode = os.waitstatus_to_exitcode(ended)
        said.seek(0)
        output = said.read().decode("utf-8", "replace")
    if child.returncode not in statuses:
        raise SystemExit(f"{' '.join(command)} ended with status {child.returncode}:\n{output[-2000:]}")
    unit = 1 if sys.platform == "darwin" else 1024  # bytes on macOS, kibibytes on Linux
    return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit / 1e6, output, child.returncode)


def median(name: str, runs: Sequence[tuple[float, float, float]], remark: str = "") -> Result:
    """The result of several runs, each (seconds, CPU seconds, megabytes): median times, highest peak."""
    seconds, cpu, megabytes = zip(*runs, strict=True)
    return Result(name, statistics.median(seconds), statistics.median(cpu), max(megabytes), len(runs), remark)


def table(title: str, ours: Result, others: Sequence[Result]) -> str:
    """A table of results with each time divided by ours."""
    lines = [title, f"  {'':44}{'seconds':>9}{'CPU s':>8}{'peak MB':>9}{'runs':>6}{'ratio':>9}"]
    for result in (ours, *others):
        if result.seconds is None:
            lines.append(f"  {result.name:44}{'–':>9}{'':>8}{'':>9}{'':>6}{'':>9}  {result.remark}")
            continue
        ratio = "" if result is ours or not ours.seconds else f"{result.seconds / ours.seconds:.1f}×"
        numbers = f"{result.seconds:>9.2f}{result.cpu:>8.1f}{result.megabytes:>9.0f}{result.runs:>6}{ratio:>9}"
        lines.append(f"  {result.name:44}{numbers}  {result.remark}".rstrip())
    return "\n".join(lines)
