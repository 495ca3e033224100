"""Running accounts: debits and credits per customer with no matching (往来明细账), aged first-in first-out.

Debits are charges and credits reduce them; a red entry (negative) changes sides. What pays what is derived: in each
account (customer, contract and currency) the oldest credit meets the oldest open charge. What is dated later meets
later, so the matching of a shorter history is the beginning of the matching of a longer one, and the balance of any
earlier day is right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from duebook.core.engine import Engine, identifier, quoted
from duebook.ledger import account_lines, columns, kinds
from duebook.ledger.allocations import kept_risk
from duebook.ledger.cells import Reader
from duebook.ledger.columns import MATCHING, has_sides
from duebook.ledger.found import ENTRY_SHIFT, Findings, Part, shown
from duebook.ledger.problems import Treatment

_ACCOUNT = ("customer_id", "contract_id", "currency")
_EITHER = ("revaluation", "journal")
_KEPT_KINDS = {1: ("invoice", "retention", *_EITHER), -1: (*kinds.CREDIT_KINDS, *_EITHER)}
"""Kinds that stay as the export names them on the debit side and on the credit side."""


# ---- which tables are running accounts ----


def told(engine: Engine, parts: Sequence[Part]) -> list[Part]:
    """Parts of one layout, with what their cells say beyond their headers about being a running account."""
    first = parts[0].mapped
    if first.role != "invoices":
        return list(parts)
    positions = dict(first.positions)
    if "direction" in positions and not _names_sides(engine, parts):
        del positions["direction"]
    sides = has_sides(positions)
    if parts[0].preset and parts[0].preset.running is not None:
        running = sides and parts[0].preset.running
        return [replace(p, mapped=replace(p.mapped, positions=positions, sides=sides, running=running)) for p in parts]
    empty = [name for name in MATCHING if name in positions and positions[name] != positions.get("amount")]
    empty = [name for name in empty if not _filled(engine, parts, name)]
    if sides:
        positions = {name: place for name, place in positions.items() if name not in empty}
    elif _runs(engine, parts, empty):
        place = positions.pop("open_amount", None)
        if place is not None and place != positions.get("amount"):
            positions.setdefault("running_balance", place)
        return [replace(p, mapped=replace(p.mapped, positions=positions, running=True)) for p in parts]
    running = sides and not any(name in positions for name in MATCHING)
    return [replace(p, mapped=replace(p.mapped, positions=positions, sides=sides, running=running)) for p in parts]


def _names_sides(engine: Engine, parts: Sequence[Part]) -> bool:
    texts = {
        text
        for p in parts
        for (text,) in engine.rows(f"SELECT DISTINCT {p.text('direction')} FROM {identifier(p.raw.name)} AS r")
    }
    texts -= {None, *(p.header("direction") for p in parts)}  # printed pages repeat the header
    return bool(texts) and all(account_lines.side(text) is not None for text in texts)


def _filled(engine: Engine, parts: Sequence[Part], name: str) -> bool:
    return any(engine.one(f"SELECT count({p.text(name)}) FROM {identifier(p.raw.name)} AS r")[0] for p in parts)


def _runs(engine: Engine, parts: Sequence[Part], empty: Sequence[str]) -> bool:
    """Whether signed amounts without kinds are an account: a balance runs over them, or a fifth of them are credits."""
    has = parts[0].mapped.positions
    if "amount" not in has or {"kind", "due_date", "paid_amount", "settled_date", "applies_to"} & (
        has.keys() - {*empty}
    ):
        return False
    if "running_balance" in has:
        return True
    number = "TRY_CAST(replace({}, ',', '') AS DECIMAL(18, 4))"
    beside = "open_amount" in has and has["open_amount"] != has["amount"] and "open_amount" not in empty
    if beside and columns.plain(parts[0].header("open_amount") or "") not in columns.fields()["running_balance"].also:
        return False
    each = " UNION ALL ".join(
        f"SELECT {p.entry} AS entry, {p.text('customer_id')} AS customer, {number.format(p.text('amount'))} AS amount, "
        f"{number.format(p.text('open_amount')) if beside else 'NULL'} AS balance FROM {identifier(p.raw.name)} AS r"
        for p in parts
    )
    rows, negative, follow, followed = engine.one(
        "SELECT count(*), count(*) FILTER (amount < 0), count(*) FILTER (balance - amount = before), count(before) "
        "FROM (SELECT *, lag(balance) OVER (PARTITION BY customer ORDER BY entry) AS before "
        f"FROM ({each}) WHERE amount IS NOT NULL)"
    )
    if beside:
        return bool(negative and followed >= 2 and follow * 10 >= followed * 9)
    return bool(rows >= 5 and negative * 5 >= rows and negative < rows)


# ---- one amount out of two columns, and the kind out of the side ----


def read_sides(reader: Reader) -> None:
    """The signed amount of each row, and its running balance: debit − credit, or the amount on the side it names."""
    group = reader.group
    two_columns = "amount" not in group.parts[0].mapped.positions
    for name in ("debit", "credit") if two_columns else ():
        if group.has(name):
            reader.amounts(name, _matters)
    if group.has("running_balance"):
        reader.amounts("running_balance", _ignored)
    if group.has("direction"):
        texts = reader.distinct(lambda p: p.text("direction"))
        sides = [account_lines.side(text) for text in texts]
        table = reader.table("direction", {"text": ("VARCHAR", texts), "value": ("INTEGER", sides)})
        for part in group.parts:
            on = f"m_direction.text = {part.text('direction')}"
            reader.shapes[part.number].joins.append(f"LEFT JOIN {identifier(table)} AS m_direction ON {on}")
    for part in group.parts:
        if part.lines:
            join = f"LEFT JOIN {identifier(part.lines)} AS lines ON lines.record = r.record"
            reader.shapes[part.number].joins.append(join)
        _signed(reader, part)


def _signed(reader: Reader, part: Part) -> None:
    shape = reader.shapes[part.number]
    have = shape.expressions
    two_columns = "amount" not in part.mapped.positions
    direction = "m_direction.value" if reader.group.has("direction") else None
    balance = have.get("running_balance")
    if two_columns:
        debit, credit = have["debit"], have["credit"]
        amount = f"coalesce({debit}, 0) - coalesce({credit}, 0)"
        amount = f"CASE WHEN {debit} IS NOT NULL OR {credit} IS NOT NULL THEN {amount} END"
        _tell_red(reader, part, debit, credit)
        if balance and direction:
            balance = f"{balance} * coalesce({direction}, 1)"
    else:
        amount = (
            f"{have['amount']} * {direction}" if direction and not _signed_already(reader, part) else have["amount"]
        )
        if direction:
            _without_side(reader, part)
    if part.lines:
        opens = f"coalesce(lines.mark = '{account_lines.OPENING}', false)"
        if balance:
            amount = f"CASE WHEN {opens} AND coalesce({amount}, 0) = 0 THEN {balance} ELSE {amount} END"
        have["opening"] = opens
    have["amount"] = f"CAST({amount} AS DECIMAL(18, 4))"
    for name in sorted(
        {"open_amount", "paid_amount", "functional_amount"} & have.keys()
    ):  # written without a minus beside a credit
        have[name] = f"CASE WHEN {amount} < 0 AND {have[name]} > 0 THEN -{have[name]} ELSE {have[name]} END"
    if balance:
        have["running_balance"] = f"CAST({balance} AS DECIMAL(18, 4))"


def _tell_red(reader: Reader, part: Part, debit: str, credit: str) -> None:
    shape = reader.shapes[part.number]
    (count,) = reader.engine.one(
        f"SELECT count(*) FILTER ({debit} < 0 OR {credit} < 0) FROM {identifier(part.raw.name)} AS r "
        f"{' '.join(shape.joins)}"
    )
    if count:
        reader.findings.remark(part, None, "red_entries", "kept", count=f"{count:,}")


def _signed_already(reader: Reader, part: Part) -> bool:
    """Whether amounts on the credit side carry their minus already; the side is then but a label."""
    shape = reader.shapes[part.number]
    minus, plus = reader.engine.one(
        f"SELECT count(*) FILTER (amount < 0), count(*) FILTER (amount > 0) FROM ("
        f"SELECT {shape.expressions['amount']} AS amount FROM {identifier(part.raw.name)} AS r {' '.join(shape.joins)} "
        "WHERE m_direction.value = -1)"
    )
    return bool(minus > plus)


def _without_side(reader: Reader, part: Part) -> None:
    shape = reader.shapes[part.number]
    reader.findings.rows(
        f"SELECT {part.entry}, r.line, {part.text('direction')}, NULL FROM {identifier(part.raw.name)} AS r "
        f"{' '.join(shape.joins)} WHERE coalesce(m_direction.value, 0) = 0 AND {part.text('amount')} IS NOT NULL",
        "direction", "side_unknown", "left_out",
    )  # fmt: skip


def read_kinds(reader: Reader) -> None:
    """The kind of each row: what its kind column says, as far as that fits its side; else invoice or payment.

    Opening balances, and charges that a red receipt brings back, are journal entries: no sale stands behind them. What
    becomes of a bill is in no running account: there taking one is a payment, and a bill that comes back is a charge.
    """
    group = reader.group
    bills = () if group.parts[0].mapped.running else ("bill",)
    texts = reader.distinct(lambda p: p.text("kind")) if group.has("kind") else []
    named = {text: kind for text in texts if (kind := kinds.kind(text))}
    table = reader.table("side_kind", {"text": ("VARCHAR", list(named)), "value": ("VARCHAR", list(named.values()))})
    for part in group.parts:
        shape = reader.shapes[part.number]
        amount = shape.expressions["amount"]
        kind = "CAST(NULL AS VARCHAR)"
        if named:
            shape.joins.append(f"LEFT JOIN {identifier(table)} AS m_side ON m_side.text = {part.text('kind')}")
            kind = "m_side.value"
        fits = {sign: ", ".join(map(quoted, (*listed, *bills))) for sign, listed in _KEPT_KINDS.items()}
        opens = shape.expressions.get("opening", "false")
        credit = shape.expressions.get("credit")
        debit = shape.expressions.get("debit")
        red_receipt = (
            f"coalesce({credit}, 0) < 0" if credit else f"coalesce({kind} IN {_listed(kinds.CREDIT_KINDS)}, false)"
        )
        red_invoice = f"coalesce({debit}, 0) < 0" if debit else f"coalesce({kind} = 'invoice', false)"
        shape.expressions["kind"] = (
            f"CASE WHEN {opens} THEN 'journal' "
            f"WHEN {amount} < 0 THEN CASE WHEN {kind} IN ({fits[-1]}) THEN {kind} "
            f"WHEN {red_invoice} OR {kind} = 'invoice' THEN 'credit_note' ELSE 'payment' END "
            f"ELSE CASE WHEN {kind} IN ({fits[1]}) THEN {kind} "
            f"WHEN {red_receipt} OR {kind} IN {_listed(kinds.CREDIT_KINDS)} OR {kind} = 'bill' THEN 'journal' "
            "ELSE 'invoice' END END"
        )


def _listed(names: Sequence[str]) -> str:
    return f"({', '.join(map(quoted, names))})"


def _matters(reason: str) -> Treatment:
    return "left_out"


def _ignored(reason: str) -> Treatment:
    return "kept"


def date_openings(engine: Engine, part: Part) -> None:
    """An opening balance without a date stands on the day of the first entry of its account, else of the export."""
    if part.lines is None:
        return
    has = engine.columns("document_rows")
    key = [name for name in _ACCOUNT if name in has]
    own = f"(entry >> {ENTRY_SHIFT}) = {part.number}"
    same = " AND ".join(f"coalesce(a.{n}, '') = coalesce(document_rows.{n}, '')" for n in key)
    first = f"SELECT min(document_date) AS day FROM document_rows WHERE {own}"
    undated = f"{own} AND opening AND document_date IS NULL"
    engine.execute(
        f"UPDATE document_rows SET document_date = a.day FROM (SELECT {', '.join(key)}, min(document_date) AS day "
        f"FROM document_rows WHERE {own} GROUP BY ALL) AS a WHERE {undated} AND {same}"
    )
    engine.execute(f"UPDATE document_rows SET document_date = ({first}) WHERE {undated}")
    engine.execute(f"UPDATE document_rows SET due_date = document_date WHERE {own} AND opening AND due_date IS NULL")


# ---- what pays what ----


def match(engine: Engine, parts: Sequence[Part], known_at: date | None = None) -> None:
    """Adds the derived allocations of running accounts to `allocation_rows`.

    Both sides are laid end to end in their order (date, opening balance first, number, row). Where a piece of the
    charges lies over a piece of the credits, the one pays the other, from the later of both dates on. What was
    recorded after `known_at` is not matched yet.
    """
    has = set(engine.columns("document_rows"))
    recorded = "d.recorded_date" if "recorded_date" in has else "CAST(NULL AS DATE)"
    known = f"({recorded} IS NULL OR {recorded} <= DATE '{known_at.isoformat()}')" if known_at else "true"
    kept = kept_risk(has, "d.")
    contract = "coalesce(d.contract_id, '')" if "contract_id" in has else "''"
    opening = "NOT coalesce(d.opening, false)" if "opening" in has else "true"
    engine.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE sides AS
        WITH taken AS (
            SELECT d.entry, d.line, d.customer_id, {contract} AS contract, coalesce(d.currency, '') AS money, d.kind,
                d.document_date, d.document_id, {opening} AS later, {recorded} AS recorded,
                d.amount > 0 AS charge, abs(d.amount) AS amount
            FROM document_rows AS d
            WHERE (d.entry >> {ENTRY_SHIFT}) IN ({", ".join(str(p.number) for p in parts)}) AND d.amount <> 0
                AND d.kind NOT IN ('revaluation', 'bill') AND NOT {kept} AND {known}
        )
        SELECT *, row_number() OVER oldest_first AS place, sum(amount) OVER oldest_first AS upto
        FROM taken
        WINDOW oldest_first AS (
            PARTITION BY customer_id, contract, money, charge ORDER BY document_date, later, document_id, entry
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        )
        """
    )
    # every end of a charge or of a credit cuts the account into pieces; each piece has one charge and one credit
    engine.execute(
        """
        INSERT INTO allocation_rows
        WITH pieces AS (
            SELECT customer_id, contract, money,
                upto - coalesce(lag(upto) OVER ends, 0) AS met,
                sum(CASE WHEN charge THEN 1 ELSE 0 END) OVER up_to + CASE WHEN charge THEN 0 ELSE 1 END AS charge_place,
                sum(CASE WHEN charge THEN 0 ELSE 1 END) OVER up_to + CASE WHEN charge THEN 1 ELSE 0 END AS credit_place
            FROM sides
            WINDOW
                ends AS (PARTITION BY customer_id, contract, money ORDER BY upto, charge),
                up_to AS (
                    PARTITION BY customer_id, contract, money ORDER BY upto, charge
                    ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
                )
        )
        SELECT k.entry, k.line, k.customer_id, k.document_id, k.kind, c.document_id, CAST(p.met AS DECIMAL(18, 4)),
            nullif(p.money, ''), k.document_date,
            CASE WHEN c.document_date > k.document_date THEN c.document_date ELSE k.document_date END,
            CASE WHEN c.recorded > k.recorded OR k.recorded IS NULL THEN c.recorded ELSE k.recorded END,
            c.entry, k.entry
        FROM pieces AS p
        INNER JOIN sides AS c ON c.charge AND c.place = p.charge_place
            AND c.customer_id = p.customer_id AND c.contract = p.contract AND c.money = p.money
        INNER JOIN sides AS k ON NOT k.charge AND k.place = p.credit_place
            AND k.customer_id = p.customer_id AND k.contract = p.contract AND k.money = p.money
        WHERE p.met > 0
        ORDER BY k.entry, c.entry
        """
    )
    engine.execute("DROP TABLE sides")


# ---- does the running balance add up ----

_PARTITIONS = (("customer_id", "currency"), ("customer_id", "contract_id", "currency"), ("currency",))
"""What a running balance may run over: the customer, each contract, or the whole list."""


def check_balance(engine: Engine, findings: Findings, part: Part) -> None:
    """Reports, per account, the first row whose running balance does not follow, and a last one that is no sum.

    Whether the list runs from old to new or back, and over what the balance runs, is told by what adds up best.
    """
    if "running_balance" not in part.mapped.positions:
        return
    has = set(engine.columns("document_rows"))
    ways = [
        ([n for n in names if n in has], order) for order in ("ASC", "DESC") for names in _PARTITIONS if has >= {*names}
    ]
    best: tuple[int, list[str], str] | None = None
    for names, order in ways:
        (count,) = engine.one(f"SELECT count(*) FROM ({_drifts(part, names, order)}) WHERE drift <> before")
        if best is None or count < best[0]:
            best = (count, names, order)
        if count == 0:
            return
    assert best is not None
    _, names, order = best
    engine.execute(f"CREATE OR REPLACE TEMP TABLE drifts AS {_drifts(part, names, order)}")
    broken = (
        "SELECT *, row_number() OVER (PARTITION BY account ORDER BY step) AS place FROM drifts WHERE drift <> before"
    )
    for reason, first in (("balance_opening_missing", "step = 1"), ("balance_broken", "step > 1")):
        findings.rows(
            f"SELECT entry, line, {shown('balance')}, json_object('expected', {shown('balance - drift + before')}, "
            f"'found', {shown('balance')}, 'account', customer_id) FROM ({broken}) "
            f"WHERE place = 1 AND {first}",
            "running_balance", reason, "kept",
        )  # fmt: skip
    findings.rows(
        f"SELECT entry, line, {shown('balance')}, json_object('sum', {shown('balance - drift')}, 'found', "
        f"{shown('balance')}, 'account', customer_id) FROM (SELECT *, max(step) OVER (PARTITION BY account) AS last, "
        "count(*) FILTER (drift <> before AND step > 1) OVER (PARTITION BY account) AS breaks FROM drifts) "
        "WHERE step = last AND drift <> 0 AND breaks > 0",
        "running_balance", "balance_closing", "kept",
    )  # fmt: skip
    engine.execute("DROP TABLE drifts")


def _drifts(part: Part, names: Sequence[str], order: str) -> str:
    """SQL: how far the stated balance of each row is from the sum of the rows up to it, and what it was before."""
    account = f"hash({', '.join(names)})"
    return (
        f"SELECT *, coalesce(lag(drift) OVER (PARTITION BY account ORDER BY step), 0) AS before FROM ("
        f"SELECT entry, line, customer_id, account, balance, CAST(balance - total AS DECIMAL(18, 4)) AS drift, "
        "row_number() OVER (PARTITION BY account ORDER BY step) AS step FROM ("
        f"SELECT entry, line, customer_id, running_balance AS balance, {account} AS account, "
        f"row_number() OVER rows_before AS step, sum(amount) OVER rows_before AS total FROM document_rows "
        f"WHERE (entry >> {ENTRY_SHIFT}) = {part.number} WINDOW rows_before AS ("
        f"PARTITION BY {', '.join(names)} ORDER BY entry {order} ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)"
        ") WHERE balance IS NOT NULL)"
    )


def remark(engine: Engine, findings: Findings, part: Part) -> None:
    """Says that the matching is derived, and what was read in an unusual way."""
    findings.remark(part, None, "running_account_derived", "kept")
    own = f"(entry >> {ENTRY_SHIFT}) = {part.number}"
    has = set(engine.columns("document_rows"))
    if "opening" in has:
        (count,) = engine.one(f"SELECT count(*) FROM document_rows WHERE {own} AND opening AND amount > 0")
        if count:
            findings.remark(part, None, "opening_balances", "kept", count=f"{count:,}")
