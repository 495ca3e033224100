"""What the aging workbook is given, beyond what the acceptance tests see in the sample month."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import load_workbook

from duebook.close import aging_book
from duebook.close.options import CloseOptions
from duebook.close.run import close_month
from duebook.core.errors import DuebookError
from duebook.ledger.files import Source
from duebook.policy.load import default_path
from duebook.sample.month import SampleMonth, write_month


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> SampleMonth:
    return write_month(tmp_path_factory.mktemp("sample"))


def options(month: SampleMonth, out: Path, **more: object) -> CloseOptions:
    sources = (Source(month.invoices), Source(month.payments, "payments"), Source(month.customers, "customers"))
    chosen: dict[str, object] = {"as_of": month.as_of, **more}
    return CloseOptions(sources=sources, out=out, **chosen)  # type: ignore[arg-type]  # keyword values of many types


def table_rows(path: Path, name: str) -> list[dict[str, object]]:
    book = load_workbook(path, data_only=True)
    for sheet in book:
        if name in sheet.tables:
            header, *rows = sheet[sheet.tables[name].ref]
            return [{str(h.value): c.value for h, c in zip(header, row, strict=True)} for row in rows]
    raise AssertionError(name)


def test_detail_that_does_not_fit_a_sheet_is_summarized_and_says_so(
    month: SampleMonth, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    close_month(options(month, tmp_path / "whole"))
    monkeypatch.setattr(aging_book, "SHEET_ROWS", 100)
    close_month(options(month, tmp_path / "short"))
    whole, short = (table_rows(tmp_path / out / "aging.xlsx", "open_items") for out in ("whole", "short"))
    assert len(short) < len(whole)
    for currency in ("CNY", "EUR", "JPY", "USD"):
        sums = [
            sum(Decimal(str(row["Open"])) for row in rows if row["Currency"] == currency) for rows in (whole, short)
        ]
        assert sums[0] == sums[1]
    counts = sum(int(str(row["Document"]).split()[0]) for row in short)
    assert counts == len(whole), "each line says how many items it stands for"
    book = load_workbook(tmp_path / "short" / "aging.xlsx", data_only=True)
    for name in ("Summary", "Open items"):
        said = [str(cell.value) for row in book[name].iter_rows() for cell in row if cell.value]
        assert any("do not fit a sheet" in words for words in said), name


def test_a_scheme_with_too_many_buckets_is_refused(month: SampleMonth, tmp_path: Path) -> None:
    policy = tmp_path / "weekly.toml"
    weekly = '[[aging_scheme]]\nname = "weekly"\nbasis = "due_date"\nunit = "days"\nupper = [7, 14, 21, 28, 35, 42]\n'
    policy.write_text(default_path().read_text("utf-8") + weekly, "utf-8")
    with pytest.raises(DuebookError) as refused:
        close_month(options(month, tmp_path / "out", policy=policy, scheme="weekly"))
    assert refused.value.key == "close.too_many_buckets"
    assert not (tmp_path / "out").exists()


def test_what_changed_adds_up_per_customer(month: SampleMonth, tmp_path: Path) -> None:
    before = close_month(options(month, tmp_path / "before", as_of=month.previous_as_of)).sealed
    now = close_month(options(month, tmp_path / "now", previous=tmp_path / "before")).sealed
    was = {(row[0], row[1]): Decimal(row[3]) for row in before["balances"]}
    is_now = {(row[0], row[1]): Decimal(row[3]) for row in now["balances"]}
    for row in table_rows(tmp_path / "now" / "aging.xlsx", "changes"):
        key = (str(row["Currency"]), str(row["Customer ID"]))
        change = is_now.get(key, Decimal(0)) - was.get(key, Decimal(0))
        assert Decimal(str(row["Change"])) == change


def test_a_previous_close_of_another_scheme_compares_totals_only(month: SampleMonth, tmp_path: Path) -> None:
    close_month(options(month, tmp_path / "before", as_of=month.previous_as_of, scheme="four_buckets"))
    close_month(options(month, tmp_path / "now", previous=tmp_path / "before"))
    rows = table_rows(tmp_path / "now" / "aging.xlsx", "bucket_totals")
    assert rows and all(row["Amount before"] is None for row in rows)
    figures = table_rows(tmp_path / "now" / "aging.xlsx", "figures")
    assert all(row["Balance before"] is not None for row in figures)


def test_a_folder_that_is_no_close_is_no_previous(month: SampleMonth, tmp_path: Path) -> None:
    with pytest.raises(DuebookError) as refused:
        close_month(options(month, tmp_path / "out", previous=tmp_path))
    assert refused.value.key in ("close.seal_missing", "close.previous_unreadable")


def test_sales_that_do_not_carry_the_growth_leave_the_index_blank_and_say_so(
    month: SampleMonth, tmp_path: Path
) -> None:
    """A sales file that lacks most of the invoiced sales: receivables grew by more than it holds. In euro more was
    credited than sold, which is no negative number of days."""
    sales = tmp_path / "sales.csv"
    sales.write_text("month,currency,amount\n2026-10,CNY,100\n2026-10,EUR,-50\n", "utf-8")
    given = options(month, tmp_path / "close")
    close_month(replace(given, sources=(*given.sources, Source(sales, "sales"))))
    book = load_workbook(tmp_path / "close" / "aging.xlsx", data_only=True)
    said = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value]
    assert any("collection effectiveness does not exist" in words for words in said)
    sealed = json.loads((tmp_path / "close" / "close.json").read_text("utf-8"))
    assert sealed["totals"]["CNY"]["collection_effectiveness"] is None and sealed["totals"]["CNY"]["dso"] is not None
    assert sealed["totals"]["EUR"]["sales"] == "-50" and sealed["totals"]["EUR"]["dso"] is None


@pytest.mark.parametrize(
    ("kept", "mark"),
    [
        (
            (),
            "Illustrative until adopted: loss rates, loss rates of bills, retention and contract assets, "
            "watch thresholds.",
        ),
        (
            ("aging_scheme", "loss_rates", "close", "account_loss_rates"),
            "Illustrative until adopted: watch thresholds.",
        ),
        (("loss_rates", "watch", "account_loss_rates"), None),
    ],
)
def test_an_adopted_policy_does_not_adopt_what_it_leaves_to_duebook(
    month: SampleMonth, tmp_path: Path, kept: tuple[str, ...], mark: str | None
) -> None:
    """`kept`: the tables of the default policy that the firm states as its own. The sample holds retention money."""
    shipped = [default_path(), default_path().with_name("allowances.toml")]
    blocks = "\n".join(path.read_text("utf-8") for path in shipped).split("\n[[")
    own = "".join(f"[[{block}\n" for block in blocks[1:] if block.split("]]")[0] in kept)
    policy = tmp_path / "policy.toml"
    policy.write_text(f'[policy]\nname = "Ours"\nversion = "1"\nadopted = true\n{own}', "utf-8")
    close_month(options(month, tmp_path / "close", policy=policy))
    book = load_workbook(tmp_path / "close" / "aging.xlsx", data_only=True)
    said = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value]
    assert (mark in said) if mark else not any("llustrative" in words for words in said)
    basis = next(words for words in said if words.startswith("Ours, version 1"))
    assert basis == "Ours, version 1" + (f" (i{mark[1:-1]})" if mark else "")
