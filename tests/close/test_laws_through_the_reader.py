"""Laws over random exports of all kinds, read as a user's file is: nothing is lost, everything ties out, and what moved
adds up to what is open on every day.

The control account is worked out row by row from what was written into the file, by the rules of double entry alone:
an invoice adds, a credit takes off, a bill taken for an invoice takes off (and stands in the bills), retention held
back from an invoice changes nothing (unless it becomes a contract asset), money that pays a bill is no receivable's.
"""

from __future__ import annotations

import csv
import tempfile
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from duebook.close.options import CloseOptions
from duebook.close.run import figured
from duebook.core.engine import Engine
from duebook.ledger.files import Source
from tests.close.test_laws_of_movement import held_at, moved

AS_OF = date(2026, 10, 31)
REQUIRED = ("Customer ID", "Document No", "Type", "Invoice Date", "Due Date", "Amount", "Currency")
OPTIONAL = (
    "Applies to", "Contract asset", "Recourse", "Bill status", "Transferred date", "Disputed amount", "Recorded date",
    "Netting agreement", "Related party", "Acceptor",
)  # fmt: skip
WORDS = {
    "invoice": "Invoice", "credit_note": "红字发票", "payment": "收款单", "advance": "ADVANCE", "bill": "银行承兑汇票",
    "retention": "质保金", "write_off": "Write-off", "factoring": "保理", "netting": "对抵", "journal": "Journal",
    "revaluation": "调汇",
}  # fmt: skip
DIGITS = {"CNY": 2, "JPY": 0, "KWD": 3}
DAYS = st.integers(0, 300).map(lambda n: AS_OF - timedelta(n))
Row = dict[str, str]


class Export:
    """Rows under construction, with the control account that they make, by currency."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw, self.rows = draw, [self._first()]
        self.columns = [name for name in OPTIONAL if draw(st.integers(0, 5)) < 5]
        self.control: dict[str, Decimal] = defaultdict(Decimal)
        self.control["CNY"] = Decimal(1)
        self.charges: list[tuple[str, Row]] = []
        for number in range(draw(st.integers(4, 20))):
            self._add(number)

    @staticmethod
    def _first() -> Row:
        """An invoice that is always open, so that there is something to close."""
        return dict(zip(REQUIRED, ("C9", "I-0", "Invoice", "2026-10-01", "2026-10-31", "1.00", "CNY"), strict=True))

    def _has(self, column: str) -> bool:
        return column in self.columns

    def _add(self, number: int) -> None:
        draw = self.draw
        kind = draw(st.sampled_from([*WORDS, "invoice", "bill", "payment", "payment"]))
        currency = draw(st.sampled_from(["CNY", "CNY", *DIGITS]))
        amount = Decimal(draw(st.integers(1, 10**6))).scaleb(-DIGITS[currency])
        row: Row = {
            "Customer ID": draw(st.sampled_from(["C1", "C1", "C1", "C2"])),
            "Document No": f"D-{number}x",
            "Type": WORDS[kind],
            "Invoice Date": draw(DAYS).isoformat(),
            "Due Date": draw(DAYS).isoformat(),
            "Currency": currency,
        }
        if kind == "journal" and draw(st.booleans()):
            amount = -amount
        row["Amount"] = f"{amount:f}"
        target = self._named(kind, row, amount)
        effect = self._effect(kind, row, amount, target)
        self._beside(kind, row)
        if draw(st.integers(0, 9)) == 0 and kind != "revaluation" and target is None:
            row["Invoice Date"] = "soon"  # left out, and a reconciling item
        elif kind in ("invoice", "bill", "retention"):
            self.charges.append((kind, row))
        self._kept(row, effect)
        if target is None and kind in ("bill", "retention") and row["Invoice Date"] != "soon" and draw(st.booleans()):
            self._reversed(row, effect)

    def _named(self, kind: str, row: Row, amount: Decimal) -> str | None:
        """The kind of the document that the row names, of its own customer and currency; None where it names none."""
        takes = {"credit_note", "payment", "write_off", "netting", "factoring", "bill", "retention"}
        if kind == "journal" and amount < 0:
            takes = {"journal"}
        fitting = [
            (charge, other)
            for charge, other in self.charges
            if other["Currency"] == row["Currency"] and other["Customer ID"] == row["Customer ID"]
            and (charge == "invoice" or (charge == "bill" and kind == "payment"))
            # money on what is written off is a recovery: see the hand-checked ledgers
            and not (kind in ("payment", "write_off") and (other.get("touched") or kind) != kind)
        ]  # fmt: skip
        if not self._has("Applies to") or kind not in takes or not fitting or self.draw(st.integers(0, 4)) == 4:
            return None
        charge, other = self.draw(st.sampled_from(sorted(fitting, key=lambda f: f[0])))  # bills first: seldom met
        if kind in ("payment", "write_off"):
            other["touched"] = kind
        row["Applies to"] = other["Document No"]
        return charge

    def _effect(self, kind: str, row: Row, amount: Decimal, target: str | None) -> Decimal:
        """What the row is in the control account of receivables."""
        if kind in ("invoice", "journal", "revaluation"):
            return amount
        if kind == "bill":
            return -amount if target else Decimal(0)
        if kind == "retention":
            asset = self._has("Contract asset") and self.draw(st.booleans())
            row["Contract asset"] = "是" if asset else "否"
            return (Decimal(0) if target else amount) - (amount if asset else 0)
        if kind == "factoring":
            sold = self._has("Recourse") and self.draw(st.booleans())
            row["Recourse"] = "无追索权" if sold else ""
            return -amount if sold else Decimal(0)
        return Decimal(0) if target == "bill" else -amount

    def _beside(self, kind: str, row: Row) -> None:
        draw = self.draw
        if kind == "bill":
            row["Bill status"] = draw(st.sampled_from(["", "持有", "已背书", "贴现", "托收", "拒付"]))
            row["Transferred date"] = draw(st.just("") | DAYS.map(date.isoformat))
        if kind == "invoice":
            row["Disputed amount"] = draw(st.sampled_from(["", row["Amount"]]))
        if kind == "netting":
            row["Netting agreement"] = draw(st.sampled_from(["", "A-1"]))
        row["Recorded date"] = draw(st.just("") | DAYS.map(date.isoformat))
        row["Related party"] = draw(st.sampled_from(["", "是", "否", "集团内"]))

    def _kept(self, row: Row, effect: Decimal) -> None:
        self.rows.append(row)
        self.control[row["Currency"]] += effect

    def _reversed(self, row: Row, effect: Decimal) -> None:
        back = {**row, "Amount": f"-{row['Amount']}", "Bill status": "", "Transferred date": ""}
        self._kept(back, -effect)
        row["Bill status"] = row["Transferred date"] = ""

    def written(self, path: Path) -> Path:
        headers = [*REQUIRED, *self.columns]
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, headers, restval="", extrasaction="ignore")
            writer.writeheader()
            writer.writerows(self.rows)
        return path


@st.composite
def exports(draw: st.DrawFn) -> Export:
    return Export(draw)


@given(
    exports(),
    st.sampled_from(["open", "separate", "exclude"]),
    st.sampled_from(["separate", "fold", "age"]),
    st.sampled_from(["standard", "cn_annual", "erpnext"]),
    DAYS,
)
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_export_ties_out_and_moves_as_it_stands(
    export: Export, disputed: str, unapplied: str, scheme: str, day: date
) -> None:
    with tempfile.TemporaryDirectory() as name, Engine(threads=1) as engine:
        folder = Path(name)
        options = CloseOptions(
            (Source(export.written(folder / "ledger.csv")),), AS_OF, folder / "out",
            disputed=disputed, unapplied=unapplied, scheme=scheme, currency="CNY",  # type: ignore[arg-type]
        )  # fmt: skip
        close = figured(options, engine)
        ledger = close.ledger
        assert ledger.records == ledger.accepted + ledger.left_out == len(export.rows)
        found = {tie.currency: tie.total for tie in close.tie_outs}
        assert {c: t for c, t in found.items() if t} == {c: t for c, t in export.control.items() if t}
        for on in (AS_OF, day):
            assert moved(engine, on) == held_at(engine, on)
