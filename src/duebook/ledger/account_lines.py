"""Lines of an export that are no entries: opening balances, totals, customers printed as headings above their entries.

A table whose rows name no customer gets its customers from the headings (`filled`); `mark` then tells, for each line
that is no entry, what it is.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from duebook.core import resources
from duebook.core.engine import Engine, identifier, quoted
from duebook.core.total_words import plain_word, total_words
from duebook.ledger.columns import fields, plain
from duebook.ledger.found import Findings, Part
from duebook.ledger.raw import RawTable, cells

OPENING, CARRIED, TOTAL, HEADING, ITEM = "opening", "carried", "total", "heading", "item"
_WIDEST_NAME = 3
"""A heading stands in the first cells of its line."""
_TOTAL_OF = r"^\s*((sub|grand)[\s-]*)?totals?\s+(for|of)\b|(小计|合计|小計|合計)\s*[:：]?\s*$"
_CODE = re.compile(
    r"^[\[(（【]?\s*([A-Za-z0-9][A-Za-z0-9._/-]*)\s*[\])）】]?(?:\s+|\s*[-–—/|:：]\s*|(?<=[\])）】]))(\S.*)$"
)


@dataclass(frozen=True)
class Heading:
    """A customer that stands above its entries. `record` 0: above the header."""

    record: int
    customer_id: str
    customer_name: str


@cache
def _table() -> Mapping[str, list[str]]:
    return tomllib.loads((resources.root() / "ledger" / "account_lines.toml").read_text("utf-8"))


@cache
def words(section: str) -> frozenset[str]:
    """The words of one section of `account_lines.toml`, as `plain_word` writes them."""
    return frozenset(map(plain_word, _table()[section]))


def side(text: str) -> int | None:
    """1 for debit, −1 for credit, 0 for an even balance (平), None for other texts."""
    word = plain_word(text) or unicodedata.normalize("NFKC", text).strip()
    return next((sign for name, sign in (("debit", 1), ("credit", -1), ("even", 0)) if word in words(name)), None)


# ---- customers as headings ----


def customer_in(line: Sequence[str | None]) -> tuple[str, str] | None:
    """Number and name of the customer that a heading names; None for a line that is no such heading.

    "客户：C001 甲公司", "Customer: [C001] Acme", or the same over several cells. Without a number the name is the key.
    """
    filled = [cell.strip() for cell in line if cell and cell.strip()]
    if not filled:
        return None
    name, *after = re.split("[:：]", filled[0], maxsplit=1)
    if plain_word(name) not in words("heading") or not (after or len(filled) == 2):
        return None
    rest = after[0] if after else ""
    rest = " ".join([rest.strip(), *(filled[1:] if not rest.strip() else [])]).strip()
    # what follows on the same line: "客户：C001 甲公司  币别：人民币"
    rest = re.split(r"\s{2,}|\s+\S{1,12}[:：]", rest)[0].strip()
    return _code_and_name(rest) if rest else None


def _code_and_name(text: str) -> tuple[str, str]:
    found = _CODE.match(text)
    if found and any(c.isdigit() for c in found[1]):
        return found[1], found[2].strip(" []()（）【】")
    return text, text


def filled(engine: Engine, raw: RawTable, *, bare: bool = False) -> RawTable:
    """The table with the customers of its headings as two more columns; the same table where it has no headings.

    `bare`: a heading is a line with nothing but a name in its first filled cell, as QuickBooks writes them.
    """
    found = _headings(engine, raw, bare)
    if not found:
        return raw
    width, name = len(raw.headers), f"{raw.name}_filled"
    engine.execute(
        f"CREATE OR REPLACE TABLE {identifier(f'{raw.name}_headings')} AS "
        "SELECT unnest(CAST(? AS BIGINT[])) AS record, unnest(CAST(? AS VARCHAR[])) AS customer_id, "
        "unnest(CAST(? AS VARCHAR[])) AS customer_name",
        [[h.record for h in found], [h.customer_id for h in found], [h.customer_name for h in found]],
    )
    own = ", ".join(f"r.{c}" for c in cells(width))
    engine.execute(
        f"CREATE OR REPLACE TABLE {identifier(name)} AS SELECT r.record, r.line, r.kinds || 'tt' AS kinds, {own}, "
        f"h.customer_id AS c{width + 1}, h.customer_name AS c{width + 2} FROM {identifier(raw.name)} AS r "
        f"ASOF LEFT JOIN {identifier(f'{raw.name}_headings')} AS h ON r.record >= h.record ORDER BY r.record"
    )
    return replace(raw, name=name, headers=(*raw.headers, "customer_id", "customer_name"), headed=True)


def _headings(engine: Engine, raw: RawTable, bare: bool) -> list[Heading]:
    above = [customer_in(line) for line in raw.titles]
    found = [Heading(0, *customer) for customer in above if customer][-1:]
    own = cells(len(raw.headers))
    first = "coalesce(" + ", ".join(f"nullif(trim({c}), '')" for c in own[:_WIDEST_NAME]) + ")"
    if bare:
        some = " + ".join(f"({c} IS NOT NULL AND trim({c}) <> '')::INTEGER" for c in own)
        rows = engine.rows(
            f"SELECT record, {first} FROM {identifier(raw.name)} "
            f"WHERE {some} = 1 AND {first} IS NOT NULL ORDER BY record"
        )
        return [
            Heading(record, text.strip(), text.strip())
            for record, text in rows
            if plain_word(text) not in total_words() and not re.search(_TOTAL_OF, text, re.IGNORECASE)
        ]
    named = "|".join(sorted((re.escape(w) for w in _table()["heading"]), key=lambda w: (-len(w), w)))
    shape = quoted(f"(?i)^({named})" + r"\s*([:：]|$)")
    rows = engine.rows(
        f"SELECT record, {', '.join(own)} FROM {identifier(raw.name)} "
        f"WHERE regexp_matches({first}, {shape}) ORDER BY record"
    )
    for record, *line in rows:
        customer = customer_in(line)
        if customer:
            found.append(Heading(record, *customer))
    return found


# ---- lines that are no entries ----


def mark(engine: Engine, part: Part, repeated: str | None = None) -> str:
    """Makes the table of the part's lines that are no entries (record, mark); returns its name.

    `repeated`: SQL for records that repeat a document for another of its lines.
    """
    raw, name = part.raw, f"lines_{part.number}"
    table = identifier(raw.name)
    listed = {key: ", ".join(quoted(w) for w in sorted(found)) for key, found in _sections().items()}
    cell = "regexp_replace(lower(t), " + quoted(r"[\s_.:：。*-]") + ", '', 'g')"
    of = _TOTAL_OF + (r"|^\s*totals?\s" if raw.headed else "")
    engine.execute("CREATE OR REPLACE TEMP TABLE ranked (record BIGINT, rank INTEGER)")
    each = [
        f"SELECT record, CASE WHEN {cell} IN ({listed['total']}) OR regexp_matches(t, {quoted('(?i)' + of)}) "
        f"THEN 1 WHEN {cell} IN ({listed['opening']}) THEN 2 END FROM "
        f"(SELECT record, {c} AS t FROM {table} AS r WHERE length({c}) <= 80 AND NOT {c} BETWEEN '0' AND ':')"
        for c in _text_cells(part)
    ]
    each.append(f"SELECT r.record, 0 FROM {table} AS r WHERE {_repeated_header(part)}")
    if raw.headed:
        each.append(f"SELECT record, 0 FROM {identifier(raw.name.removesuffix('_filled') + '_headings')}")
    if repeated:
        each.append(f"SELECT record, 3 FROM ({repeated})")
    for found in each:
        engine.execute(f"INSERT INTO ranked SELECT * FROM ({found}) AS q(record, rank) WHERE rank IS NOT NULL")
    kept = "true" if part.mapped.running else "rank <> 2"  # elsewhere an opening balance is a document
    engine.execute(
        f"CREATE OR REPLACE TABLE {identifier(name)} AS SELECT record, CASE min(rank) WHEN 0 THEN '{HEADING}' "
        f"WHEN 1 THEN '{TOTAL}' WHEN 2 THEN '{OPENING}' ELSE '{ITEM}' END AS mark FROM ranked "
        f"WHERE {kept} AND record > 0 GROUP BY record ORDER BY record"
    )
    engine.execute("DROP TABLE ranked")
    if part.mapped.running:
        _carried(engine, part, name)
    return name


@cache
def _sections() -> Mapping[str, frozenset[str]]:
    return {"total": words("total") | total_words(), "opening": words("opening")}


def _text_cells(part: Part) -> list[str]:
    """The cells in which a line may say what it is: all but amounts, currencies and names of customers."""
    kept = {p for n, p in part.mapped.positions.items() if fields()[n].kind in ("amount", "currency")}
    kept |= {part.mapped.positions[n] for n in ("customer_name", "direction") if n in part.mapped.positions}
    return [f"r.c{p + 1}" for p in range(len(part.raw.headers)) if p not in kept]


def _repeated_header(part: Part) -> str:
    """Whether a line repeats the header, as printed pages do: its date and another of its cells say so."""
    positions = part.mapped.positions
    tests = [
        f"trim(r.c{positions[n] + 1}) = {quoted(part.raw.headers[positions[n]].strip())}"
        for n in ("document_date", "debit", "credit", "amount")
        if n in positions
    ]
    return f"coalesce({' AND '.join(tests)}, false)" if len(tests) > 1 else "false"


def _carried(engine: Engine, part: Part, name: str) -> None:
    """An opening balance counts once per account: before its entries, or after them in a list from new to old."""
    key = ", ".join(f"coalesce({part.text(n)}, '')" for n in ("customer_id", "contract_id", "currency"))
    engine.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE accounts AS
        SELECT r.record, l.mark, hash({key}) AS account FROM {identifier(part.raw.name)} AS r
        LEFT JOIN {identifier(name)} AS l ON l.record = r.record WHERE l.mark IS NULL OR l.mark = '{OPENING}'
        """
    )
    engine.execute(
        f"""
        UPDATE {identifier(name)} AS l SET mark = '{CARRIED}' FROM (
            SELECT o.record, e.first, e.last, row_number() OVER (PARTITION BY o.account ORDER BY o.record) AS place,
                count(*) OVER (PARTITION BY o.account) AS n
            FROM accounts AS o LEFT JOIN (
                SELECT account, min(record) AS first, max(record) AS last FROM accounts WHERE mark IS NULL
                GROUP BY account
            ) AS e ON e.account = o.account WHERE o.mark = '{OPENING}'
        ) AS o WHERE l.record = o.record
            AND NOT (place = 1 AND (o.first IS NULL OR o.record < o.first) OR place = n AND n = 1 AND o.record > o.last)
        """
    )
    engine.execute("DROP TABLE accounts")


def forget(engine: Engine, part: Part) -> None:
    """Frees what was made for one part; it is as large as its text."""
    if part.lines:
        engine.execute(f"DROP TABLE IF EXISTS {identifier(part.lines)}")
    if part.raw.headed:
        engine.execute(f"DROP TABLE IF EXISTS {identifier(part.raw.name)}")
        engine.execute(f"DROP TABLE IF EXISTS {identifier(part.raw.name.removesuffix('_filled') + '_headings')}")


def leave_out(findings: Findings, part: Part) -> None:
    """Says of each line that is no entry that it carries nothing; an opening balance that counts is an entry."""
    if part.lines is None:
        return
    words_only = f"concat_ws(' | ', {', '.join(cells(min(6, len(part.raw.headers))))})"
    for reason, marks in (("total_line", (TOTAL, CARRIED)), ("note_line", (HEADING,)), ("item_line", (ITEM,))):
        listed = ", ".join(quoted(m) for m in marks)
        findings.rows(
            f"SELECT {part.entry}, r.line, {words_only}, NULL FROM {identifier(part.raw.name)} AS r "
            f"JOIN {identifier(part.lines)} AS l ON l.record = r.record WHERE l.mark IN ({listed})",
            None, reason, "left_out",
        )  # fmt: skip


def dated(engine: Engine, raw: RawTable) -> RawTable:
    """The table with its date in one column more, where it gives 年, 月 and 日 in three; else the same table."""
    composed = _composed_date(raw.headers)
    if composed is None:
        return raw
    name = f"{raw.name}_dated"
    engine.execute(
        f"CREATE OR REPLACE VIEW {identifier(name)} AS SELECT *, {composed} AS c{len(raw.headers) + 1} "
        f"FROM (SELECT record, line, kinds || 't' AS kinds, {', '.join(cells(len(raw.headers)))} "
        f"FROM {identifier(raw.name)})"
    )
    return replace(raw, name=name, headers=(*raw.headers, "document_date"))


def _composed_date(headers: Iterable[str]) -> str | None:
    """SQL for the date of a table that gives 年, 月 and 日 in columns of their own; None where it does not."""
    places: dict[str, str] = {}
    for position, header in enumerate(headers, 1):
        for name in ("年", "月", "日", "year", "month", "day"):
            if plain(header) in (name, f"{name}份", f"凭证{name}", f"会计{name}"):
                places.setdefault({"year": "年", "month": "月", "day": "日"}.get(name, name), f"trim(c{position})")
    if len(places) < 3:
        return None
    year, month, day = places["年"], places["月"], places["日"]
    tests = [f"regexp_full_match({year}, '[0-9]{{4}}')"]
    tests += [f"regexp_full_match({cell}, '[0-9]{{1,2}}')" for cell in (month, day)]
    whole = f"concat_ws('-', {year}, lpad({month}, 2, '0'), lpad({day}, 2, '0'))"
    return f"CASE WHEN {' AND '.join(tests)} THEN {whole} END"
