"""`duebook compare`: what it says, writes and refuses."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from openpyxl import load_workbook
from tests.close.sealed_closes import HEAD, PAID, sealed, table

from duebook.close import seal
from duebook.hosts.cli import main

# Then: I1 1000 and I2 200 = 1200. Now: I2 is 250 (+50), a receipt of 100 was booked back to 20 September (−100), I3 of
# 300 came in October, and 400 of I1 were paid on the 15th: 1200 − 50 + 300 − 400 = 1050. JPY: 5000, as before.
OLD = f"""
{HEAD}
C1 | Blue Pine | I1 | Invoice | 2026-08-01 | 2026-08-31 | 1000.00 | CNY
C1 | Blue Pine | I2 | Invoice | 2026-09-01 | 2026-10-01 | 200.00 | CNY
C2 | 青松贸易 | I9 | Invoice | 2026-09-01 | 2026-10-01 | 5000 | JPY
"""
NEW = f"""
{HEAD}
C1 | Blue Pine | I1 | Invoice | 2026-08-01 | 2026-08-31 | 1000.00 | CNY
C1 | Blue Pine | I2 | Invoice | 2026-09-01 | 2026-10-01 | 250.00 | CNY
C2 | 青松贸易 | I9 | Invoice | 2026-09-01 | 2026-10-01 | 5000 | JPY
C1 | Blue Pine | I3 | Invoice | 2026-10-05 | 2026-11-04 | 300.00 | CNY
"""
NEW_PAID = f"""
{PAID}
C1 | P1 | payment | 2026-09-20 | I1 | 100.00 | CNY
C1 | P2 | payment | 2026-10-15 | I1 | 400.00 | CNY
"""


@pytest.fixture(scope="module")
def closes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("closes")
    sealed(folder / "september", "2026-09-30", table(folder / "old.csv", OLD))
    paid = ("payments", table(folder / "paid.csv", NEW_PAID))
    sealed(folder / "october", "2026-10-31", table(folder / "new.csv", NEW), paid)
    return folder


@pytest.fixture
def here(closes: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(closes)
    return closes


def squeezed(text: str) -> str:
    return re.sub(r"[ \t]+", " ", text)


def test_the_roll_forward_and_the_largest_changes(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", "september", "october"]) == 1, "the past changed"
    said = squeezed(capsys.readouterr().out)
    for line in (
        "CNY 1,200.00 receivable on 2026-09-30, 1,050.00 on 2026-10-31: -50.00 of the past changed after it was "
        "sealed, -100.00 moved since.",
        "Opening, as sealed 1,200.00\nChanged in the past -50.00\nInvoiced 300.00\nCash -400.00\nClosing 1,050.00\n",
        "CNY: 2 changes in the past.\n",
        "C1 Blue Pine P1 added – -100.00, 2026-09-20 (paid.csv:2) -100.00\n",
        "C1 Blue Pine I2 amount changed 200.00, 2026-09-01 (old.csv:3) 250.00, 2026-09-01 (new.csv:3) 50.00\n",
        "JPY 5,000 receivable on 2026-09-30, 5,000 on 2026-10-31: nothing of the past changed, 0 moved since.",
        "JPY: nothing of what was sealed on 2026-09-30 changed.",
    ):
        assert line in said
    assert "differ in" not in said, "the same settings"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh", ("期初（封存数） 1,200.00", "以前期间变动 -50.00", "金额变更", "JPY：2026-09-30 封存的内容没有变动。")),
        ("both", ("Opening, as sealed 期初（封存数） 1,200.00", "added 新增")),
    ],
)
def test_in_the_users_language(
    here: Path, capsys: pytest.CaptureFixture[str], language: str, words: tuple[str, ...]
) -> None:
    main(["compare", "september", "october", "--language", language])
    said = squeezed(capsys.readouterr().out)
    for word in words:
        assert word in said


def test_json_holds_every_line(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["compare", "september", "october", "--json", "--customer", "C1"])
    found = json.loads(capsys.readouterr().out)
    (line,) = found["roll_forward"]
    wanted = {
        "opening": "1200",
        "changed": "-50",
        "invoiced": "300",
        "cash": "-400",
        "closing": "1050",
        "unexplained": "0",
    }
    assert {key: line[key] for key in wanted} == wanted
    assert [(c["document_id"], c["what"], c["effect"], c["new_file"], c["new_line"]) for c in found["changes"]] == [
        ("I2", "amount", "50", "new.csv", 3),
        ("P1", "added", "-100", "paid.csv", 2),
    ]
    assert found["totals"]["CNY"][0] == {"name": "balance", "old": "1200", "new": "1050"}


def test_an_unchanged_close_is_no_difference(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", "october", "october"]) == 0
    assert "The two closes hold the same" in capsys.readouterr().out


@pytest.mark.parametrize("language", ["en", "zh", "both"])
def test_the_workbook_says_the_same(here: Path, tmp_path: Path, language: str) -> None:
    path = tmp_path / "compare.xlsx"
    for _ in range(2):  # its own workbook may be replaced
        main(["compare", "september", "october", "--quiet", "--out", str(path), "--language", language])
    book = load_workbook(path, data_only=True)
    (sheet, customers) = next((s, t) for s in book for t in s.tables.values() if t.displayName == "compare_customers")
    rows = list(sheet[customers.ref])[1:]
    assert [row[0].value for row in rows] == ["C1", "C2"]
    # opening, changed, invoiced, …, closing; what says nothing is hidden, not gone
    assert [cell.value for cell in rows[0][4:7]] == [1200, -50, 300]
    assert rows[0][17].value == 1050
    (sheet, changes) = next((s, t) for s in book for t in s.tables.values() if t.displayName == "compare_changes")
    assert [(row[4].value, row[10].value) for row in list(sheet[changes.ref])[1:]] == [("I2", 50), ("P1", -100)]
    (sheet, moved) = next((s, t) for s in book for t in s.tables.values() if t.displayName == "compare_movements")
    assert [(row[6].value, row[9].value) for row in list(sheet[moved.ref])[1:]] == [("I3", 300), ("P2", -400)]
    (name, cell) = next(book.defined_names["checks_failed"].destinations)
    assert book[name][cell].value == 0


def test_the_workbook_has_the_same_bytes_each_time(here: Path, tmp_path: Path) -> None:
    for name in ("one.xlsx", "two.xlsx"):
        main(["compare", "september", "october", "--quiet", "--out", str(tmp_path / name)])
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["october", "september"],
            "october is the later close (2026-10-31) and september the earlier one (2026-09-30). Give the earlier "
            "first: duebook compare september october",
        ),
        (
            ["september", "october", "--customer", "C9"],
            "C9: neither september nor october has a customer with this id. Check it; duebook show finds a customer by "
            "name.",
        ),
        (["september", "nowhere"], "nowhere: no close.json there, so it is no sealed close."),
        (
            ["september", "october", "--out", "list.csv"],
            "list.csv: --out takes the name of a workbook that ends in .xlsx.",
        ),
        (
            ["september", "october", "--out", "mine.xlsx"],
            "mine.xlsx exists and is no workbook of this comparison. Choose another name with --out.",
        ),
    ],
)
def test_refusals(here: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str) -> None:
    (here / "mine.xlsx").write_text("mine")
    assert main(["compare", *arguments]) == 2
    assert message in capsys.readouterr().err
    assert (here / "mine.xlsx").read_text() == "mine"


def test_an_open_workbook_stays_as_it_is(
    here: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(self: Path, target: Path) -> None:
        raise PermissionError(13, "in use")  # as Windows says of a file that Excel holds

    path = tmp_path / "compare.xlsx"
    monkeypatch.setattr(Path, "replace", refused)
    assert main(["compare", "september", "october", "--quiet", "--out", str(path)]) == 2
    assert "compare.xlsx is open in Excel or write-protected." in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == [], "nothing half-written stays"


def test_a_detail_that_was_changed_is_refused_and_found_by_verify(
    closes: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = shutil.copytree(closes / "september", tmp_path / "september")
    with (folder / "detail" / "items.parquet").open("ab") as file:
        file.write(b" ")
    assert main(["compare", str(folder), str(closes / "october")]) == 2
    assert "september/detail/items.parquet is missing or not as sealed." in capsys.readouterr().err
    assert list(seal.changed_outputs(folder, seal.read(folder))) == [("detail/items.parquet", "")]


def test_a_close_of_an_earlier_version_has_no_detail(
    closes: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = shutil.copytree(closes / "september", tmp_path / "september")
    content = json.loads((folder / "close.json").read_text("utf-8"))
    content["outputs"] = {}
    (folder / "close.json").write_text(json.dumps(content), "utf-8")
    assert main(["compare", str(folder), str(closes / "october")]) == 2
    assert "september: the close of 2026-09-30 was sealed without its detail" in capsys.readouterr().err


def test_a_detail_of_another_kind_is_refused(closes: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = shutil.copytree(closes / "september", tmp_path / "september")
    shutil.copyfile(folder / "detail" / "customers.parquet", folder / "detail" / "items.parquet")
    content = json.loads((folder / "close.json").read_text("utf-8"))
    content["outputs"]["detail/items.parquet"] = content["outputs"]["detail/customers.parquet"]
    (folder / "close.json").write_text(json.dumps(content), "utf-8")
    assert main(["compare", str(folder), str(closes / "october")]) == 2
    assert "september: the close of 2026-09-30 was sealed by Duebook " in capsys.readouterr().err


def test_differing_settings_are_said(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = here / "excluded"
    if not other.exists():
        sealed(other, "2026-10-31", here / "new.csv", ("payments", here / "paid.csv"), disputed="exclude")
    main(["compare", "october", "excluded"])
    said = capsys.readouterr().out
    assert (
        "The two closes differ in how disputes are shown: separate, then exclude. Figures may differ by that alone."
        in said
    )
