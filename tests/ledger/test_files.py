"""The outcome of every file in ../shared/data/encodings and ../shared/data/hostile, and of what is no ledger at all."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from duebook.core.engine import Engine
from duebook.core.errors import DuebookError
from duebook.core.messages import catalogue
from duebook.ledger.files import Source, read_raw

HERE = Path(__file__).resolve().parent
OUTCOMES: dict[str, dict[str, dict[str, Any]]] = tomllib.loads((HERE / "outcomes.toml").read_text("utf-8"))
CASES = [(folder, file) for folder, files in OUTCOMES.items() for file in files]


def in_own_process(path: Path, folder: Path) -> dict[str, Any]:
    """What `read_one.py` says of the file. Its temporary folder must be empty afterwards."""
    environment = {**os.environ, "TMPDIR": str(folder)}
    done = subprocess.run(
        [sys.executable, str(HERE / "read_one.py"), str(path)],
        capture_output=True,
        text=True,
        timeout=60,
        env=environment,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert list(folder.iterdir()) == []
    found: dict[str, Any] = json.loads(done.stdout)
    assert found["left"] == []
    return found


@pytest.mark.shared
@pytest.mark.parametrize("folder", sorted(OUTCOMES))
def test_the_table_names_every_file(shared: Path, folder: str) -> None:
    assert {path.name for path in (shared / "data" / folder).iterdir()} == set(OUTCOMES[folder])


@pytest.mark.shared
@pytest.mark.parametrize(("folder", "file"), CASES, ids=[f"{folder}/{file}" for folder, file in CASES])
def test_outcome(shared: Path, tmp_path: Path, folder: str, file: str) -> None:
    expected = OUTCOMES[folder][file]
    found = in_own_process(shared / "data" / folder / file, tmp_path)
    assert found["seconds"] < 10
    assert found["megabytes"] < 1000
    if "refused" in expected:
        assert found.get("refused") == expected["refused"]
        for sentence in found["sentences"]:
            assert file in sentence
            assert str(shared) not in sentence
        return
    assert "refused" not in found, found["sentences"]
    (table,) = found["tables"]
    assert table["file"] == file
    assert table["records"] == expected["rows"]
    assert len(table["rows"]) + table["rejected"] == table["records"]
    assert table["rejected"] == 0
    assert len(table["headers"]) == expected["columns"]
    assert table["headers"][0] == expected["header"]
    rows = {row[0]: row for row in table["rows"]}
    for record, line, column, text in expected.get("cells", []):
        assert (rows[record][1], rows[record][2 + column]) == (line, text)
    if "sum" in expected:
        column, total = expected["sum"]
        assert sum(Decimal(row[2 + column].lstrip("￥")) for row in table["rows"]) == Decimal(total)


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b"", "empty"),
        (b"\n\n\r\n  \n", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x01", "not_text"),
        (bytes(range(256)) * 40, "not_text"),
        (b"a,b\n1,2\n3,\x004\n", "not_text"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "pdf"),
        (b"\x1f\x8b\x08\x00", "compressed"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "markup"),
        ('<?xml version="1.0"?><Workbook/>'.encode("utf-16"), "markup"),
        (b"amount\n1\n2\n", "one_column"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "workbook_damaged"),
        (b"\x09\x02\x06\x00\x00\x00\x10\x00", "old_excel"),
        (b"PARE" + bytes(40), "encrypted_parquet"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le"), "password"),
        (b"PK\x03\x04" + bytes(100), "workbook_damaged"),
        ("Клиент,Сумма\nООО Ромашка,10\nЗАО Гранит,12\n".encode("cp1251"), "unknown_encoding"),
    ],
)
def test_refused(tmp_path: Path, content: bytes, key: str) -> None:
    path = tmp_path / "ledger.csv"
    path.write_bytes(content)
    with Engine() as engine, pytest.raises(DuebookError) as caught:
        read_raw(Source(path), engine)
    assert caught.value.key == f"ledger_files.{key}"
    assert "ledger.csv" in caught.value.text("en")


def test_missing_file_and_folder(tmp_path: Path) -> None:
    with Engine() as engine:
        with pytest.raises(DuebookError, match="no such file") as missing:
            read_raw(Source(tmp_path / "absent.csv"), engine)
        assert str(tmp_path) not in missing.value.text()
        with pytest.raises(DuebookError, match="folder"):
            read_raw(Source(tmp_path), engine)


def test_every_sentence_is_used_and_has_the_same_facts_in_both_languages() -> None:
    code = "\n".join(path.read_text("utf-8") for path in (HERE.parents[1] / "src/duebook/ledger").glob("*.py"))
    english, chinese = ({k: v for k, v in catalogue(x).items() if k.startswith("ledger_files.")} for x in ("en", "zh"))
    assert set(english) == set(chinese)
    for key, sentence in english.items():
        assert set(re.findall(r"{(\w+)}", sentence)) == set(re.findall(r"{(\w+)}", chinese[key])), key
        name = key.removeprefix("ledger_files.").removesuffix("_title")
        assert f'{name}"' in code or (name.startswith("zip_") and f'"{name[4:]}"' in code), f"{key} is never raised"


@pytest.mark.shared
@pytest.mark.office
def test_what_a_spreadsheet_program_opens_is_refused_for_a_reason(shared: Path, soffice: str, tmp_path: Path) -> None:
    """LibreOffice is given every refused file that the table has no reason for; it must refuse them as well."""
    unexplained = [
        shared / "data" / folder / file
        for folder, file in CASES
        if "refused" in OUTCOMES[folder][file] and "reason" not in OUTCOMES[folder][file]
    ]
    assert unexplained
    command = [soffice, f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless", "--convert-to"]
    form = "csv:Text - txt - csv (StarCalc)"
    subprocess.run(
        [*command, form, "--outdir", str(tmp_path / "out"), *map(str, unexplained)],
        capture_output=True,
        timeout=300,
        check=False,
    )
    assert sorted(path.name for path in (tmp_path / "out").glob("*")) == []
