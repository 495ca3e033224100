"""The button that turns counted events into risk signals, tiers and what to do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from duebook.close.slots import Field
from duebook.core.cells import Cell, CellError, Label
from duebook.core.errors import DuebookError
from duebook.credit.signals import KIND_NAMES
from duebook.hosts.excel import sheets
from duebook.hosts.excel.basis import Basis
from duebook.hosts.excel.buttons import button, progress, tell
from duebook.hosts.excel.columns import CUSTOMER_ID, CUSTOMER_NAME, Asked, Columns, Customer, chosen
from duebook.hosts.excel.live.changes import changes
from duebook.hosts.excel.results import DETAILS, SIGNALS
from duebook.policy import monitoring as monitoring_policy
from duebook.policy.monitoring import COLORS, KINDS

if TYPE_CHECKING:
    import xlwings as xw

INPUT = "signal_input"
INPUT_SHEET = Label("Signal input", "预警资料")
ASKED = (
    Asked(CUSTOMER_ID, Label("As in the ledger; leading zeros stay.", "与台账一致；前导零保留。")),
    Asked(CUSTOMER_NAME, Label("The customer's name.", "客户名称。")),
    Asked(
        Field("kind", "Kind of event", "事件类别"),
        Label(" / ".join(KINDS), " / ".join(KIND_NAMES)),
        ("event", "signal kind", "事件", "类别"),
        needed=True,
    ),
    Asked(
        Field("events", "Events", "事件数", "count"),
        Label("Events counted in the window.", "观察期内的事件数。"),
        ("number of events", "count", "次数"),
        needed=True,
    ),
    Asked(
        Field("window_days", "Window, days", "观察期天数", "count"),
        Label("Days over which they were counted.", "统计事件的天数。"),
        ("window", "days", "观察期"),
        needed=True,
    ),
    Asked(
        Field("baseline", "Usual events", "通常事件数", "number"),
        Label("Usual for this company in such a window; blank: 0.", "该企业在同样观察期内通常的事件数；留空为 0。"),
        ("usual", "基准"),
    ),
)
_UNKNOWN = "unknown"
_ORDER = (_UNKNOWN, *reversed(COLORS))
"""The tiers from the most urgent on: one that could not be computed hides anything."""


class Event(NamedTuple):
    """A row of the input with its signal, a color or a CellError; `rule` says why."""

    customer: Customer
    cells: tuple[Cell, ...]
    signal: Cell
    rule: str

    @property
    def name(self) -> Label:
        """What the signal is called: the kind of event in both languages."""
        wanted = str(self.cells[0] or "").strip()
        for kind, zh in zip(KINDS, KIND_NAMES, strict=True):
            if wanted.casefold().replace(" ", "_") in (kind, zh):
                return Label(kind.replace("_", " "), zh)
        return Label(wanted, wanted)


class Watched(NamedTuple):
    """A customer with its tier, a color or a CellError."""

    customer: Customer
    events: Sequence[Event]
    tier: Cell
    action: Cell
    remark: str

    @property
    def rank(self) -> tuple[int, int, int]:
        """Worst first."""
        color = _UNKNOWN if isinstance(self.tier, CellError) else str(self.tier)
        return _ORDER.index(color), -self.count("red"), -self.count("yellow")

    def count(self, color: str) -> int:
        return sum(event.signal == color for event in self.events)

    def names(self, color: str, basis: Basis) -> str:
        return basis.comma([event.name.text(basis.language) for event in self.events if event.signal == color])


@button(
    group="credit",
    label=Label("Refresh signals", "刷新预警信号"),
    tip=Label(
        "Turns the selected table of counted events (lawsuits, late payment, news …) into signals by the policy's "
        "thresholds, and into a tier and an action per customer, worst first. Without a table it adds one to fill in.",
        "按政策阈值将所选事件表（涉诉、付款放缓、舆情等）转为预警信号，并给出每个客户的层级和措施，最严重者在前。没有表格时，先添加一张待填表。",
    ),
    icon="signals",
    key="RS",
)
def refresh_signals(book: xw.Book) -> None:
    basis = Basis(book)
    progress("credit_buttons.step_read")
    found = chosen(book, INPUT, ASKED, _fits, ours=(SIGNALS.name, DETAILS.name))
    if found is None:
        with changes(book, "refresh_signals") as change:
            lead = basis.text("lead_signals")
            sheet = sheets.add_input(change, INPUT, INPUT_SHEET, lead, ASKED, basis.language)
        tell("credit_buttons.needs_input", sheet=sheet)
        return
    if not found.has_customers:
        raise DuebookError("credit_buttons.no_customers", table=found.table.title)
    events = list(_events(found, basis))
    if not events:
        raise DuebookError("credit_buttons.nothing_filled_in", table=found.table.title)
    progress("credit_buttons.step_signals", count=f"{len(events):,}")
    _write(book, basis, found, events)


def _fits(found: Columns) -> bool:
    return found.has_customers and all(one.field.key in found.places for one in ASKED if one.needed)


def _events(found: Columns, basis: Basis) -> Iterator[Event]:
    for row in found.rows():
        cells = tuple(found.cell(row, key) for key in ("kind", "events", "window_days", "baseline"))
        said = basis.hear("RISK_SIGNAL", *cells, None, basis.day)
        failed = isinstance(said.value, CellError)
        rule = basis.reason(said.value) if failed else basis.joined(said.remarks)
        yield Event(found.customer(row), cells, said.value, rule)


def watched(events: Sequence[Event], basis: Basis) -> list[Watched]:
    """Every customer once, worst first."""
    grouped: dict[str, list[Event]] = {}
    for event in events:
        grouped.setdefault((event.customer.id or event.customer.name).casefold(), []).append(event)
    return sorted((_watched(each, basis) for each in grouped.values()), key=lambda one: one.rank)


def _watched(events: Sequence[Event], basis: Basis) -> Watched:
    named = next((event.customer for event in events if event.customer.name), events[0].customer)
    said = basis.hear("RISK_TIER", [[event.signal] for event in events], None, basis.day)
    if isinstance(said.value, CellError):
        reasons = dict.fromkeys(event.rule for event in events if isinstance(event.signal, CellError))
        return Watched(named, events, said.value, None, basis.joined(list(reasons) or [basis.reason(said.value)]))
    action = basis.ask("TIER_ACTION", said.value, None, basis.day)
    return Watched(named, events, said.value, action, basis.joined(said.remarks))


def _write(book: xw.Book, basis: Basis, found: Columns, events: Sequence[Event]) -> None:
    customers = watched(events, basis)
    source = basis.source(found.table, len(events))
    lines = [basis.words(monitoring_policy), source]
    rows = [
        (
            *one.customer,
            one.tier,
            one.action,
            one.names("red", basis),
            one.names("yellow", basis),
            one.names("green", basis),
            one.remark,
        )
        for one in customers
    ]
    details = [
        (*event.customer, event.name, *event.cells[1:], event.signal, event.rule)
        for one in customers
        for event in one.events
    ]
    with changes(book, "refresh_signals") as change:
        sheet = sheets.put_result(change, SIGNALS, rows, lines, basis.language)
        sheets.put_result(change, DETAILS, details, lines, basis.language)
    counts = {color: sum(one.tier == color for one in customers) for color in COLORS}
    unknown = sum(isinstance(one.tier, CellError) for one in customers)
    more = basis.text("no_tier", count=f"{unknown:,}") if unknown else ""
    tell("credit_buttons.signals", count=f"{len(customers):,}", sheet=sheet, more=more, **counts)
