"""What freeze and rebind refuse, and with which sentence; a refusal writes nothing."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter
from shared_books import book, rich
from tests.books.made_package import Made

from duebook.books import package
from duebook.core.messages import LANGUAGES, catalogue
from duebook.hosts.cli import main

COMMANDS = (["freeze"], ["rebind", "--to", "addin"])


def ours(folder: Path) -> Path:
    return book(folder / "x.xlsx", {"B1": ("DSO(A1,A2,A3)", 45)})


def with_bytes(data: bytes) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        path = folder / "x.xlsx"
        path.write_bytes(data)
        return path

    return make


def with_part(part: str, old: str, new: str) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        path = ours(folder)
        made = Made.read(path)
        made.replace(part, old, new)
        with zipfile.ZipFile(path, "w") as packed:
            for name, data in made.parts.items():
                packed.writestr(name, data)
        return path

    return make


def missing(folder: Path) -> Path:
    return folder / "x.xlsx"


def binary(folder: Path) -> Path:
    with zipfile.ZipFile(folder / "x.xlsb", "w") as packed:
        packed.writestr("xl/workbook.bin", b"\x83\x01")
    return folder / "x.xlsb"


def swollen(folder: Path) -> Path:
    with zipfile.ZipFile(folder / "x.xlsx", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b" " * 20_000_000)
    return folder / "x.xlsx"


SHEET = "xl/worksheets/sheet1.xml"
WRONG_NAME = '<definedNames><definedName name="R" localSheetId="one">1</definedName></definedNames>'
OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600
DOCTYPE = '<!DOCTYPE worksheet [<!ENTITY a "aaaaaaaa">]><worksheet '
BAD_NUMBER = "invalid literal for int() with base 10: 'one'"
REFUSED: dict[str, Callable[[Path], Path]] = {
    "file.not_found": missing,
    "sharing.not_a_workbook": with_bytes(b"a;b\n1;2\n"),
    "sharing.binary": binary,
    "sharing.old_format": with_bytes(OLD),
    "sharing.password": with_bytes(OLD + "EncryptedPackage".encode("utf-16-le")),
    "sharing.damaged": with_part(SHEET, "</sheetData>", "</sheetDat>"),
    "sharing.doctype": with_part(SHEET, "<worksheet ", DOCTYPE),
    "sharing.unreadable": with_part("xl/workbook.xml", "<calcPr", WRONG_NAME + "<calcPr"),
    "books.unsafe_package": swollen,
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("command", COMMANDS, ids=lambda words: str(words[0]))
@pytest.mark.parametrize("key", REFUSED)
def test_workbooks_that_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], key: str, command: list[str], language: str
) -> None:
    path = REFUSED[key](tmp_path)
    before = sorted(tmp_path.iterdir())
    assert main([command[0], str(path), *command[1:], "--language", language]) == 2
    sentence = catalogue(language)[key].format(path=path.name, part=SHEET, detail=BAD_NUMBER)
    assert capsys.readouterr().err.strip().endswith(sentence)
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("command", COMMANDS, ids=lambda words: str(words[0]))
@pytest.mark.parametrize(
    ("key", "out"),
    [("over_itself", "x.xlsx"), ("exists", "there.xlsx"), ("other_ending", "y.xlsm"), ("no_folder", "nowhere/y.xlsx")],
)
def test_copies_that_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], key: str, out: str, command: list[str], language: str
) -> None:
    path = ours(tmp_path)
    (tmp_path / "there.xlsx").write_text("somebody's work")
    original = path.read_bytes()
    words = [command[0], str(path), *command[1:], "--out", str(tmp_path / out), "--language", language]
    assert main(words) == 2
    facts = {"path": Path(out).name, "ending": ".xlsx", "folder": "nowhere"}
    sentence = catalogue(language)[f"sharing.{key}"].format(**facts)
    assert capsys.readouterr().err.strip().endswith(sentence)
    assert path.read_bytes() == original
    assert (tmp_path / "there.xlsx").read_text() == "somebody's work"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["there.xlsx", "x.xlsx"]


def test_a_copy_that_is_there_is_not_replaced_by_default(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = ours(tmp_path)
    assert main(["freeze", str(path)]) == 0
    assert main(["freeze", str(path)]) == 2
    assert "x.values.xlsx is there already" in capsys.readouterr().err


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("error", "key"),
    [
        (OSError(28, "No space left on device"), "sharing.not_written"),
        (PermissionError(13, "Permission denied"), "books.folder_not_writable"),
    ],
)
def test_a_folder_that_takes_nothing(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    error: OSError,
    key: str,
    language: str,
) -> None:
    path = ours(tmp_path)

    def refuse(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(package.tempfile, "mkstemp", refuse)
    assert main(["freeze", str(path), "--language", language]) == 2
    sentence = catalogue(language)[key].format(path="x.values.xlsx", reason="No space left on device")
    assert capsys.readouterr().err.strip().endswith(sentence)
    assert [p.name for p in tmp_path.iterdir()] == ["x.xlsx"]


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("large") / "x.xlsx"
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as workbook:
        sheet = workbook.add_worksheet()
        for row in range(40_000):
            sheet.write_formula(row, 0, f"=DSO(B{row + 1},C{row + 1},30)", None, 5)
    return path


@pytest.mark.skipif(sys.platform != "linux", reason="memory is limited by a means of Linux")
@pytest.mark.parametrize(("room", "language"), [(16, "en"), (35, "zh"), (60, "en")])
def test_a_workbook_too_large_for_the_computer(large: Path, language: str, room: int) -> None:
    """Wherever memory ends (`room`: megabytes more than at the start), the same sentence; no half a file is left."""
    program = (
        "import re, resource, sys; from pathlib import Path; from duebook.hosts.cli import main;"
        "from duebook.hosts.sharing import freeze; from duebook.hosts import catalogue; catalogue.functions();"
        "now = int(re.search(r'VmSize:\\s*(\\d+)', Path('/proc/self/status').read_text())[1]) * 1024;"
        f"resource.setrlimit(resource.RLIMIT_AS, (now + {room} * 1_000_000,) * 2); sys.exit(main(sys.argv[1:]))"
    )
    words = [sys.executable, "-c", program, "freeze", str(large), "--language", language]
    done = subprocess.run(words, capture_output=True, text=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.strip().endswith(catalogue(language)["sharing.too_large"].format(path="x.xlsx"))
    assert [p.name for p in large.parent.iterdir()] == ["x.xlsx"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_file_that_cannot_be_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    path = ours(tmp_path)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    assert main(["freeze", str(path), "--language", language]) == 2
    sentence = catalogue(language)["sharing.no_access"].format(path="x.xlsx", reason="Permission denied")
    assert capsys.readouterr().err.strip().endswith(sentence)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("words", "key"),
    [
        (["freeze"], "nothing_to_freeze"),
        (["rebind", "--to", "lite"], "nothing_to_rebind"),
    ],
)
def test_no_formula_of_ours(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], key: str, language: str
) -> None:
    path = book(tmp_path / "x.xlsx", {"B1": ('SUM(A1:A3)&"DSO(1)"', 45)})
    assert main([words[0], str(path), *words[1:], "--language", language]) == 1
    assert capsys.readouterr().out.strip() == catalogue(language)[f"sharing.{key}"].format(path="x.xlsx")
    assert [p.name for p in tmp_path.iterdir()] == ["x.xlsx"]


PROVOKED_ELSEWHERE = {
    # test_freeze.py
    "frozen", "note", "note_area", "note_filled", "left_name", "left_format", "left_validation", "only_left",
    "what_if", "not_from_excel", "signature", "not_computed",
    # test_rebind.py
    "rebound", "already", "dialect_bare", "dialect_lite", "dialect_addin",
    # here, below
    "left_other",
}  # fmt: skip


def test_a_formula_in_no_known_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = rich(tmp_path / "x.xlsx")
    made = Made.read(path)
    made.replace("xl/worksheets/sheet1.xml", "<sheetFormatPr", '<formula a="1">DSO(1,2,3)</formula><sheetFormatPr')
    made.write(path)
    for language in LANGUAGES:
        out = tmp_path / f"{language}.xlsx"
        assert main(["freeze", str(path), "--out", str(out), "--language", language]) == 1
        sentence = catalogue(language)["sharing.left_other"].format(where="Data!", formula="=DSO(1,2,3)")
        assert sentence in capsys.readouterr().out


def test_every_sentence_is_provoked() -> None:
    refused = {key.partition(".")[2] for key in REFUSED if key.startswith("sharing.")}
    here = {"over_itself", "exists", "other_ending", "no_folder", "not_written", "no_access", "too_large"}
    nothing = {"nothing_to_freeze", "nothing_to_rebind"}
    known = {key.partition(".")[2] for key in catalogue("en") if key.startswith("sharing.")}
    assert known == refused | here | nothing | PROVOKED_ELSEWHERE
