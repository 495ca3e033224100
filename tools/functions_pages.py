"""Writes docs/functions/ (one page per worksheet function, and an index) and the table in the README.

All comes from the catalogue: `python tools/functions_pages.py` (or `make docs`). A test compares the committed pages
with a fresh run.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from duebook.core.arguments import UNITS, Argument, Cells, Column, Day, Flag, Matrix, Number, PolicyChoice, Text, shown
from duebook.core.cells import CellError
from duebook.core.declare import GROUPS, HEADERS_HELP, Declaration, Parameter, Spill
from duebook.core.messages import text
from duebook.hosts import catalogue
from duebook.hosts.call import Door
from duebook.hosts.formula_text import formula

ROOT = Path(__file__).resolve().parent.parent
PAGES = ROOT / "docs" / "functions"
README = ROOT / "README.md"
MARKS = ("<!-- functions: made by tools/functions_pages.py -->", "<!-- end of functions -->")
ROWS_SHOWN = 16


def pages() -> dict[str, str]:
    """File name → content, for every page under docs/functions."""
    found = {f"{name}.md": page(declaration) for name, declaration in catalogue.functions().items()}
    found["README.md"] = index()
    return found


def page(declaration: Declaration) -> str:
    parts = [
        f"# {declaration.name}",
        f"{declaration.help}\n\n{declaration.zh}",
        f"```\n={declaration.syntax}\n```",
        _arguments(declaration),
        _result(declaration),
    ]
    if declaration.equation:
        said = dict.fromkeys((declaration.equation, declaration.equation_zh))
        parts.append("## Equation · 公式\n\n" + "\n\n".join(said))
    if declaration.conventions:
        lines = "\n".join(f"- {c}\n  {c.zh}" for c in declaration.conventions)
        parts.append(f"## Conventions · 口径\n\n{lines}")
    parts += [_errors(declaration), _examples(declaration)]
    parts.append(f"## Source · 来源\n\n{declaration.source}")
    python = f"`duebook.{declaration.function.__name__}(…)` is the same code in Python."
    if declaration.arrays:
        python += " It takes numpy arrays too; where a denominator is zero the place is NaN."
    parts.append(f"## In Python · 在 Python 中\n\n{python}")
    return "\n\n".join(parts) + "\n"


def _cell(content: str) -> str:
    return content.replace("|", "\\|").replace("\n", " ")


def _arguments(declaration: Declaration) -> str:
    rows = [
        f"| `{p.name}` | {_kind(p.kind)} | {_needed(p)} | {_cell(p.kind.help)} | {_cell(p.kind.zh)} |"
        for p in declaration.parameters
    ]
    if declaration.shape == "table":
        rows.append(f"| `headers` | TRUE or FALSE | TRUE | {HEADERS_HELP} | {HEADERS_HELP.zh} |")
    head = "| argument | unit | default | what it is | 说明 |\n|---|---|---|---|---|\n"
    return "## Arguments · 参数\n\n" + head + "\n".join(rows)


def _kind(kind: Argument) -> str:
    unit = UNITS[kind.unit]
    shape = "block: " if isinstance(kind, Matrix) else "column: " if isinstance(kind, Column) else ""
    choices = kind.choices if isinstance(kind, Text) else kind.of.choices if _holds_choices(kind) else ()  # type: ignore[attr-defined]
    said = f"{shape}{unit}"
    if choices:
        said += ": " + ", ".join(f"`{choice}`" for choice in choices)
    if kind.nullable or (isinstance(kind, Column) and kind.of.nullable):
        said += "; may be blank"
    return said


def _holds_choices(kind: Argument) -> bool:
    return isinstance(kind, Column) and isinstance(kind.of, Text)


def _needed(parameter: Parameter) -> str:
    if parameter.required:
        return "required"
    if parameter.default in (None, ""):
        return "optional"
    return f"`{parameter.default}`" if isinstance(parameter.default, str) else shown_value(parameter.default)


def _result(declaration: Declaration) -> str:
    result = declaration.result
    title = "## Result · 结果\n\n"
    if isinstance(result, Spill):
        rows = "\n".join(f"| {c.en} | {c.zh} | {UNITS[c.unit]} |" for c in result.columns)
        more = f"{result.help}\n{result.zh}\n\n" if result.help else ""
        spills = (
            "A table that spills, header row first; in Excel 2016 and LibreOffice enter it as an array formula.\n\n"
        )
        return f"{title}{spills}{more}| column | 列 | unit |\n|---|---|---|\n{rows}"
    said = f"{result.help} {result.zh}".strip()
    each = " Ranges broadcast and spill." if declaration.shape == "elementwise" and declaration.parameters else ""
    return f"{title}{UNITS[result.unit]} · {UNITS[result.unit].zh}.{each}" + (f"\n\n{said}" if said else "")


def _errors(declaration: Declaration) -> str:
    rows = [f"| `{code}` | {_cell(en)} | {_cell(zh)} |" for code, en, zh in _error_rows(declaration)]
    head = "| error | what `WHY` says | 说明 |\n|---|---|---|\n"
    return "## Errors · 错误与处理\n\n" + head + "\n".join(dict.fromkeys(rows))


def _error_rows(declaration: Declaration) -> Iterator[tuple[str, str, str]]:
    """(code, English, Chinese): what the declaration makes possible, then what the function itself refuses.

    Arguments that are refused for the same reason share a row.
    """
    refused: dict[tuple[str, str, tuple[tuple[str, object], ...]], list[str]] = {}
    for parameter in declaration.parameters:
        for code, key, facts in _refusals(parameter):
            refused.setdefault((code, key, tuple(facts.items())), []).append(parameter.name)
    for (code, key, facts), names in refused.items():
        filled = {"value": "…", "meant": "…", **dict(facts), "argument": " / ".join(names)}
        yield code, text(key, "en", **filled), text(key, "zh", **filled)
    for key, code in declaration.errors.items():
        yield code, _template(key, "en"), _template(key, "zh")


def _refusals(parameter: Parameter) -> Iterator[tuple[str, str, dict[str, object]]]:
    """(code, message key, facts) of what the kind of an argument refuses."""
    whole = parameter.kind
    kind = whole.of if isinstance(whole, Column) else whole
    if parameter.required and not kind.nullable and not whole.nullable:
        yield "#N/A", "cell.missing", {}
    if isinstance(kind, Number):
        yield "#VALUE!", "cell.not_a_number", {}
        if kind.divisor:
            yield "#DIV/0!", "cell.zero_divisor", {}
        for key, bound in (("too_small", kind.least), ("not_above", kind.above), ("not_below", kind.below)):
            if bound is not None:
                yield "#NUM!", f"cell.{key}", {"bound": shown(bound)}
        if kind.most is not None:
            yield "#NUM!", "cell.percent_slip" if kind.percent_slip else "cell.too_large", {"bound": shown(kind.most)}
        if kind.whole:
            yield "#NUM!", "cell.not_whole", {}
    elif isinstance(kind, Day):
        yield "#VALUE!", "cell.not_a_date", {}
    elif isinstance(kind, Text) and kind.choices:
        yield "#VALUE!", "cell.unknown_choice", {"known": ", ".join(kind.choices)}
    elif isinstance(kind, Flag):
        yield "#VALUE!", "cell.not_a_flag", {}
    elif isinstance(kind, PolicyChoice):
        yield "#VALUE!", "cell.unknown_policy", {"known": "…"}
    elif isinstance(kind, Cells):
        yield "#N/A", "cell.column_blank", {}


def _template(key: str, language: str) -> str:
    """A sentence of `messages/` with its facts shown as "…"."""
    from duebook.core.messages import catalogue as sentences

    return re.sub(r"\{[^}]*\}", "…", sentences(language)[key])


def _examples(declaration: Declaration) -> str:
    door = Door()
    parts = []
    for example in declaration.examples:
        found = door.call(declaration.name, list(example.arguments))
        written = formula(declaration.name, example.arguments)
        if isinstance(found, (list, tuple)):
            parts.append(f"`{written}`\n\n{_table(found)}")
        else:
            why = f"\n  {found.text()}" if isinstance(found, CellError) else ""
            parts.append(f"- `{written}` → **{shown_value(found)}**{why}")
        if example.source:
            parts[-1] += f" ({example.source})"
    return "## Examples · 示例\n\n" + "\n\n".join(parts)


def _table(rows: Any) -> str:
    lines = ["| " + " | ".join(_cell(shown_value(cell)) for cell in row) + " |" for row in rows[:ROWS_SHOWN]]
    lines.insert(1, "|---" * len(rows[0]) + "|")
    if len(rows) > ROWS_SHOWN:
        lines.append(f"\n… and {len(rows) - ROWS_SHOWN} more rows.")
    return "\n".join(lines)


def shown_value(value: object) -> str:
    """A result as a reader sees it: thousands separated, at most ten digits."""
    if isinstance(value, CellError):
        return value.code
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, (float, int, Decimal)):
        number = float(format(float(value), ".10g"))
        return f"{number:,.0f}" if number.is_integer() else f"{number:,.10g}"
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def index() -> str:
    """docs/functions/README.md."""
    head = (
        "# The worksheet functions · 工作表函数\n\n"
        "One page each, made by `tools/functions_pages.py` from the declarations in the code. "
        "`xlsx_templates/functions.xlsx` shows each of them on sample figures, the expected value beside it.\n"
    )
    return head + "".join(f"\n## {label} · {label.zh}\n\n{_list(group, '')}" for group, label in GROUPS.items())


def readme_table() -> str:
    """What stands between the marks of the README."""
    parts = []
    for group, label in GROUPS.items():
        count = sum(d.group == group for d in catalogue.functions().values())
        title = f"<details><summary><b>{label} · {label.zh}</b> ({count})</summary>"
        parts.append(f"{title}\n\n{_list(group, 'docs/functions/')}\n</details>")
    return "\n".join(parts)


def _list(group: str, folder: str) -> str:
    rows = [
        f"| [`{d.name}`]({folder}{d.name}.md) | {_cell(d.help)} | {_cell(d.zh)} |\n"
        for d in catalogue.functions().values()
        if d.group == group
    ]
    return "| function | what it gives | 说明 |\n|---|---|---|\n" + "".join(rows)


def readme(current: str) -> str:
    """The README with a fresh table of functions."""
    before, rest = current.split(MARKS[0])
    return f"{before}{MARKS[0]}\n{readme_table()}\n{MARKS[1]}{rest.split(MARKS[1])[1]}"


def write() -> None:
    PAGES.mkdir(parents=True, exist_ok=True)
    made = pages()
    for path in PAGES.glob("*.md"):
        if path.name not in made:
            path.unlink()
    for name, content in made.items():
        (PAGES / name).write_text(content, "utf-8", newline="\n")
    README.write_text(readme(README.read_text("utf-8")), "utf-8", newline="\n")


if __name__ == "__main__":
    write()
    sys.stdout.write(f"{len(catalogue.functions())} functions\n")
