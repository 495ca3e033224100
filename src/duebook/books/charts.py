"""Chart caches: the values a chart shows before anything recalculates, rebuilt where they refer to what changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from duebook.books.body import coded
from duebook.books.cached import Dependence, FilledBook, Stale, stored
from duebook.books.evaluate_view import CellValue, ExcelError, Unavailable
from duebook.books.parts import Element, Parts, beside, child, descendants, local
from duebook.books.references import Reference, tokens

MOST_POINTS = 2_000
_CACHES = ("numCache", "strCache", "multiLvlStrCache")
_SOURCES = ("numRef", "strRef", "multiLvlStrRef")


def charts(parts: Parts) -> Iterator[str]:
    """Every chart part, once."""
    seen = set()
    for sheet in parts.sheets:
        if sheet.kind == "missing":
            continue
        for drawing in parts.related(sheet.part, "drawing"):
            for chart in parts.related(drawing, "chart", "chartEx"):
                if chart not in seen:
                    seen.add(chart)
                    yield chart


def refresh_charts(parts: Parts, book: FilledBook, stale: Stale) -> set[str]:
    """The chart parts whose caches were rebuilt or taken out."""
    dependence = Dependence(parts, book)
    changed = set()
    for part in charts(parts):
        root = parts.tree(part)
        for source in list(descendants(root, *_SOURCES, "strDim", "numDim")):
            formula = child(source, "f")
            if formula is None or not formula.text:
                continue
            areas, anything = dependence.reads(formula.text, "")
            if not anything and not any(stale.meets(a) for a in areas):
                continue
            changed.add(part)
            parts.touch(part)
            if local(source) in _SOURCES:
                _rebuild(source, formula, book)
            else:
                for level in [e for e in source if local(e) == "lvl"]:
                    source.remove(level)
    return changed


def _rebuild(source: Element, formula: Element, book: FilledBook) -> None:
    old = next((e for e in source if local(e) in _CACHES), None)
    if old is None:
        return
    values = _values(formula.text or "", book)
    name = local(old)
    if name == "numCache" and values and local(_parent(source)) == "cat" and all(isinstance(v, str) for v in values):
        # a template without data had nothing to tell that these labels are text
        source.tag, name = beside(source, "strRef"), "strCache"
    write: Callable[[CellValue], str | None] = _number if name == "numCache" else _label
    source_format = child(old, "formatCode")
    source.remove(old)
    if values is None or name == "multiLvlStrCache":
        return
    cache = source.makeelement(beside(source, name))
    if source_format is not None and name == "numCache":
        cache.append(source_format)
    count = cache.makeelement(beside(source, "ptCount"))
    count.set("val", str(len(values)))
    cache.append(count)
    for index, value in enumerate(values):
        text = write(value)
        if text is None:
            continue
        point = cache.makeelement(beside(source, "pt"))
        point.set("idx", str(index))
        shown = cache.makeelement(beside(source, "v"))
        shown.text = coded(text)
        point.append(shown)
        cache.append(point)
    formula.addnext(cache)


def _parent(element: Element) -> Element:
    parent = element.getparent()
    return element if parent is None else parent


def _number(value: CellValue) -> str | None:
    if isinstance(value, (str, ExcelError)) or value is None:
        return None
    return stored(value, False)[1]


def _label(value: CellValue) -> str | None:
    return None if value is None else stored(value, False)[1]


def _values(formula: str, book: FilledBook) -> list[CellValue] | None:
    """The cells that a chart reference names, row by row; None where they are too many or not known."""
    found = list(tokens(_unnamed(formula, book)))
    if len(found) != 1 or not isinstance(found[0], Reference) or not found[0].sheet:
        return None
    first, left, last, right = found[0].area
    if (last - first + 1) * (right - left + 1) > MOST_POINTS:
        return None
    try:
        return [
            book.value(found[0].sheet, row, column)
            for row in range(first, last + 1)
            for column in range(left, right + 1)
        ]
    except Unavailable:
        return None


def _unnamed(formula: str, book: FilledBook) -> str:
    """A chart may refer to a name, as Book!Name or Sheet!Name."""
    prefix, mark, name = formula.rpartition("!")
    if not mark or any(isinstance(t, Reference) for t in tokens(formula)):
        return formula
    return book.names.get((prefix.strip("'"), name.upper())) or book.names.get(name.upper()) or formula
