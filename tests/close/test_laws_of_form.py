"""Laws of a whole close: how an export is cut, ordered, encoded and written changes no figure."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import xlsxwriter  # type: ignore[import-untyped]  # ships no types
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from duebook.close.options import CloseOptions
from duebook.close.run import figured
from duebook.core.engine import Engine
from duebook.ledger.raw import Source

AS_OF = date(2026, 10, 31)
_EN = "Customer ID|Customer Name|Document No|Type|Invoice Date|Due Date|Currency|Amount|Disputed|Applies to"
_ZH = "客户编码|客户名称|单据编号|单据类型|单据日期|到期日|币种|金额|是否争议|核销单号"
HEADERS = {"en": _EN.split("|"), "zh": _ZH.split("|")}
KINDS = {"invoice": "发票", "credit note": "贷项通知单", "payment": "收款单", "advance": "预收款"}
NAMES = {"0012": "青松贸易有限公司", "C2": "Blue Pine; Trading, Co.", "K-3": 'Ämter "Süd"'}


@dataclass(frozen=True)
class Document:
    customer: str
    number: str
    kind: str
    issued: date
    due: date
    currency: str
    amount: Decimal
    disputed: bool
    applies_to: str


@st.composite
def documents(draw: st.DrawFn) -> list[Document]:
    found: list[Document] = []
    for n in range(draw(st.integers(1, 10))):
        kind = draw(st.sampled_from(["invoice", "invoice", "invoice", *KINDS]))
        issued = draw(st.dates(date(2026, 1, 1), date(2026, 11, 30)))
        customer, currency = draw(st.sampled_from(sorted(NAMES))), draw(st.sampled_from(["CNY", "EUR", "USD"]))
        paid = [d.number for d in found if d.kind == "invoice" and (d.customer, d.currency) == (customer, currency)]
        found.append(
            Document(
                customer,
                f"{n:04}",
                kind,
                issued,
                draw(st.dates(issued, date(2027, 3, 31))) if kind == "invoice" else issued,
                currency,
                draw(st.decimals("0.01", "9999999.99", places=2)) * (1 if kind == "invoice" else -1),
                kind == "invoice" and draw(st.booleans()),
                draw(st.sampled_from(["", *paid])) if kind != "invoice" else "",
            )
        )
    # one invoice that every close has, so that there is always something to age
    late = (date(2026, 9, 13), date(2026, 10, 13))
    found.append(Document("C2", "9999", "invoice", *late, "EUR", Decimal("1234567.89"), False, ""))
    return found


def comma(amount: Decimal) -> str:
    return f"{amount:,.2f}".replace(",", " ").replace(".", ",").replace(" ", ".")


FORMS = {
    # name: encoding, delimiter, date format, amount, language
    "plain": ("utf-8", ",", "{0:%Y-%m-%d}", str, "en"),
    "german": ("utf-8-sig", ";", "{0:%d.%m.%Y}", comma, "en"),
    "chinese": ("gb18030", "\t", "{0.year}年{0.month}月{0.day}日", str, "zh"),
    "unicode text": ("utf-16", "\t", "{0:%Y/%m/%d}", "{:,.2f}".format, "zh"),
    "british": ("utf-8", "|", "{0:%d %b %Y}", "{:,.2f}".format, "en"),
}


def cells(document: Document, day: str, amount: str, language: str) -> tuple[str, ...]:
    kind = KINDS[document.kind] if language == "zh" else document.kind
    disputed = {"en": ("no", "yes"), "zh": ("否", "是")}[language][document.disputed]
    return (
        document.customer, NAMES[document.customer], document.number, kind, day.format(document.issued),
        day.format(document.due), document.currency, amount, disputed, document.applies_to,
    )  # fmt: skip


def text_file(folder: Path, name: str, rows: Sequence[Document], form: str = "plain") -> Source:
    encoding, delimiter, day, amount, language = FORMS[form]
    path = folder / name
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerow(HEADERS[language])
        writer.writerows(cells(row, day, amount(row.amount), language) for row in rows)
    return Source(path, encoding="gb18030" if form == "chinese" else None)  # a few rows may not suffice to tell it


def workbook(folder: Path, rows: Sequence[Document]) -> Source:
    path = folder / "ledger.xlsx"
    with xlsxwriter.Workbook(str(path)) as made:
        sheet, day = made.add_worksheet("应收"), made.add_format({"num_format": "yyyy/m/d"})
        sheet.write_row(0, 0, HEADERS["zh"])
        for r, row in enumerate(rows, start=1):
            for c, text in enumerate(cells(row, "", "", "zh")):
                sheet.write_string(r, c, text)
            for c, moment in ((4, row.issued), (5, row.due)):
                sheet.write_datetime(r, c, datetime(moment.year, moment.month, moment.day), day)
            sheet.write_number(r, 7, float(row.amount))
    return Source(path)


def figures(sources: Sequence[Source]) -> object:
    """Everything a close finds out, but for where its rows stand."""
    options = CloseOptions(tuple(sources), AS_OF, Path("never written"))
    with Engine(threads=1) as engine:
        close = figured(options, engine)
        kept = sorted((p.reason, p.treatment, p.document_id or "") for p in close.ledger.problems if p.line)
        return close.balances, close.figures, close.reconciling, close.tie_outs, kept


EACH = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@EACH
@given(documents(), st.data())
def test_cutting_and_shuffling_change_no_figure(rows: list[Document], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(rows))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(rows)), min_size=1, max_size=2)))
    parts = [part for part in (shuffled[a:b] for a, b in zip([0, *cuts], [*cuts, None], strict=True)) if part]
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        whole = figures([text_file(folder, "whole.csv", rows)])
        assert figures([text_file(folder, f"part{n}.csv", part) for n, part in enumerate(parts)]) == whole


@EACH
@given(documents(), st.sampled_from(sorted(set(FORMS) - {"plain"})))
def test_encoding_delimiter_and_style_change_no_figure(rows: list[Document], form: str) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        plain = figures([text_file(folder, "ledger.csv", rows)])
        assert figures([text_file(folder, "ledger.txt", rows, form)]) == plain


@EACH
@given(documents())
def test_a_workbook_gives_the_figures_of_the_text(rows: list[Document]) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        assert figures([workbook(folder, rows)]) == figures([text_file(folder, "ledger.csv", rows)])
