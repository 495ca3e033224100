"""The output folder is replaced whole or not at all, and only if it is ours."""

from __future__ import annotations

from pathlib import Path

import pytest

from duebook.close import output
from duebook.core.errors import DuebookError


def filled(folder: Path, word: str) -> None:
    (folder / output.SEAL).write_text(word)
    (folder / "aging.xlsx").write_text(word)


def words(folder: Path) -> set[str]:
    return {path.read_text() for path in folder.iterdir()}


def test_new_then_replaced(tmp_path: Path) -> None:
    out = tmp_path / "close"
    for word in ("old", "new"):
        with output.replaced_whole(out) as fresh:
            filled(fresh, word)
        assert words(out) == {word}
    assert [path.name for path in tmp_path.iterdir()] == ["close"]


def test_a_failure_leaves_the_old_output(tmp_path: Path) -> None:
    out = tmp_path / "close"
    with output.replaced_whole(out) as fresh:
        filled(fresh, "old")
    with pytest.raises(RuntimeError), output.replaced_whole(out) as fresh:
        filled(fresh, "new")
        raise RuntimeError
    assert words(out) == {"old"}
    assert [path.name for path in tmp_path.iterdir()] == ["close"]


def test_the_way_without_an_exchange_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output, "_exchange", lambda one, other: False)
    test_new_then_replaced(tmp_path)


def test_a_crash_between_the_two_renames_is_mended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without an exchange call the old output steps aside; killed there, the next run brings it back first."""
    out = tmp_path / "close"
    with output.replaced_whole(out) as fresh:
        filled(fresh, "old")
    out.rename(tmp_path / ".close.duebook-abc-old")
    (tmp_path / ".close.duebook-abc").mkdir()
    with pytest.raises(RuntimeError), output.replaced_whole(out):
        raise RuntimeError
    assert words(out) == {"old"}
    assert [path.name for path in tmp_path.iterdir()] == ["close"]


def test_a_foreign_folder_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(DuebookError) as refused, output.replaced_whole(tmp_path):
        pass
    assert refused.value.key == "close.output_foreign"
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_a_file_is_not_a_folder(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("x")
    with pytest.raises(DuebookError) as refused, output.replaced_whole(tmp_path / "out"):
        pass
    assert refused.value.key == "close.output_is_file"


@pytest.mark.parametrize("lock", ["~$aging.xlsx", ".~lock.aging.xlsx#"])
def test_a_workbook_open_elsewhere_is_said(tmp_path: Path, lock: str) -> None:
    out = tmp_path / "close"
    with output.replaced_whole(out) as fresh:
        filled(fresh, "old")
    (out / lock).write_text("me")
    with pytest.raises(DuebookError) as refused, output.replaced_whole(out):
        pass
    assert refused.value.facts["path"] == "close/aging.xlsx"
    assert "Close it and run again" in refused.value.text()


def test_two_closes_into_one_folder_do_not_mix(tmp_path: Path) -> None:
    out = tmp_path / "close"
    with output.replaced_whole(out) as fresh:
        with pytest.raises(DuebookError) as refused, output.replaced_whole(out):
            pass
        assert refused.value.key == "close.output_busy"
        filled(fresh, "first")
    assert words(out) == {"first"}
    assert [path.name for path in tmp_path.iterdir()] == ["close"]
