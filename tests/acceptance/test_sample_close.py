"""The sample month, closed: against its independent oracle, the same bytes anywhere, and whole when killed."""

from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pytest
from tests.sample import oracle

from duebook.close.options import CloseOptions
from duebook.close.run import close_month
from duebook.ledger.files import Source
from duebook.sample.month import SampleMonth, write_month

ARGUMENTS = ("--as-of", "2026-10-31", "--accept-problems", "--quiet")


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> SampleMonth:
    return write_month(tmp_path_factory.mktemp("sample"))


def options(month: SampleMonth, out: Path, **more: object) -> CloseOptions:
    sources = (Source(month.invoices), Source(month.payments, "payments"), Source(month.customers, "customers"))
    chosen: dict[str, object] = {"as_of": month.as_of, **more}
    return CloseOptions(sources=sources, out=out, **chosen)  # type: ignore[arg-type]  # checked by the dataclass user


@pytest.mark.parametrize("when", ["as_of", "previous_as_of"])
def test_the_oracle_agrees_to_the_cent(month: SampleMonth, tmp_path: Path, when: str) -> None:
    as_of = getattr(month, when)
    control = month.control_totals(as_of)
    outcome = close_month(options(month, tmp_path / "out", as_of=as_of, control_totals=control))
    truth = oracle.open_by_bucket(month, as_of)
    assert set(outcome.sealed["totals"]) == set(truth)
    for currency, aged in truth.items():
        own = outcome.sealed["totals"][currency]
        assert [Decimal(amount) for amount in outcome.sealed["buckets"][currency]] == list(aged.buckets), currency
        assert Decimal(own["disputed"]) == aged.disputed, currency
        assert Decimal(own["unapplied"]) == aged.unapplied, currency
    assert outcome.ties_out, outcome.tie_out_words


def contents(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def command(month: SampleMonth, out: Path) -> list[str]:
    files = [str(month.invoices), "--payments", str(month.payments), "--customers", str(month.customers)]
    return [sys.executable, "-m", "duebook.hosts.cli", "close", *files, *ARGUMENTS, "--out", str(out)]


SURROUNDINGS: Mapping[str, Mapping[str, str]] = {
    "another time zone and hash seed": {"TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "7"},
    "another locale": {"LC_ALL": "C", "LANG": "de_DE.UTF-8", "PYTHONHASHSEED": "0"},
}
CLOCK = """
import time, sys
past = 1_000_000_000.0
time.time = lambda: past
time.localtime = (lambda real: lambda seconds=None: real(past if seconds is None else seconds))(time.localtime)
from duebook.hosts.cli import main
sys.exit(main(sys.argv[1:]))
"""


def test_the_same_bytes_anywhere(month: SampleMonth, tmp_path: Path) -> None:
    """Another folder, time zone, locale, hash seed, number of processors and clock change no byte."""
    first = tmp_path / "first"
    subprocess.run(command(month, first), check=True)
    for n, surrounding in enumerate(SURROUNDINGS.values()):
        out = tmp_path / f"run {n}" / "deeper" / "out"
        out.parent.mkdir(parents=True)
        subprocess.run(command(month, out), check=True, env={**os.environ, **surrounding}, cwd=out.parent)
        assert contents(out) == contents(first)
    one_processor = tmp_path / "one"
    pin = (lambda: os.sched_setaffinity(0, {0})) if hasattr(os, "sched_setaffinity") else None
    subprocess.run(command(month, one_processor), check=True, preexec_fn=pin)
    assert contents(one_processor) == contents(first)
    long_ago = tmp_path / "long ago"
    words = [sys.executable, "-c", CLOCK, *command(month, long_ago)[3:]]
    subprocess.run(words, check=True)
    assert contents(long_ago) == contents(first)


def test_killed_at_any_moment_the_output_is_old_or_new(month: SampleMonth, tmp_path: Path) -> None:
    """SIGKILL at 20 moments of a close that replaces September's output with October's."""
    out = tmp_path / "out"
    old = [word if word != "2026-10-31" else "2026-09-30" for word in command(month, out)]
    begun = time.monotonic()
    subprocess.run(old, check=True)
    lasts = time.monotonic() - begun
    september = contents(out)
    subprocess.run(command(month, tmp_path / "reference"), check=True)
    october = contents(tmp_path / "reference")
    assert september != october
    moments = random.Random(1031)
    seen = set()
    for n in range(20):
        run = subprocess.Popen(command(month, out))
        # the last fifth of a run is where the writing is: half of the kills go there
        time.sleep(lasts * (moments.uniform(0.8, 1.05) if n % 2 else moments.uniform(0.05, 0.8)))
        run.send_signal(signal.SIGKILL)
        run.wait()
        now = contents(out)
        assert now in (september, october)
        seen.add(json.dumps(now))
        if now == october:
            subprocess.run(old, check=True)
    subprocess.run(command(month, out), check=True)
    assert contents(out) == october
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "reference"], "what was killed is swept"
