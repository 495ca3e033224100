"""Reads .xlsx, .xlsm, .xlsb and .xls into raw tables: guarded, in a process of its own, one table per visible sheet."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from duebook.core.engine import Engine
from duebook.core.errors import DuebookError
from duebook.ledger import apart, binary_workbook, guard, headings, old_workbook, spill
from duebook.ledger.archive import Archive
from duebook.ledger.compound import SIGNATURE
from duebook.ledger.raw import Progress, RawTable, Source, free_name

_SECONDS = 8
_BYTES_PER_SECOND = 8 << 20
"""The reader takes some 60 MB of sheet a second; eight times as long is long enough on a slow machine."""


def read(source: Source, engine: Engine, progress: Progress | None = None) -> list[RawTable]:
    """The raw tables of a workbook. Raises DuebookError where it is refused or cannot be read."""
    survey = _survey(source)
    if progress:
        progress(source.name, 0.2)
    chosen = _chosen(source, survey)
    stem = free_name(engine)
    try:
        summaries = _worked(source, survey, chosen, engine, stem)
        if progress:
            progress(source.name, 0.8)
        tables = []
        for place, (sheet, summary) in enumerate(zip(chosen, summaries, strict=True)):
            if summary is not None:
                tables.append(_table(source, sheet, summary, survey, engine, f"{stem}-{place}.rows"))
    finally:
        for left in engine.spill_folder.glob(f"{stem}-*.rows"):
            left.unlink(missing_ok=True)
    if not tables:
        raise DuebookError("ledger_files.no_data", file=source.name)
    if progress:
        progress(source.name, 1.0)
    return tables


def _survey(source: Source) -> guard.Survey:
    """What the guard of the workbook's form finds."""
    with source.path.open("rb") as file:
        if file.read(len(SIGNATURE)) == SIGNATURE:
            return old_workbook.survey(source.path)
    with Archive(source.path) as archive:
        binary = guard.main_part(archive).endswith(".bin")
    looked_over = binary_workbook.survey if binary else guard.survey
    return looked_over(source.path, source.sheet)


def _chosen(source: Source, survey: guard.Survey) -> list[guard.Sheet]:
    """The sheet that the user names (hidden or not), else all visible ones."""
    if source.sheet is None:
        visible = [sheet for sheet in survey.sheets if sheet.visible]
        if not visible:
            raise DuebookError("ledger_files.no_data", file=source.name)
        return visible
    named = [sheet for sheet in survey.sheets if sheet.name == source.sheet]
    if not named:
        names = ", ".join(sheet.name for sheet in survey.sheets)
        raise DuebookError("ledger_files.no_sheet", file=source.name, sheet=source.sheet, sheets=names)
    return named[:1]


def _worked(
    source: Source, survey: guard.Survey, chosen: list[guard.Sheet], engine: Engine, stem: str
) -> list[dict[str, Any] | None]:
    """What the worker says of each chosen sheet."""
    seconds = _SECONDS + survey.total // _BYTES_PER_SECOND
    job = {
        "form": survey.form,
        "folder": str(engine.spill_folder),
        "stem": stem,
        "page": asdict(survey.page) if survey.page else None,
        "sheets": [
            {"name": sheet.name, "place": survey.sheets.index(sheet), "part": sheet.part, "errors": sheet.errors}
            for sheet in chosen
        ],
    }
    found: list[dict[str, Any] | None] = apart.worked(
        source, engine, job, survey.memory, seconds, "ledger_files.workbook_damaged"
    )["sheets"]
    return found


def _table(
    source: Source, sheet: guard.Sheet, summary: dict[str, Any], survey: guard.Survey, engine: Engine, spilled: str
) -> RawTable:
    name = free_name(engine)
    records = int(summary["counted"])
    path = engine.spill_folder / spilled
    count = spill.load(
        engine, path, name, len(summary["headers"]), escaped=summary["escaped"], longest=summary["longest"]
    )
    path.unlink(missing_ok=True)
    if count != records:
        raise DuebookError("ledger_files.count_differs", file=source.name, counted=records, read=count)
    facts = {"date_system": "1904" if survey.date_1904 else "1900", "blank_lines": str(summary["blanks"])}
    if summary["titles"]:
        facts["title_lines"] = str(summary["titles"])
    if sheet.hidden_rows:
        facts["hidden_rows_read_too"] = f"{sheet.hidden_rows:,}"
    if hidden := [other.name for other in survey.sheets if not other.visible and other.name != sheet.name]:
        facts["hidden_sheets_not_read"] = ", ".join(hidden)
    return RawTable(
        name,
        source.name,
        sheet.name,
        tuple(summary["headers"]),
        int(summary["header_line"]),
        records,
        (),
        facts,
        headings.decimal_comma(summary["sample"]),
        titles=tuple(tuple(texts) for texts in summary["above"]),
    )
