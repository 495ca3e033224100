"""The sheet on which a user says what a close is to read: one row per setting, the same ones as the command line's.

A ledger (or payments, customers, limits, sales) is a file, or a sheet or table of an open workbook (`open_sheets`).
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Any

from duebook.close.options import CloseOptions
from duebook.close.output import SEAL
from duebook.core.cells import CellError, Label, missing
from duebook.core.dates import from_serial, year_first
from duebook.core.errors import DuebookError
from duebook.core.messages import text
from duebook.core.money import minor_units
from duebook.hosts import settings as user_settings
from duebook.hosts.excel import buttons, open_sheets
from duebook.hosts.excel.live import tables
from duebook.hosts.excel.live.cells import FORMATS
from duebook.hosts.excel.live.changes import INPUT_FILL, INPUT_INK, Change
from duebook.hosts.excel.live.guards import has_1904
from duebook.ledger.files import Source

if TYPE_CHECKING:
    import xlwings as xw

TABLE = "close_settings"
SHEET = Label("Close settings", "月结设置")
HEADERS = (Label("Setting", "项目"), Label("Value", "值"), Label("What to write", "填写说明"))


@dataclass(frozen=True)
class Setting:
    """A row of the sheet: its key is the command line's option."""

    key: str
    label: Label
    help: Label


SETTINGS = (
    Setting(
        "ledger",
        Label("Ledger", "台账"),
        Label(
            "A file (C:\\…\\invoices.csv), or the name of a sheet or table of an open workbook. Several: one row each.",
            "文件（C:\\…\\invoices.csv），或已打开工作簿中的工作表或表格名称。多个时每行一个。",
        ),
    ),
    Setting(
        "payments", Label("Payments", "收款"), Label("The same; leave blank if there are none.", "同上；没有则留空。")
    ),
    Setting(
        "customers",
        Label("Customers", "客户"),
        Label("Names, groups, terms, credit limits, cover; the same.", "名称、集团、账期、信用额度、保险；同上。"),
    ),
    Setting(
        "limits",
        Label("Limits", "额度"),
        Label("Only if limits are not among the customers.", "仅当额度不在客户表中。"),
    ),
    Setting(
        "sales",
        Label("Sales", "销售"),
        Label("Monthly credit sales, if not from invoices.", "各月赊销额，如不取自发票。"),
    ),
    Setting("as_of", Label("As of", "截止日"), Label("The day to look from, such as 2026-10-31.", "如 2026-10-31。")),
    Setting(
        "control_total",
        Label("Control total", "总账余额"),
        Label("CNY=8160746.83; one row per currency.", "CNY=8160746.83；每种货币一行。"),
    ),
    Setting(
        "currency", Label("Currency", "币种"), Label("If amounts name none, such as CNY.", "金额未注明币种时，如 CNY。")
    ),
    Setting(
        "dates",
        Label("Date order", "日期顺序"),
        Label("dmy, mdy or ymd, if the ledger does not settle it.", "台账无法判断时填 dmy、mdy 或 ymd。"),
    ),
    Setting(
        "policy",
        Label("Credit policy", "信用政策"),
        Label("A policy file; blank: the one in use.", "政策文件；留空则用当前政策。"),
    ),
    Setting(
        "previous",
        Label("Previous close", "上次月结"),
        Label("Folder of the last close, to show what changed.", "上次月结的文件夹，用于显示变化。"),
    ),
    Setting(
        "out",
        Label("Output folder", "输出文件夹"),
        Label("For the monthly close; blank: beside this workbook.", "用于月结；留空则在本工作簿旁。"),
    ),
)
BY_KEY: Mapping[str, Setting] = {setting.key: setting for setting in SETTINGS}
ROLES = ("payments", "customers", "limits", "sales")
ORDERS = ("auto", "dmy", "mdy", "ymd")


@dataclass
class Wishes:
    """What the sheet says: setting → its values, blank ones left out, in the order of the rows."""

    book: Any
    values: Mapping[str, Sequence[object]] = field(default_factory=dict)

    def all(self, key: str) -> Sequence[object]:
        return self.values.get(key, ())

    def one(self, key: str) -> object | None:
        found = self.all(key)
        if len(found) > 1:
            raise refused(key, found[1], "once")
        return found[0] if found else None

    def text(self, key: str) -> str | None:
        found = self.one(key)
        return None if found is None else word_of(found)


def word_of(value: object) -> str:
    """What was typed: a sheet called 2026 is a number to Excel."""
    return format(value, ".15g") if isinstance(value, float) else str(value).strip()


def refused(key: str, value: object, why: str) -> DuebookError:
    """A setting that cannot be used; `why` ends a key of the messages."""
    return DuebookError(f"month_end.{why}", setting=BY_KEY[key].label, value=word_of(value))


def wishes(book: xw.Book) -> Wishes | None:
    """The settings in the book, else in another open one; None where no open workbook has them."""
    found = {book.name: tables.find_table(book, TABLE)}
    if found[book.name] is None:
        found = {other.name: tables.find_table(other, TABLE) for other in book.app.books}
    held = {name: table for name, table in found.items() if table is not None}
    if len(held) > 1:
        raise DuebookError("month_end.which_settings", books=", ".join(held), sheet=SHEET)
    for name, table in held.items():
        return Wishes(book if name == book.name else book.app.books[name], _values(table))
    return None


def _values(table: tables.LiveTable) -> Mapping[str, Sequence[object]]:
    names = {word.casefold(): s.key for s in SETTINGS for word in (s.key, str(s.label), s.label.zh)}
    found: dict[str, list[object]] = {}
    for row in table.rows:
        setting, value = (*row, None)[:2]
        if missing(setting) or missing(value):
            continue
        key = names.get(str(setting).strip().casefold())
        if key is None:
            known = ", ".join(s.label.text(buttons.language()) for s in SETTINGS)
            raise DuebookError("month_end.unknown_setting", setting=str(setting), known=known)
        if isinstance(value, CellError):
            raise refused(key, value.code, "error_value")
        found.setdefault(key, []).append(value)
    return found


def add_sheet(change: Change, language: str) -> None:
    """Adds the sheet with every setting, nothing filled in: what a user types stands blue on pale yellow."""
    sheet = change.add_sheet(SHEET.text(language))
    change.set_cells(sheet, 1, 1, [[SHEET.text(language)], [text("month_end.sheet_lead", language)]])
    headers = [header.text(language) for header in HEADERS]
    rows = [[s.label.text(language), None, s.help.text(language)] for s in SETTINGS]
    area = change.put_table(TABLE, sheet, headers, rows, at=(4, 1))
    day = next(place for place, setting in enumerate(SETTINGS, start=1) if setting.key == "as_of")
    change.set_format(sheet, (area[0] + day, 2, 1, 1), FORMATS["date"])
    for column, width in enumerate((18, 44, 80), start=1):
        change.set_width(sheet, column, width)
    change.paint(sheet, (1, 1, 1, 1), bold=True)
    change.paint(sheet, (area[0], 1, 1, 3), bold=True)
    change.paint(sheet, (area[0] + 1, 2, len(rows), 1), fill=INPUT_FILL, ink=INPUT_INK)
    change.freeze(sheet, area[0] + 1)


@contextmanager
def close_options(wished: Wishes, out: Path | None = None) -> Iterator[CloseOptions]:
    """The close that the sheet describes. Sheets and tables are written down as files for the while; where there is an
    output folder, they are kept beside it (`OUT-inputs`) once all has gone well, so that the close can be verified."""
    with tempfile.TemporaryDirectory(prefix="duebook-") as scratch:
        written = Path(scratch) / "inputs"
        written.mkdir()
        yield _options(wished, out or Path(scratch) / "close", written)
        if out is not None and any(written.iterdir()):
            kept = out.with_name(f"{out.name}-inputs")
            kept.mkdir(exist_ok=True)
            for file in written.iterdir():
                shutil.copyfile(file, kept / file.name)
            _sweep(kept, {file.name for file in written.iterdir()})


def _sweep(kept: Path, names: set[str]) -> None:
    """What an earlier close of the same folder read under other names goes with that close."""
    for file in kept.glob("*.csv"):
        if file.name not in names and file.name.startswith(("ledger-", *(f"{role}-" for role in ROLES))):
            file.unlink()


def _options(wished: Wishes, out: Path, kept: Path) -> CloseOptions:
    sources = [_source(wished, "ledger", value, None, kept) for value in wished.all("ledger")]
    if not sources:
        raise DuebookError("month_end.no_ledger", sheet=SHEET)
    for role in ROLES:
        sources += [_source(wished, role, value, role, kept) for value in wished.all(role)]
    return CloseOptions(
        sources=tuple(sources),
        as_of=_as_of(wished),
        out=out,
        currency=_currency("currency", wished.text("currency")),
        dates=_order(wished.text("dates")),
        policy=policy_file(wished) or user_settings.policy_file(),
        control_totals=dict(_control_total(value) for value in wished.all("control_total")),
        previous=_path(wished, "previous"),
        language=buttons.language(),
    )


def out_folder(wished: Wishes) -> Path:
    """Where the monthly close goes: as the sheet says, else `close-DATE` beside the workbook."""
    return _path(wished, "out") or _folder(wished, "out") / f"close-{_as_of(wished).isoformat()}"


def folder_of(book: xw.Book) -> Path | None:
    """The folder of a workbook. One that was never saved, or lies at a web address that no folder of this computer
    mirrors (OneDrive, SharePoint), has none."""
    try:
        name = str(book.fullname)
    except Exception:  # xlwings looks for the mirrored folder, and says in its own ways that there is none
        return None
    return None if "://" in name or not Path(name).is_absolute() else Path(name).parent


def is_sealed(book: xw.Book) -> bool:
    """Whether a workbook is one of a sealed close, and not to be filled anew."""
    folder = folder_of(book)
    return folder is not None and (folder / SEAL).is_file()


def _folder(wished: Wishes, key: str) -> Path:
    """The folder beside which what a setting names is looked for."""
    found = folder_of(wished.book)
    if found is None:
        raise DuebookError("month_end.no_folder", book=wished.book.name, setting=BY_KEY[key].label)
    return found


def _as_of(wished: Wishes) -> date:
    value = wished.one("as_of")
    if value is None:
        raise DuebookError("month_end.no_day", sheet=SHEET)
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    found = year_first(str(value))
    if isinstance(value, float) and not has_1904(wished.book):
        with suppress(ValueError):  # a day whose cell lost its format
            found = from_serial(value)
    if found is None:
        raise refused("as_of", value, "not_a_day")
    return found


def _order(word: str | None) -> str:
    order = (word or "auto").lower()
    if order not in ORDERS:
        raise refused("dates", word, "not_an_order")
    return order


def _currency(key: str, word: str | None) -> str | None:
    if word is None:
        return None
    if word.upper() not in minor_units():
        raise refused(key, word, "not_a_currency")
    return word.upper()


def _control_total(value: object) -> tuple[str, Decimal]:
    code, equals, amount = str(value).replace("＝", "=").partition("=")
    try:
        total = Decimal(amount.replace(",", "").replace("，", "").strip())
    except InvalidOperation:
        total = Decimal("NaN")
    if not equals or not total.is_finite():
        raise refused("control_total", value, "not_a_total")
    currency = _currency("control_total", code.strip())
    assert currency is not None
    return currency, total


def policy_file(wished: Wishes) -> Path | None:
    """The policy file that the sheet names."""
    return _path(wished, "policy")


def _path(wished: Wishes, key: str) -> Path | None:
    """A file or folder; one without a drive or root is beside the workbook that holds the settings."""
    word = wished.text(key)
    return None if word is None else _beside(wished, key, word)


def _beside(wished: Wishes, key: str, word: str) -> Path:
    found = Path(word.strip("\"'“”"))
    with suppress(RuntimeError):  # ~somebody: a name like any other
        found = found.expanduser()
    return found if found.is_absolute() else _folder(wished, key) / found


def _source(wished: Wishes, key: str, value: object, role: str | None, kept: Path) -> Source:
    word = word_of(value)
    rows = open_sheets.open_rows(wished.book, word)
    if rows is not None:
        return Source(open_sheets.written_down(rows, kept, key, word), role)
    path = _beside(wished, key, word)
    try:
        there = path.exists()
    except (OSError, ValueError):  # no name that a file can have
        there = False
    if not there:
        raise refused(key, word, "no_such_source")
    return Source(path, role)
