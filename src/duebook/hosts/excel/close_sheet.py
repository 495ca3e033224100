"""The sheet on which a user says what a close is to read: one row per setting, the same ones as the command line's.

A ledger (or payments, customers, limits, sales) is a file, or a sheet or table of an open workbook, which is written
down as a CSV file first: the close and its later verification read files only.
"""

from __future__ import annotations

import csv
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Any

from duebook.close.options import CloseOptions
from duebook.core.cells import CellError, Label, missing
from duebook.core.dates import year_first
from duebook.core.errors import DuebookError
from duebook.core.messages import text
from duebook.core.money import minor_units
from duebook.hosts import settings as user_settings
from duebook.hosts.excel import buttons
from duebook.hosts.excel.live import tables
from duebook.hosts.excel.live.cells import FORMATS
from duebook.hosts.excel.live.changes import INPUT_FILL, INPUT_INK, Change
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
        return None if found is None else str(found).strip()


def refused(key: str, value: object, why: str) -> DuebookError:
    """A setting that cannot be used; `why` ends a key of the messages."""
    return DuebookError(f"month_end.{why}", setting=BY_KEY[key].label, value=str(value))


def wishes(book: xw.Book) -> Wishes | None:
    """The settings in the book, else in another open one; None where no open workbook has them."""
    for candidate in [book, *(other for other in book.app.books if other.name != book.name)]:
        found = tables.find_table(candidate, TABLE)
        if found is not None:
            return Wishes(candidate, _values(found))
    return None


def _values(table: tables.LiveTable) -> Mapping[str, Sequence[object]]:
    names = {word.casefold(): s.key for s in SETTINGS for word in (s.key, str(s.label), s.label.zh)}
    found: dict[str, list[object]] = {}
    for setting, value, *_ in table.rows:
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
    return _path(wished, "out") or folder_of(wished) / f"close-{_as_of(wished).isoformat()}"


def folder_of(wished: Wishes) -> Path:
    """The folder of the workbook that holds the settings. A workbook that was never saved, or lies at a web address
    (OneDrive, SharePoint), has none."""
    name = str(wished.book.fullname)
    if "://" in name or not Path(name).is_absolute():
        raise DuebookError("month_end.no_folder", book=wished.book.name, setting=BY_KEY["out"].label)
    return Path(name).parent


def _as_of(wished: Wishes) -> date:
    value = wished.one("as_of")
    if value is None:
        raise DuebookError("month_end.no_day", sheet=SHEET)
    if isinstance(value, date):
        return value
    found = year_first(str(value))
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
    return None if word is None else _beside(wished, word)


def _beside(wished: Wishes, word: str) -> Path:
    found = Path(word.strip("\"'“”")).expanduser()
    return found if found.is_absolute() else folder_of(wished) / found


def _source(wished: Wishes, key: str, value: object, role: str | None, kept: Path) -> Source:
    word = str(value).strip()
    rows = _open_rows(wished.book, word)
    if rows is not None:
        return Source(_written_down(rows, kept, key, word), role)
    path = _beside(wished, word)
    if not path.exists():
        raise refused(key, word, "no_such_source")
    return Source(path, role)


def _open_rows(book: xw.Book, word: str) -> Sequence[Sequence[object]] | None:
    """The cells of the table or sheet of that name in an open workbook: this one first. None if there is none."""
    for candidate in [book, *(other for other in book.app.books if other.name != book.name)]:
        table = tables.find_table(candidate, word)
        if table is not None:
            return [table.headers, *table.rows]
        for sheet in candidate.sheets:
            if sheet.name.casefold() == word.casefold():
                return tables.sheet_rows(sheet)
    return None


def _written_down(rows: Sequence[Sequence[object]], kept: Path, key: str, word: str) -> Path:
    """Cells as a CSV file that the ledger reader takes: days year-first, numbers in full, nothing rounded."""
    plain = "".join(c if c.isalnum() or c in "-_ " else "_" for c in word)
    path = kept / f"{key}-{plain}.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([_plain(value) for value in row] for row in rows)
    return path


def _plain(value: object) -> str:
    if missing(value) and not isinstance(value, str):
        return ""
    if isinstance(value, CellError):
        return value.code
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return format(value, ".15g") if abs(value) < 1e15 else format(Decimal(value), "f")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
