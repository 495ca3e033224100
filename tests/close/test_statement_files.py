"""Statements as files: names that Windows takes, nobody else's file replaced, the firm's own template, plain text."""

from __future__ import annotations

import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from duebook.close import statement, statement_files
from duebook.close.statement import Addressee, Asked
from duebook.close.statement_files import Look, Written, file_names
from duebook.core.engine import Engine
from duebook.core.errors import DuebookError
from duebook.policy import letterhead
from duebook.policy.load import load
from tests.close.sealed_closes import sealed, table
from tests.close.test_statement import LEDGER, PAID

DAY = date(2026, 10, 31)
POLICY = """
[policy]
name = "House"
[[letterhead]]
from = 2026-01-01
company = "=Northwind Ltd"
address = "88 Harbor Road"
bank = "Bank of Example"
account = "0012"
[[letterhead]]
from = 2026-01-01
currency = "USD"
account_name = "Northwind Ltd"
account = "9912"
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    held = tmp_path_factory.mktemp("files")
    paid = "payments", table(held / "paid.csv", PAID)
    return sealed(held / "close", "2026-10-31", table(held / "ledger.csv", LEDGER), paid)


def look(language: str | None = "en", template: Path | None = None, policy: Path | None = None) -> Look:
    return Look(language, template, load(policy).section(letterhead.read))


def written(folder: Path, out: Path, shown: Look, *customers: str) -> list[Written]:
    with Engine(threads=1) as engine:
        return statement_files.write(statement.opened(folder, engine, Asked(customers)), out, shown)


def cells(path: Path) -> dict[str, object]:
    """What the named cells hold, by name."""
    book = load_workbook(path)
    found = {}
    for name, defined in book.defined_names.items():
        for sheet, where in defined.destinations:
            found[name] = book[sheet][where].value
    return found


def columns(path: Path) -> tuple[Worksheet, dict[str, bool]]:
    sheet = load_workbook(path).worksheets[0]
    return sheet, {letter: sheet.column_dimensions[letter].hidden for letter in "GHI"}


# ---- names ----


def names(*customers: str, known: tuple[str, ...] = (), language: str = "en") -> list[str]:
    addressees = [Addressee(customer, None, "CNY") for customer in customers]
    return file_names(addressees, known, DAY, look(language))


@pytest.mark.parametrize("customer", ['A/1\\2:3*4?"<>|', "trailing. . ", "tab\there", "../../etc/passwd", "x" * 300])
def test_a_name_holds_nothing_that_windows_keeps_for_itself(customer: str) -> None:
    (name,) = names(customer)
    assert not set(name) & set('<>:"/\\|?*\t') and "/" not in name
    assert len(name) < 120 and name.endswith("-CNY-2026-10-31.xlsx")
    assert "~" in name, "what was changed is told apart by its hash"


def test_ordinary_ids_stay_as_they_are() -> None:
    assert names("0010", "客户-1") == ["Statement-0010-CNY-2026-10-31.xlsx", "Statement-客户-1-CNY-2026-10-31.xlsx"]
    assert names("0010", language="zh") == ["对账单-0010-CNY-2026-10-31.xlsx"]
    assert names("0010", language="both") == ["Statement-对账单-0010-CNY-2026-10-31.xlsx"]
    assert names("CON") == ["Statement-CON-CNY-2026-10-31.xlsx"]  # a device only where it begins the name


@pytest.mark.parametrize(
    ("name", "currency", "language"),
    [
        ("青松贸易有限公司", "CNY", "zh"),
        ("青松贸易 Green Pine", "USD", "zh"),
        ("Green Hill", "CNY", "en"),
        (None, "CNY", "en"),
        ("日立製作所", "JPY", "en"),
        ("株式会社サンプル", "USD", "en"),
        ("삼성전자", "USD", "en"),
    ],
)
def test_each_customer_in_its_language(name: str | None, currency: str, language: str) -> None:
    addressee = Addressee("C1", name, currency)
    assert look(None).language_for(addressee) == language
    assert look("both").language_for(addressee) == "both", "what is asked for counts for all"
    (file,) = file_names([addressee], (), DAY, look(None))
    assert file.startswith("对账单-C1" if language == "zh" else "Statement-C1")


def test_ids_that_a_system_takes_for_one_get_names_of_their_own() -> None:
    found = names("c1", "C1", "Ｃ1", "A/1", "A:1", "A_1")
    assert len({name.casefold() for name in found}) == 6
    # also where the other one is not among those written now
    assert names("C1", known=("c1", "C1")) == [found[1]]
    long = names("y" * 100 + "1", "y" * 100 + "2")
    assert len(set(long)) == 2


# ---- what is written ----


def test_the_letterhead_of_the_policy_by_currency(folder: Path, tmp_path: Path) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text(POLICY, "utf-8")
    cny, usd = written(folder, tmp_path / "out", look(policy=policy), "C1")
    assert (cny.balance, cny.overdue, cny.addressed) == (Decimal(1260), Decimal(660), True)
    one, other = (cells(tmp_path / "out" / own.file) for own in (cny, usd))
    assert (one["company_name"], one["company_line_1"], one["company_line_2"]) == (
        "=Northwind Ltd",
        "88 Harbor Road",
        None,
    )
    assert [one[f"pay_line_{n}"] for n in (1, 2, 3)] == ["Bank: Bank of Example", "Account: 0012", None]
    # the bank of another row is not mixed in
    assert [other[f"pay_line_{n}"] for n in (1, 2, 3)] == ["Account holder: Northwind Ltd", "Account: 9912", None]
    assert (one["opening_balance"], one["overdue"], one["customer_id"]) == (1250, 660, "C1")
    assert [one[f"age_amount_{n}"] for n in range(1, 9)] == [560, 380, 0, 280, 0, 0, 120, -80]
    assert one["age_label_8"] == "Credits not yet set off"


def test_names_that_look_like_formulas_stay_text(tmp_path: Path) -> None:
    ledger = """
    Customer ID | Customer | Document No | Issued | Due Date | Amount | Currency
    =1+1 | =cmd|' /C calc'!A0 | @SUM(A1) | 2026-10-02 | 2026-10-20 | 100.00 | EUR
    """.replace("=cmd|'", "=cmd'")
    sealed(tmp_path / "close", "2026-10-31", table(tmp_path / "l.csv", ledger))
    (own,) = written(tmp_path / "close", tmp_path / "out", look())
    sheet = load_workbook(tmp_path / "out" / own.file).worksheets[0]
    held = {cell.value: cell for row in sheet.iter_rows() for cell in row if str(cell.value)[:1] in "=@"}
    for text in ("=1+1", "@SUM(A1)", "=cmd' /C calc'!A0"):
        assert held[text].data_type == "s" and held[text].quotePrefix, text


def test_columns_show_where_they_say_something(folder: Path, tmp_path: Path) -> None:
    cny, usd = written(folder, tmp_path, look(), "C1")
    _, shown = columns(tmp_path / cny.file)
    assert shown == {"G": False, "H": False, "I": False}
    _, shown = columns(tmp_path / usd.file)
    assert shown == {"G": False, "H": True, "I": True}


def test_a_statement_with_the_firms_letterhead_in_it_is_a_template(folder: Path, tmp_path: Path) -> None:
    """The USD statement hides the columns of disputes and bills; the next one made of it shows them again."""
    _, usd = written(folder, tmp_path / "first", look(), "C1")
    own = tmp_path / "mine.xlsx"
    book = load_workbook(tmp_path / "first" / usd.file)
    for name, words in (("company_name", "Northwind"), ("pay_line_1", "IBAN DE00")):
        sheet, where = next(iter(book.defined_names[name].destinations))
        book[sheet][where] = words
    book.save(own)
    cny, again = written(folder, tmp_path / "second", look(template=own), "C1")
    for path in (tmp_path / "second" / cny.file, tmp_path / "second" / again.file):
        assert (cells(path)["company_name"], cells(path)["pay_line_1"]) == ("Northwind", "IBAN DE00")
    sheet, shown = columns(tmp_path / "second" / cny.file)
    assert shown == {"G": False, "H": False, "I": False}
    assert [table.ref.count(":") for table in sheet.tables.values()] == [1, 1]
    assert cells(tmp_path / "second" / cny.file)["opening_balance"] == 1250


def test_the_same_close_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    for out in ("a", "b"):
        written(folder, tmp_path / out, look(), "C1")
    for path in sorted((tmp_path / "a").iterdir()):
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()


def test_a_statement_replaces_a_statement_and_nothing_else(folder: Path, tmp_path: Path) -> None:
    first = written(folder, tmp_path, look(), "C3")
    assert [own.file for own in written(folder, tmp_path, look(), "C3")] == [own.file for own in first]
    other = tmp_path / "Statement-C1-USD-2026-10-31.xlsx"
    other.write_bytes(b"somebody's")
    with pytest.raises(DuebookError) as refusal:
        written(folder, tmp_path, look(), "C1")
    assert refusal.value.key == "statement.foreign"
    assert other.read_bytes() == b"somebody's"
    assert not (tmp_path / "Statement-C1-CNY-2026-10-31.xlsx").exists(), "nothing is written before it is told"


@pytest.mark.parametrize("lock", ["~${}", ".~lock.{}#"])
def test_a_statement_that_is_open_is_not_replaced(folder: Path, tmp_path: Path, lock: str) -> None:
    (own,) = written(folder, tmp_path, look(), "C3")
    (tmp_path / lock.format(own.file)).touch()
    with pytest.raises(DuebookError) as refusal:
        written(folder, tmp_path, look(), "C3")
    assert refusal.value.key == "close.workbook_open"


def test_what_is_refused_before_anything_is_read(folder: Path, tmp_path: Path) -> None:
    plain = tmp_path / "plain.xlsx"
    with zipfile.ZipFile(plain, "w") as book:
        book.writestr("xl/workbook.xml", "<workbook/>")
    for out, template, key in (
        (folder, None, "statement.into_close"),
        (plain, None, "statement.out_is_file"),
        (tmp_path / "out", tmp_path / "missing.xlsx", "statement.no_template"),
        (tmp_path / "out", plain, "statement.no_slots"),
    ):
        with pytest.raises(DuebookError) as refusal:
            statement_files.refuse(out, template)
        assert refusal.value.key == key
