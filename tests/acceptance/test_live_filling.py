"""A standard workbook that is open is filled to the same cells as its file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
import xlwings as xw
from live_engine import Live
from live_names import Name, Names
from live_snapshot import differences, snapshot
from office import agree, read

from duebook.books.fill import Filled, fill
from duebook.books.plan import Plan
from duebook.close.options import CloseOptions
from duebook.close.run import figured, standard_plan
from duebook.core import resources
from duebook.core.engine import Engine
from duebook.core.errors import DuebookError
from duebook.hosts.excel.live import tables
from duebook.hosts.excel.live.changes import changes, undo
from duebook.hosts.excel.live.filling import FilledLive, fill_live
from duebook.ledger.files import Source
from duebook.sample.month import SampleMonth, write_month

pytestmark = pytest.mark.office
UNDO = "duebook.undo"


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> SampleMonth:
    return write_month(tmp_path_factory.mktemp("month"))


@contextmanager
def planned(month: SampleMonth, name: str, as_of: date) -> Iterator[Plan]:
    """What the close of the sample month puts into a standard workbook."""
    part, _, language = name.partition(".")
    sources = (Source(month.invoices), Source(month.payments, "payments"), Source(month.customers, "customers"))
    options = CloseOptions(sources=sources, out=Path("out"), as_of=as_of, language=language)
    with Engine() as engine:
        yield standard_plan(figured(options, engine), part)


def filled(book: xw.Book, plan: Plan) -> FilledLive:
    with changes(book, "fill") as change:
        return fill_live(book, plan, change)


def extents(book: xw.Book) -> Mapping[str, str]:
    return {table.name: table.range.address for sheet in book.sheets for table in sheet.tables}


def unequal(live: Live, book: xw.Book, file: Path, folder: Path) -> list[str]:
    """Where an open workbook shows or computes otherwise than a file, table by table and cell by cell.

    Both are saved by the same program first: it writes formulas in its own way.
    """
    other = live.open(file)
    wrong = [f"{name}: {at}" for name, at in extents(book).items() if at != extents(other)[name]]
    book.save(str(folder / "live.xlsx"))
    other.save(str(folder / "other.xlsx"))
    one, two = read(folder / "live.xlsx"), read(folder / "other.xlsx")
    places = {key for key in (*one.values, *two.values, *one.formulas, *two.formulas) if key[0] != UNDO}
    for key in sorted(places):
        if not agree(one.values.get(key), two.values.get(key)):
            wrong.append(f"{key}: {one.values.get(key)!r}, in the file {two.values.get(key)!r}")
        if one.formulas.get(key) != two.formulas.get(key):
            wrong.append(f"{key}: {one.formulas.get(key)!r}, in the file {two.formulas.get(key)!r}")
    hidden = [hidden_columns(found) for found in (book, other)]
    return wrong if hidden[0] == hidden[1] else [*wrong, f"hidden: {hidden}"]


def hidden_columns(book: xw.Book) -> set[tuple[str, int]]:
    return {
        (sheet.name, column)
        for sheet in book.sheets
        if sheet.name != UNDO
        for column in range(1, 20)
        if sheet.range((1, column)).columns.hidden
    }


def same_report(done: FilledLive, file: Filled) -> bool:
    return (done.slots, done.absent, done.unmatched_columns, done.unmatched_headers, done.spans) == (
        file.slots, file.absent, file.unmatched_columns, file.unmatched_headers, file.spans,
    )  # fmt: skip


def counted(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often all names of a workbook are listed, and all its tables."""
    asked: Counter[str] = Counter()
    list_names, list_tables = Names.snapshot, tables.natives

    def names(self: Names) -> list[tuple[str, Name]]:
        asked["names"] += 1
        return list_names(self)

    def natives(book: xw.Book) -> dict[str, xw.Table]:
        asked["tables"] += 1
        return list_tables(book)

    monkeypatch.setattr(Names, "snapshot", names)
    monkeypatch.setattr(tables, "natives", natives)
    return asked


SLOW = pytest.mark.slow


@pytest.mark.parametrize(
    "name", ["exposure.zh", *(pytest.param(n, marks=SLOW) for n in ("aging.en", "aging.zh", "exposure.en"))]
)
def test_the_same_cells_as_in_the_file(
    live: Live, month: SampleMonth, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    template = resources.templates() / f"{name}.xlsx"
    book = live.open(template)
    before = snapshot(book)
    with planned(month, name, month.as_of) as plan:
        file = fill(template, tmp_path / "file.xlsx", plan)
        asked = counted(monkeypatch)
        done = filled(book, plan)
        assert asked["names"] <= 4 and asked["tables"] <= 3, "each of them takes Excel a millisecond or more"
    assert same_report(done, file)
    assert unequal(live, book, tmp_path / "file.xlsx", tmp_path) == []
    assert undo(book) == "fill"
    assert not differences(snapshot(book), before)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["exposure.en", "aging.en"])
def test_last_months_workbook_is_filled_again(live: Live, month: SampleMonth, tmp_path: Path, name: str) -> None:
    """Tables shrink and grow, columns come back: the same as the template filled once."""
    template = resources.templates() / f"{name}.xlsx"
    book = live.open(template)
    with planned(month, name, month.previous_as_of) as plan:
        filled(book, plan)
    before = snapshot(book)
    with planned(month, name, month.as_of) as plan:
        fill(template, tmp_path / "file.xlsx", plan)
        filled(book, plan)
    assert unequal(live, book, tmp_path / "file.xlsx", tmp_path) == []
    undo(book)
    assert not differences(snapshot(book), before)


def test_a_plan_without_a_place_is_reported(live: Live) -> None:
    book = live.new()
    done = filled(book, Plan(cells={"as_of": "2026-10-31"}))
    assert done == FilledLive((), ("as_of",), {}, {})


def test_a_cell_inside_a_body_is_refused(live: Live, month: SampleMonth) -> None:
    book = live.open(resources.templates() / "exposure.en.xlsx")
    before = snapshot(book)
    book.names.add("inside", "=Exposure!$B$7")
    with planned(month, "exposure.en", month.as_of) as plan, pytest.raises(DuebookError) as refused:
        filled(book, Plan(tables=plan.tables, cells={"inside": 1}))
    assert refused.value.key == "books.cell_in_body"
    book.names["inside"].delete()
    assert not differences(snapshot(book), before)
