"""The command line on every file we have: no traceback, no hang, nothing left behind, always a sentence."""

from __future__ import annotations

import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from duebook.hosts.cli import main

SECONDS = 20
FOLDERS = ("encodings", "hostile", "ledgers", "reference", "statements", "workbooks")


@contextmanager
def time_limit(name: str) -> Iterator[None]:
    def stop(*_: object) -> None:
        raise TimeoutError(f"{name} took more than {SECONDS} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.shared
@pytest.mark.parametrize("folder", FOLDERS)
def test_every_file_is_read_or_refused_with_a_sentence(
    shared: Path, folder: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    spill = tmp_path / "spill"
    spill.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(spill))
    monkeypatch.setenv("TMPDIR", str(spill))
    files = sorted(path for path in (shared / "data" / folder).rglob("*") if path.is_file())
    assert files, "the folder is empty"
    out = tmp_path / "out"
    for path in files:
        close = ["close", str(path), "--as-of", "2026-03-31", "--currency", "USD", "--out", str(out / path.name)]
        for words in (["inspect", str(path)], close):
            with time_limit(path.name):
                status = main(words)
            said = capsys.readouterr()
            assert status in (0, 1, 2), (words, status)
            assert "Traceback" not in said.err + said.out, words
            if status == 2:
                assert said.err.startswith("duebook: ") and path.name in said.err, (words, said.err)
                assert str(path.parent) not in said.err, "no path of this machine in a message"
                assert said.out == ""
        written = {p.name for p in (out / path.name).iterdir()} if (out / path.name).exists() else set()
        whole = {"aging.xlsx", "exposure.xlsx", "movements.xlsx", "close.json", "detail"}
        assert written in (set(), whole), path.name
        assert not list(spill.iterdir()), f"{path.name} left files behind"
    assert not [p.name for p in out.glob(".*")] if out.exists() else True, "half-written folders"
