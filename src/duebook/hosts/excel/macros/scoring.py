"""The button that scores a table of customers by the policy's score card."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from duebook.core.cells import Cell, CellError, Label
from duebook.core.errors import DuebookError
from duebook.credit.assessment import Assessment, listed
from duebook.credit.score_words import ceiling_words, dearest, joined
from duebook.hosts.excel import columns, score_table, sheets
from duebook.hosts.excel.basis import Basis
from duebook.hosts.excel.buttons import button, progress, tell
from duebook.hosts.excel.live.changes import changes
from duebook.hosts.excel.results import SCORED, SCORES, STANDARD
from duebook.hosts.excel.score_table import Scored, ScoreTable
from duebook.policy import credit_terms, score_card

if TYPE_CHECKING:
    import xlwings as xw

INPUT_SHEET = Label("Score input", "评分资料")


@button(
    group="credit",
    label=Label("Score customers", "客户评分"),
    tip=Label(
        "Scores the selected table, one row per customer, by the policy's score card: score, grade, terms, what holds "
        "it down, what is missing, what costs most. Without such a table it adds one to fill in.",
        "按政策评分卡为所选表格逐行评分：评分、等级、账期、压低评分的原因、缺失项和失分最多的维度。没有可用表格时，先添加一张待填表。",
    ),
    icon="score",
    key="SC",
    large=True,
)
def score_customers(book: xw.Book) -> None:
    basis = Basis(book)
    progress("credit_buttons.step_read")
    table = customers_to_score(book, basis)
    if table is None:
        _ask(book, basis)
        return
    rows = list(score_table.scored(table))
    if not rows:
        raise DuebookError("credit_buttons.nothing_filled_in", table=table.table.title)
    progress("credit_buttons.step_score", count=f"{len(rows):,}")
    write(book, basis, table, rows)


def customers_to_score(book: xw.Book, basis: Basis) -> ScoreTable | None:
    """The selected table if it has a dimension, else the table `score_input`; None where neither is there."""
    cards = basis.policy.section(score_card.read)

    def fits(found: columns.Columns) -> bool:
        return score_table.score_table(found.table, cards, basis.day).scores

    found = columns.chosen(book, score_table.INPUT, score_table.ASKED, fits, ours=(SCORES.name, *STANDARD))
    if found is None:
        return None
    table = score_table.score_table(found.table, cards, basis.day)
    if not table.columns.has_customers:
        raise DuebookError("credit_buttons.no_customers", table=table.table.title)
    if not table.scores:
        raise DuebookError("credit_buttons.no_dimensions", table=table.table.title)
    return table


def _ask(book: xw.Book, basis: Basis) -> None:
    cards = basis.policy.section(score_card.read).on(basis.day)
    asked = score_table.asked(cards)
    with changes(book, "score_customers") as change:
        sheet = sheets.add_input(
            change, score_table.INPUT, INPUT_SHEET, basis.text("lead_scores"), asked, basis.language
        )
    tell("credit_buttons.needs_input", sheet=sheet)


def write(book: xw.Book, basis: Basis, table: ScoreTable, rows: Sequence[Scored]) -> None:
    keys = dict.fromkeys(_terms_key(row) for row in rows)
    terms = {key: basis.ask("CREDIT_TERMS", *key, None, basis.day) for key in keys if key[0]}
    ignored = basis.listed("ignored", table.ignored())
    source = basis.source(table.table, len(rows))
    lines = [basis.words(score_card, credit_terms), source + ignored]
    made = [score_row(row, terms) for row in rows]
    with changes(book, "score_customers") as change:
        sheet = sheets.put_result(change, SCORES, made, lines, basis.language)
        block = table.table
        area = (block.row, block.column, len(block.rows) + 1, len(block.headers))
        change.define_name(SCORED, block.sheet, area)
    unscored = sum(isinstance(row.found, CellError) for row in rows)
    more = basis.text("unscored", count=f"{unscored:,}") if unscored else ""
    tell("credit_buttons.scored", count=f"{len(rows):,}", sheet=sheet, grades=_grades(rows, basis), more=more + ignored)


def _terms_key(row: Scored) -> tuple[str, str]:
    return ("" if isinstance(row.found, CellError) else row.found.grade.name, row.sector)


def score_row(row: Scored, terms: Mapping[tuple[str, str], Cell]) -> tuple[object, ...]:
    """A row of the table `scores`."""
    customer, found = row.customer, row.found
    head = (customer.id, customer.name, row.card.label if row.card else "")
    if isinstance(found, CellError):
        return (*head, found, found, None, None, Label(found.text("en"), found.text("zh")), None, None)
    lacking = [*found.labels("worst"), *found.labels("left out")]
    return (
        *head,
        found.score,
        found.grade.name,
        terms[_terms_key(row)],
        found.coverage,
        joined([ceiling_words(ceiling) for ceiling in found.telling]),
        joined(dearest(found)),
        listed(lacking) if lacking else "",
    )


def _grades(rows: Sequence[Scored], basis: Basis) -> str:
    """A 3, B 5: how many customers have which grade, the best first."""
    counts = Counter(row.found.grade for row in rows if isinstance(row.found, Assessment))
    best = sorted(counts, key=lambda grade: -grade.low)
    named = [f"{grade.name} {counts[grade]}" for grade in best]
    return basis.comma(named) if named else basis.text("no_grade")
