"""The help as one page for the browser, in one language: every button and every function, from their declarations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from html import escape

from duebook.close.slots import AGING_TABLES, EXPOSURE_TABLES, Field
from duebook.core.arguments import shown
from duebook.core.cells import CellError, is_grid
from duebook.core.declare import GROUPS, Declaration, Example
from duebook.core.messages import text
from duebook.hosts import catalogue
from duebook.hosts.excel.buttons import GROUPS as BUTTON_GROUPS
from duebook.hosts.excel.buttons import buttons
from duebook.hosts.formula_text import formula

_STYLE = """
body{font-family:"Segoe UI","Microsoft YaHei",Arial,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;
color:#222;line-height:1.5}h1,h2,h3{line-height:1.2}h2{border-bottom:2px solid #1f4e79;color:#1f4e79;margin-top:2.5rem}
h3{margin:2rem 0 .3rem}code,.syntax{font-family:Consolas,monospace}.syntax{background:#f3f5f7;padding:.4rem .6rem}
table{border-collapse:collapse;width:100%;margin:.5rem 0}td,th{text-align:left;vertical-align:top;padding:.25rem .5rem;
border-bottom:1px solid #ddd}th{color:#666;font-weight:normal}td:first-child{white-space:nowrap}.small{color:#666;
font-size:.9em}nav a{margin-right:.8rem}.asked{background:#fff8e1;padding:.1rem 1rem 1rem;border:1px solid #e6d9a8}
"""


def page(language: str, asked: str | None = None) -> str:
    """A whole HTML page; the function `asked` comes first."""
    say = partial(text, language=language)
    functions = catalogue.functions()
    parts = [f"<h1>{_said('help_title', language)}</h1><p>{_said('help_lead', language)}</p>"]
    parts.append(f'<p class="small">{_said("help_search", language)}</p>')
    if asked is not None and asked in functions:
        title = escape(say("settings_buttons.help_asked", name=asked))
        parts.append(f'<div class="asked"><h2>{title}</h2>{_function(functions[asked], language)}</div>')
    parts.append(_contents(language))
    parts.append(f"<h2>{_said('help_buttons', language)}</h2>{''.join(_buttons(language))}")
    parts.append(f"<h2>{_said('help_tables', language)}</h2><p>{_said('help_tables_lead', language)}</p>")
    parts += _tables(language)
    for group, label in GROUPS.items():
        parts.append(f"<h2>{escape(say('settings_buttons.help_functions_of', group=label.text(language)))}</h2>")
        parts += [
            f'<section id="{d.name}">{_function(d, language)}</section>' for d in functions.values() if d.group == group
        ]
    title = _said("help_title", language)
    head = f'<meta charset="utf-8"><title>{title}</title><style>{_STYLE}</style>'
    return f'<!doctype html><html lang="{language}"><head>{head}</head><body>{"".join(parts)}</body></html>\n'


def _said(key: str, language: str) -> str:
    return escape(text(f"settings_buttons.{key}", language))


def _contents(language: str) -> str:
    """A link to every function, group by group."""
    rows = []
    for group, label in GROUPS.items():
        names = [d.name for d in catalogue.functions().values() if d.group == group]
        links = " ".join(f'<a href="#{name}">{name}</a>' for name in names)
        rows.append(f"<p><b>{escape(label.text(language))}</b> {links}</p>")
    return f"<nav>{''.join(rows)}</nav>"


def _tables(language: str) -> Iterator[str]:
    """The tables that the month end fills, with their columns, which a workbook of the user's own may have too."""
    heads = "".join(f"<th>{_said(key, language)}</th>" for key in ("help_table", "help_columns"))
    for part, slots in (("help_aging", AGING_TABLES), ("help_exposure", EXPOSURE_TABLES)):
        rows = "".join(
            f"<tr><td><code>{slot.name}</code></td><td>{escape(_listed(slot.fields, language))}</td></tr>"
            for slot in slots
        )
        yield f"<h3>{_said(part, language)}</h3><table><tr>{heads}</tr>{rows}</table>"


def _listed(fields: Sequence[Field], language: str) -> str:
    return text("close.list_comma", language).join(field.label(language) for field in fields)


def _buttons(language: str) -> Iterator[str]:
    for group, label in BUTTON_GROUPS.items():
        rows = "".join(
            f"<tr><td><b>{escape(b.label.text(language))}</b></td><td>{escape(b.tip.text(language))}</td></tr>"
            for b in buttons().values()
            if b.group == group
        )
        yield f"<h3>{escape(label.text(language))}</h3><table>{rows}</table>"


def _function(declaration: Declaration, language: str) -> str:
    chinese = language == "zh"
    said = declaration.zh if chinese else declaration.help
    parts = [f"<h3>{declaration.name}</h3><p>{escape(said)}</p>"]
    parts.append(f'<p class="syntax">={escape(declaration.syntax)}</p>')
    if declaration.parameters:
        heads = "".join(f"<th>{_said(key, language)}</th>" for key in ("help_argument", "help_meaning"))
        rows = "".join(
            _argument(name, help, optional, language) for name, help, optional in _arguments(declaration, language)
        )
        parts.append(f"<table><tr>{heads}</tr>{rows}</table>")
    equation = declaration.equation_zh if chinese else declaration.equation
    if equation:
        parts.append(f"<p><code>{escape(equation)}</code></p>")
    parts += [f"<p>{escape(convention.text(language))}</p>" for convention in declaration.conventions]
    parts += [_example(declaration.name, example, language) for example in declaration.examples[:2]]
    source = text("settings_buttons.help_source", language, source=declaration.source)
    parts.append(f'<p class="small">{escape(source)}</p>')
    return "".join(parts)


def _arguments(declaration: Declaration, language: str) -> Iterator[tuple[str, str, bool]]:
    optional = {p.name for p in declaration.parameters if not p.required} | {"headers"}
    for name, help in declaration.argument_help:
        yield name, help.text(language), name in optional


def _argument(name: str, help: str, optional: bool, language: str) -> str:
    note = f' <span class="small">{_said("help_optional", language)}</span>' if optional else ""
    return f"<tr><td><code>{name}</code></td><td>{escape(help)}{note}</td></tr>"


def _example(name: str, example: Example, language: str) -> str:
    """A call and what it gives; a table is left to the gallery workbook."""
    if is_grid(example.gives):
        gives = ""
    else:
        value = example.gives.code if isinstance(example.gives, CellError) else shown(example.gives)
        gives = f" {_said('help_gives', language)} <code>{escape(value)}</code>"
    call = escape(formula(name, example.arguments))
    return f'<p class="small">{_said("help_example", language)} <code>{call}</code>{gives}</p>'
