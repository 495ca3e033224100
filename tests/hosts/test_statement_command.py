"""`duebook statement`: what it writes and prints, and what it refuses."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from tests.close.sealed_closes import sealed, table
from tests.close.test_statement import LEDGER, PAID

from duebook.hosts.cli import main


@pytest.fixture(scope="module")
def closes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    held = tmp_path_factory.mktemp("statement")
    paid = "payments", table(held / "paid.csv", PAID)
    sealed(held / "duebook-close", "2026-10-31", table(held / "ledger.csv", LEDGER), paid)
    return held


@pytest.fixture(autouse=True)
def here(closes: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(closes)
    return closes


def test_statements_of_everyone(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["statement", "--all", "--out", "all"]) == 0
    found = capsys.readouterr().out
    assert re.search(r"C1 Blue Pine +CNY +1,260.00 +660.00 +Statement-C1-CNY-2026-10-31.xlsx", found)
    assert "3 statements written to all." in found
    assert "which the customer may not know of, stands in Statement-C1-CNY-2026-10-31.xlsx.\n" in found
    assert "carry no letterhead" in found
    assert len(list((here / "all").iterdir())) == 3


def test_one_customer_in_chinese_and_one_without_anything(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["statement", "Green Hill", "C2", "--out", "one", "--language", "zh"]) == 0
    found = capsys.readouterr().out
    assert "已生成 1 份对账单，存于 one。" in found
    assert "未为 C2 生成对账单：没有未清款项，自 2026-10-01 起也没有发生额。" in found
    assert [path.name for path in (here / "one").iterdir()] == ["对账单-C3-CNY-2026-10-31.xlsx"]


def test_the_overdue_for_a_program(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["statement", "--overdue", "--out", "late", "--json", "--from", "2026-09-01"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["as_of"], found["from"], found["without"]) == ("2026-10-31", "2026-09-01", [])
    (own,) = found["statements"]
    assert (own["customer_id"], own["balance"], own["overdue"]) == ("C1", "1260", "660")
    assert own["telling"] == ["write_off", "factoring"]


def test_without_a_language_each_customer_gets_its_own(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["statement", "C1", "C2", "--from", "2026-09-01", "--out", "own", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["statements"]
    assert [(own["customer_id"], own["currency"], own["language"]) for own in found] == [
        ("C1", "CNY", "en"),
        ("C1", "USD", "en"),
        ("C2", "CNY", "zh"),
    ]
    # a template of the firm's own is in one language
    template = str(here / "own" / found[0]["file"])
    arguments = ["statement", "C2", "--from", "2026-09-01", "--out", "again", "--template", template]
    assert main([*arguments, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["statements"][0]["language"] == "en"


def test_nothing_overdue_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ledger = """
    Customer ID | Document No | Issued | Due Date | Amount | Currency
    C1 | I1 | 2026-10-02 | 2026-11-20 | 100.00 | EUR
    """
    sealed(tmp_path / "close", "2026-10-31", table(tmp_path / "l.csv", ledger))
    arguments = ["statement", "--overdue", "--folder", str(tmp_path / "close"), "--out", str(tmp_path / "out")]
    assert main(arguments) == 0
    assert capsys.readouterr().out == "No customer has anything overdue.\n"
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "Say whose statements: customers by id or name, or --all, or --overdue (one of the three)."),
        (["C1", "--all"], "Say whose statements: customers by id or name, or --all, or --overdue (one of the three)."),
        (["C"], "C fits several customers: C1 Blue Pine, C2 青松贸易, C3 Green Hill. Give the id of one."),
        (
            ["C1", "--from", "2026-11-01"],
            "--from 2026-11-01 lies after the close of duebook-close (2026-10-31): nothing moved then. Give an earlier "
            "day.",
        ),
        (
            ["C1", "--out", "duebook-close"],
            "duebook-close is the folder of a close, which the next close replaces whole. Give another --out for the "
            "statements.",
        ),
        (["C1", "--out", "ledger.csv"], "ledger.csv is a file. Give a folder for the statements with --out."),
        (
            ["C1", "--template", "ledger.csv"],
            "ledger.csv has no table of a statement (statement_entries, statement_items). Take a statement that "
            "Duebook wrote, put your letterhead in, and give that.",
        ),
        (
            ["C1", "--template", "none.xlsx"],
            "none.xlsx is not there. Give the workbook with your letterhead by its path.",
        ),
        (["nobody"], "nobody: no customer of duebook-close has this id, and no name holds it."),
    ],
)
def test_what_is_refused(arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["statement", *arguments]) == 2
    assert capsys.readouterr().err.startswith(f"duebook: {says}")
