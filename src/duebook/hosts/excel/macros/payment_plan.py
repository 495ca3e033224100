"""The button that works out a payment plan from a sheet of settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from duebook.close.slots import Field
from duebook.core import money
from duebook.core.arguments import Argument, Day, ExactRate, Money, Number
from duebook.core.cells import Cell, CellError, Label
from duebook.core.declare import Parameter
from duebook.core.errors import DuebookError
from duebook.hosts import catalogue
from duebook.hosts.excel import sheets
from duebook.hosts.excel.basis import Basis
from duebook.hosts.excel.buttons import button, progress, tell
from duebook.hosts.excel.columns import CUSTOMER_NAME, Asked, as_text
from duebook.hosts.excel.live import tables
from duebook.hosts.excel.live.changes import changes
from duebook.hosts.excel.results import PLAN
from duebook.hosts.excel.results import payment_plan as payment_plan_table
from duebook.policy import calendars

if TYPE_CHECKING:
    import xlwings as xw

INPUT = "plan_input"
INPUT_SHEET = Label("Plan input", "付款计划资料")
LABELS: Mapping[str, Label] = {
    "amount": Label("Amount", "应付总额"),
    "installments": Label("Installments", "期数"),
    "first_date": Label("First date", "首期日期"),
    "annual_rate": Label("Yearly rate", "年利率"),
    "method": Label("Method", "还款方式"),
    "start_date": Label("Start date", "起息日"),
    "deposit": Label("Deposit", "首付款"),
    "every_months": Label("Every … months", "间隔月数"),
    "balloon": Label("Balloon", "气球款"),
    "grace_periods": Label("Grace periods", "宽限期数"),
    "calendar": Label("Calendar", "日历"),
    "day_count": Label("Day count", "计息方式"),
    "currency": Label("Currency", "币种"),
    "convention": Label("Business days", "营业日规则"),
}
"""What a setting is called; all else about it stands in the declaration of PAYMENT_PLAN."""


def parameters() -> Sequence[Parameter]:
    """The arguments of PAYMENT_PLAN that the sheet asks for: all but the policy, which is the one in use."""
    return [found for found in catalogue.functions()[PLAN].parameters if found.name != "policy"]


def asked() -> list[Asked]:
    customer = Asked(CUSTOMER_NAME, Label("For the title; optional.", "用于标题；可留空。"))
    return [customer, *(_setting(parameter) for parameter in parameters())]


def _setting(parameter: Parameter) -> Asked:
    kind, name = parameter.kind, LABELS[parameter.name]
    field = Field(parameter.name, name, name.zh, _unit(kind))
    return Asked(field, Label(kind.help, kind.zh), needed=parameter.required)


def _unit(kind: Argument) -> str:
    if isinstance(kind, Day):
        return "date"
    if isinstance(kind, ExactRate):
        return "rate"
    if isinstance(kind, Money):
        return "money"
    return "count" if isinstance(kind, Number) else "text"


@button(
    group="credit",
    label=Label("Payment plan", "付款计划"),
    tip=Label(
        "Works out a plan to the cent from the sheet Plan input: amount, installments, first date, rate, method, "
        "deposit, calendar. Checks that it adds up. Without the sheet it adds one to fill in.",
        "按“付款计划资料”（金额、期数、首期日期、利率、方式、首付、日历等）编制精确到分的付款计划，并核对合计。没有该表时，先添加一张待填表。",
    ),
    icon="plan",
    key="PP",
)
def payment_plan(book: xw.Book) -> None:
    basis = Basis(book)
    table = tables.find_table(book, INPUT)
    if table is None:
        with changes(book, "payment_plan") as change:
            lead = basis.text("lead_plan")
            sheet = sheets.add_settings(change, INPUT, INPUT_SHEET, lead, asked(), basis.language)
        tell("credit_buttons.needs_settings", sheet=sheet)
        return
    given = sheets.settings(table, asked())
    if lacking := [one.field.label(basis.language) for one in asked() if one.needed and one.field.key not in given]:
        raise DuebookError("credit_buttons.plan_lacks", sheet=table.sheet, names=basis.comma(lacking))
    progress("credit_buttons.step_plan")
    said = basis.hear(PLAN, *(given.get(parameter.name) for parameter in parameters()), None, False)
    if isinstance(said.value, CellError):
        raise DuebookError("credit_buttons.plan_refused", sheet=table.sheet, reason=_reason(said.value))
    _write(book, basis, given, said.value, said.remarks)


def _reason(error: CellError) -> Label:
    return Label(error.text("en"), error.text("zh"))


def _write(
    book: xw.Book, basis: Basis, given: Mapping[str, Cell], rows: Sequence[Sequence[object]], remarks: Sequence[str]
) -> None:
    result = payment_plan_table()
    currency = as_text(given.get("currency")).upper()
    digits = money.decimals(currency)
    totals = sums(rows)
    checked(rows, totals)
    shown = {key: f"{currency} {amount:,.{digits}f}".strip() for key, amount in totals.items()}
    terms = _terms(basis, rows, currency, digits, shown)
    calendar = as_text(given.get("calendar"))
    lines = [
        terms,
        basis.text("plan_adds_up", **shown),
        *remarks,
    ]
    if calendar:
        lines.append(
            basis.joined([basis.text("plan_calendar", calendar=calendar), basis.words(calendars, dated=False)])
        )
    pattern = "#,##0" + ("." + "0" * digits if digits else "") + "_)"
    customer = as_text(given.get("customer_name"))
    title = Label(f"{result.title}: {customer}", f"{result.title.zh}：{customer}") if customer else result.title
    totalled = {"date": basis.text("total"), **totals}
    with changes(book, "payment_plan") as change:
        sheet = sheets.put_result(
            change, result._replace(title=title), rows, lines, basis.language, totalled, {"money": pattern}
        )
    tell("credit_buttons.plan", sheet=sheet, terms=terms)


def sums(rows: Sequence[Sequence[object]]) -> dict[str, Decimal]:
    """Principal, interest and payment of all rows, exactly."""
    places = {"principal": 3, "interest": 4, "payment": 5}
    return {key: sum((_amount(row[place]) for row in rows), Decimal(0)) for key, place in places.items()}


def _amount(cell: object) -> Decimal:
    assert isinstance(cell, (int, float))
    return money.exact(cell)


def checked(rows: Sequence[Sequence[object]], totals: Mapping[str, Decimal]) -> None:
    """Refuses a plan that does not add up: its principal is what was owed, each payment its two parts, each row goes on
    from the one before, and nothing is left."""
    opening = _amount(rows[0][2])
    whole = totals["principal"] == opening and totals["payment"] == opening + totals["interest"]
    left = opening
    for _, _, before, principal, interest, payment, after in rows:
        whole = whole and _amount(before) == left and _amount(payment) == _amount(principal) + _amount(interest)
        left -= _amount(principal)
        whole = whole and _amount(after) == left
    if not whole or left:
        raise DuebookError("credit_buttons.plan_adds_not_up", left=money.readable(left))


def _terms(
    basis: Basis, rows: Sequence[Sequence[object]], currency: str, digits: int, totals: Mapping[str, str]
) -> str:
    """The plan in a sentence."""
    deposit = rows[0] if rows[0][0] == 0 else None
    regular = rows[1:] if deposit else rows
    first, last = regular[0], regular[-1]

    def said(row: Sequence[object]) -> dict[str, str]:
        amount = f"{currency} {_amount(row[5]):,.{digits}f}".strip()
        return {"amount": amount, "day": row[1].isoformat() if isinstance(row[1], date) else str(row[1])}

    parts = [basis.text("plan_deposit", **said(deposit))] if deposit else []
    if len(regular) == 1:
        parts.append(basis.text("plan_once", **said(first)))
    else:
        ends = {"last_amount": said(last)["amount"], "last_day": said(last)["day"]}
        parts.append(basis.text("plan_times", count=len(regular), **said(first), **ends))
    return basis.text("plan_terms", owed=totals["principal"], parts="".join(parts), interest=totals["interest"])
