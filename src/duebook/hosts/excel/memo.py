"""A credit memo as lines of cells, six columns wide: the answer first, what is missing, then the evidence.

Nothing is computed here: figures are those of the catalogue's functions and of the workbook's tables, each with the
rule or the table that it comes from.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from duebook.core.cells import Cell, CellError, Label, missing
from duebook.credit.assessment import Assessment
from duebook.credit.score_words import ceiling_words, dearest, joined
from duebook.hosts.excel.basis import Basis, Said
from duebook.hosts.excel.columns import as_text
from duebook.hosts.excel.credit_file import LIMIT, CreditFile
from duebook.hosts.excel.distress_models import Reading, readings
from duebook.hosts.excel.results import SCORES
from duebook.hosts.excel.sheets import folded
from duebook.policy import credit_terms, limits, score_card

WIDTHS = (23, 12, 9, 12, 11, 17)
"""Of the columns: 84 characters are what a sheet of A4 holds upright."""
WIDE, NARROW = 100, 58
"""Characters of the memo's small letters across all columns, and from the third on."""
_EXPOSURE = ("exposure", "credit_limit", "headroom", "use", "insured_limit", "uncovered", "overdue", "oldest_days")
_UNITS = {"use": "rate", "oldest_days": "days"}
_LABELS = {
    "exposure": Label("Exposure", "敞口"),
    "credit_limit": Label("Credit limit now", "现有信用额度"),
    "headroom": Label("Headroom", "可用额度"),
    "use": Label("Limit use", "额度使用率"),
    "insured_limit": Label("Insured limit", "保险限额"),
    "uncovered": Label("Uncovered", "未承保金额"),
    "overdue": Label("Overdue", "逾期"),
    "oldest_days": Label("Oldest, days", "最长逾期天数"),
    "disputed": Label("Disputed", "争议"),
    "unapplied": Label("Unapplied", "未核销"),
    "balance": Label("Balance", "余额"),
}
_ABREAST = 2
"""Currencies side by side, in the second and the fourth column."""


class Line(NamedTuple):
    """Cells from the first column on; `style`: title, strong, section, header, or plain; `units` of the cells."""

    cells: tuple[object, ...] = ()
    style: str = ""
    units: tuple[str | None, ...] = ()


class Proposal(NamedTuple):
    """What the answer rests on: terms and limit as their functions gave them, None where they could not be asked."""

    terms: Said | None
    limit: Said | None
    steps: Sequence[Sequence[object]]


def compose(basis: Basis, file: CreditFile) -> list[Line]:
    """The whole memo."""
    proposal = propose(basis, file)
    models = readings(basis, file)
    lines = [*_head(basis, file), *_answer(basis, file, proposal), *_missing(basis, file, proposal, models)]
    for section in (_score, _limit, _money, _distress):
        found = list(section(basis, file, proposal, models))
        lines += [Line(), *found] if found else []
    return [line._replace(cells=tuple(_shown(cell, basis) for cell in line.cells)) for line in lines]


def propose(basis: Basis, file: CreditFile) -> Proposal:
    """Terms by grade and sector, and the limit where the monthly purchases are known."""
    if not file.grade:
        return Proposal(None, None, ())
    terms = basis.hear("CREDIT_TERMS", file.grade, file.value("sector"), None, basis.day)
    purchases = file.value("expected_monthly_purchases")
    if missing(purchases):
        return Proposal(terms, None, ())
    days = terms.value if missing(file.value("terms_days")) else file.value("terms_days")
    figures = [file.value(key) for key in ("equity", "working_capital", "reference", "insurer_limit")]
    arguments = (file.grade, purchases, days, *figures, None, file.value("currency"), file.value("net_margin"))
    limit = basis.hear("CREDIT_LIMIT", *arguments, basis.day)
    steps = basis.ask("LIMIT_DETAIL", *arguments, basis.day)
    return Proposal(terms, limit, steps if isinstance(steps, list) else ())


def _shown(cell: object, basis: Basis) -> object:
    return cell.text(basis.language) if isinstance(cell, Label) else cell


def _lines(text: str, width: int, before: int = 0, style: str = "") -> Iterator[Line]:
    """A sentence over as many lines as it needs, from the column after `before` on."""
    return (Line((*[None] * before, part), style) for part in folded(text, width))


# --- the answer -------------------------------------------------------------------------------------------------------


def _head(basis: Basis, file: CreditFile) -> Iterator[Line]:
    yield Line((basis.text("memo_title", customer=file.customer.title),), "title")
    said = [basis.text("memo_id", id=file.customer.id)] if file.customer.id else []
    yield from _lines(basis.joined([*said, basis.words(score_card, limits, credit_terms)]), WIDE)
    yield Line()


def _answer(basis: Basis, file: CreditFile, proposal: Proposal) -> Iterator[Line]:
    parts = [basis.text("memo_grade", grade=file.grade) if file.grade else basis.text("memo_no_grade")]
    if proposal.terms is not None and not isinstance(proposal.terms.value, CellError):
        parts.append(basis.text("memo_terms", days=proposal.terms.value))
    parts.append(_limit_words(basis, file, proposal))
    yield from _lines(basis.text("memo_proposal", parts=basis.comma(parts)), WIDE, style="strong")
    yield Line()
    yield from _score_answer(basis, file)
    if proposal.terms is not None:
        sector = as_text(file.value("sector")) or basis.text("memo_other_sectors")
        rule = basis.text("memo_terms_rule", grade=file.grade, sector=sector)
        told = proposal.terms._replace(remarks=(rule, *proposal.terms.remarks))
        yield from _row(basis.text("memo_row_terms"), told, basis, "days")
    if proposal.limit is not None:
        yield from _row(basis.text("memo_row_limit"), proposal.limit, basis, "money")
    for row in file.exposure:
        limit = row.get("credit_limit")
        rule = basis.text("memo_against", limit="–" if missing(limit) else _figure(limit), status=_plain(row, "status"))
        label = f"{_LABELS['exposure'].text(basis.language)} {_plain(row, 'currency')}".strip()
        yield from _row(label, Said(row.get("exposure"), (rule,)), basis, "money")
    for row in file.aging:
        days = basis.text("memo_oldest", days=_figure(row.get("oldest_days"))) if row.get("oldest_days") else ""
        label = f"{_LABELS['overdue'].text(basis.language)} {_plain(row, 'currency')}".strip()
        yield from _row(label, Said(row.get("overdue"), (days,)), basis, "money")
    if file.signals:
        told = Said(file.signals.get("tier"), (as_text(file.signals.get("action")),))
        yield from _row(basis.text("memo_row_tier"), told, basis, "text")
    if file.reviews:
        told = Said(file.reviews.get("next_review"), (as_text(file.reviews.get("rule")),))
        yield from _row(basis.text("memo_row_review"), told, basis, "date")


def _limit_words(basis: Basis, file: CreditFile, proposal: Proposal) -> str:
    if proposal.limit is None or isinstance(proposal.limit.value, CellError):
        return basis.text("memo_no_limit")
    amount = f"{as_text(file.value('currency'))} {_figure(proposal.limit.value)}".strip()
    return basis.text("memo_limit", amount=amount)


def _score_answer(basis: Basis, file: CreditFile) -> Iterator[Line]:
    label = basis.text("memo_row_score")
    if file.score is None:
        if file.told:
            yield from _row(label, Said(file.told.get("score"), (basis.text("memo_told"),)), basis, "points")
        return
    scored, _, source = file.score
    found = scored.found
    if isinstance(found, CellError):
        yield from _row(label, Said(found), basis, "points")
        return
    words = [basis.text("memo_from", table=source.name or source.sheet)]
    if found.telling:
        words.append(basis.text("memo_held", reasons=joined([ceiling_words(each) for each in found.telling])))
    words.append(basis.text("memo_costs", reasons=joined(dearest(found)) if dearest(found) else "–"))
    told = file.told.get("score")
    if isinstance(told, float) and round(told, 2) != float(found.score):
        words.append(basis.text("memo_stale", table=SCORES.name, score=_figure(told)))
    yield from _row(label, Said(float(found.score), tuple(words)), basis, "points")


def _row(label: str, said: Said, basis: Basis, unit: str) -> Iterator[Line]:
    """Label and figure, and the rule beside it."""
    rule = basis.reason(said.value) if isinstance(said.value, CellError) else basis.joined(said.remarks)
    first, *more = folded(rule, NARROW)
    yield Line((label, said.value, first), units=("text", unit))
    yield from (Line((None, None, part)) for part in more)


def _missing(basis: Basis, file: CreditFile, proposal: Proposal, models: Sequence[Reading]) -> Iterator[Line]:
    """What the memo could not say, and what to do about it."""
    found = []
    if file.score is None:
        found.append(basis.text("memo_no_values"))
    if proposal.limit is None and file.grade:
        found.append(basis.text("memo_no_purchases"))
    if not file.exposure and not file.aging:
        found.append(basis.text("memo_no_ledger"))
    if not models:
        found.append(basis.text("memo_no_statement"))
    if found:
        yield Line()
        yield Line((basis.text("memo_missing"),), "section")
    for sentence in found:
        yield from _lines(sentence, WIDE)


# --- the evidence -----------------------------------------------------------------------------------------------------


def _score(basis: Basis, file: CreditFile, proposal: Proposal, models: Sequence[Reading]) -> Iterator[Line]:
    if file.score is None or not isinstance(file.score[0].found, Assessment):
        return
    scored, values, _ = file.score
    card = scored.card
    assert card is not None
    keys = [dimension.key for dimension in card.dimensions]
    rows = basis.ask(
        "SCORE_DETAIL", [[key] for key in keys], [[values.get(key)] for key in keys], None, card.label, basis.day
    )
    yield Line((basis.text("memo_section_score"),), "section")
    yield from _spilled(rows, ("text", "value", "points", "rate", "points", "text"))


def _limit(basis: Basis, file: CreditFile, proposal: Proposal, models: Sequence[Reading]) -> Iterator[Line]:
    if not proposal.steps:
        return
    yield Line((basis.text("memo_section_limit"),), "section")
    yield from _spilled(proposal.steps, ("text", "money", "ratio", "money", "text", "text"))
    used = [
        f"{one.field.label(basis.language)}: {source or basis.text('memo_typed')}"
        for one in LIMIT
        if (source := file.given[one.field.key].source if one.field.key in file.given else None) is not None
    ]
    yield from _lines(basis.text("memo_sources", sources=basis.comma(used)), WIDE)


def _spilled(rows: object, units: tuple[str, ...]) -> Iterator[Line]:
    """A function's table: titles, then rows."""
    if not isinstance(rows, list):
        return
    yield Line(tuple(rows[0]), "header", units)
    for row in rows[1:]:
        yield Line(tuple(None if cell == "" else cell for cell in row), units=units)


def _money(basis: Basis, file: CreditFile, proposal: Proposal, models: Sequence[Reading]) -> Iterator[Line]:
    """Exposure and aging, a column per currency."""
    currencies = list(dict.fromkeys(_plain(row, "currency") for row in (*file.exposure, *file.aging)))
    if not currencies:
        return
    yield Line((basis.text("memo_section_money"),), "section")
    for at in range(0, len(currencies), _ABREAST):
        abreast = currencies[at : at + _ABREAST]
        yield Line((basis.text("memo_per_currency"), *_apart(abreast)), "header", ("text", *_apart(["money"] * 2)))
        exposure = [_of_currency(file.exposure, currency) for currency in abreast]
        aging = [_of_currency(file.aging, currency) for currency in abreast]
        names = {key: label.text(basis.language) for key, label in _LABELS.items()}
        yield from _columns(exposure, _EXPOSURE, names)
        yield from _columns(aging, file.buckets, {})
        yield from _columns(aging, ("disputed", "unapplied", "balance"), names)


def _of_currency(rows: Iterable[Mapping[str, Cell]], currency: str) -> Mapping[str, Cell]:
    return next((row for row in rows if _plain(row, "currency") == currency), {})


def _columns(rows: Sequence[Mapping[str, Cell]], keys: Sequence[str], names: Mapping[str, str]) -> Iterator[Line]:
    """A line for each key of which any currency has something other than zero."""
    for key in keys:
        cells = [row.get(key) for row in rows]
        if any(not missing(cell) and cell != 0 for cell in cells):
            units = [_UNITS.get(key, "money")] * len(cells)
            yield Line((names.get(key, key), *_apart(cells)), units=("text", *_apart(units)))


def _apart(cells: Sequence[Any]) -> list[Any]:
    """Cells with a blank one between them."""
    return [cell for each in cells for cell in (each, None)][:-1]


def _distress(basis: Basis, file: CreditFile, proposal: Proposal, models: Sequence[Reading]) -> Iterator[Line]:
    if not models:
        return
    yield Line((basis.text("memo_section_distress"),), "section")
    titles = tuple(basis.text(f"memo_model_{key}") for key in ("name", "value", "zone", "remark"))
    yield Line(titles, "header", ("text", "ratio"))
    for each in models:
        lacking = basis.comma([label.text(basis.language) for label in each.lacking])
        said = basis.text("memo_lacks", names=lacking) if each.lacking else each.reason
        first, *more = folded(said, NARROW - WIDTHS[2])
        yield Line((each.model.title, each.value, each.zone, first or None), units=("text", "ratio"))
        yield from (Line((None, None, None, part)) for part in more)


def _plain(row: Mapping[str, Cell], key: str) -> str:
    return as_text(row.get(key))


def _figure(cell: object) -> str:
    """A figure in a sentence."""
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, (int, float)):
        return f"{cell:,.2f}".removesuffix(".00")
    return "" if cell is None else str(cell)
