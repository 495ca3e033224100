"""The external link through which Excel finds the add-in: `[1]!DSO(…)` goes through the workbook's first link.

Excel writes such a link as a part that names the functions used, with a relation that says where the file lies. For an
add-in in the user's start folder the relation's type says so and the target is the bare file name, so that the link
holds on every computer that has the add-in.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from lxml import etree

from duebook.books.book_parts import placed_before_calculation
from duebook.books.formula_names import linked_books, renumbered
from duebook.books.parts import Element, Parts, beside, child, children, descendants, local, made_root, relations_part
from duebook.hosts.addin.office import ADDIN
from duebook.hosts.addin.texts import SHEET
from duebook.hosts.addin.xlam import CODE_NAMES
from duebook.hosts.sharing.formulas import is_addin_file
from duebook.hosts.sharing.places import Place, book_places, linked_places, part_text, sheet_places

_START_FOLDER = "http://schemas.microsoft.com/office/2006/relationships/xlExternalLinkPath/xlStartup"
_CONTENT = "application/vnd.openxmlformats-officedocument.spreadsheetml.externalLink+xml"


@dataclass(frozen=True)
class BookLink:
    """An external link: its number in formulas, its part, and where it leads as written in the file."""

    number: int
    part: str
    target: str


def book_links(parts: Parts) -> list[BookLink]:
    """The external links of the workbook, in their order."""
    related = {r.id: r.part for r in parts.relations(parts.workbook)}
    holder = child(parts.tree(parts.workbook), "externalReferences")
    found = []
    for number, entry in enumerate(children(holder, "externalReference") if holder is not None else (), start=1):
        part = related.get(_relation_id(entry), "")
        found.append(BookLink(number, part, _target(parts, part)))
    return found


def addin_links(parts: Parts) -> frozenset[int]:
    """The numbers of the links that lead to the add-in."""
    return frozenset(link.number for link in book_links(parts) if _leads_to_addin(parts, link))


def _leads_to_addin(parts: Parts, link: BookLink) -> bool:
    """By the name of the file or, where that was saved under another (`duebook (1).xlam`), by the sheets in it."""
    return is_addin_file(link.target) or SHEET in _sheet_names(parts, link.part)


def _sheet_names(parts: Parts, part: str) -> list[str]:
    if _target_entry(parts, part) is None:
        return []
    return [e.get("val", "") for e in descendants(parts.tree(part), "sheetName")]


class AddinNumbers(Container[int]):
    """Numbers through which a formula reaches the add-in: those of its links, and those that no link has.

    LibreOffice keeps `[1]!DSO(…)` when it saves and loses the link; no other function can be meant by it.
    """

    def __init__(self, parts: Parts) -> None:
        self._leading = addin_links(parts)
        self._known = len(book_links(parts))

    def __contains__(self, number: object) -> bool:
        return number in self._leading or (isinstance(number, int) and number > self._known)


def linked_to_addin(parts: Parts, functions: Collection[str]) -> int:
    """The number of the link to the add-in, made if there is none; it names `functions` and holds on any computer."""
    link = next((each for each in book_links(parts) if _leads_to_addin(parts, each)), None) or _made(parts)
    book = child(parts.tree(link.part), "externalBook")
    assert book is not None
    _lead_to_start_folder(parts, link.part, book)
    holder = child(book, "definedNames")
    if holder is None:
        holder = book.makeelement(beside(book, "definedNames"))
        sheets = child(book, "sheetNames")
        book.insert(0 if sheets is None else book.index(sheets) + 1, holder)
    known = {(e.get("name") or "").upper() for e in holder}
    for name in sorted(set(functions) - known):
        holder.append(holder.makeelement(beside(holder, "definedName"), name=name))
        _changed(parts, link.part)
    return link.number


def drop_unused(parts: Parts, numbers: Collection[int]) -> int:
    """Removes those of these links that no formula uses, and renumbers the later ones; gives how many went."""
    places = list(_all_places(parts)) if numbers else []
    used = {n for place in places if "[" in place.text for n in linked_books(place.text)}
    links = {link.number: link for link in book_links(parts)}
    gone = sorted(n for n in set(numbers) - used if n in links)
    for place in places if gone and used and max(used) > gone[0] else ():
        text = renumbered(place.text, lambda n: n - sum(g < n for g in gone)) if "[" in place.text else place.text
        if text != place.text:
            place.put(text)
            parts.touch(place.part)
    holder = child(parts.tree(parts.workbook), "externalReferences")
    entries = list(children(holder, "externalReference")) if holder is not None else []
    for number in gone:
        assert holder is not None
        holder.remove(entries[number - 1])
        if links[number].part:
            parts.drop(links[number].part)
        parts.touch(parts.workbook)
    if gone and holder is not None and not len(holder):
        parts.tree(parts.workbook).remove(holder)
    return len(gone)


def _all_places(parts: Parts) -> Iterator[Place]:
    for sheet in parts.sheets:
        if sheet.part and (sheet.part in parts.changed or "[" in part_text(parts, sheet.part)):
            yield from sheet_places(parts, sheet)
    yield from book_places(parts)
    yield from linked_places(parts)


def _relation_id(element: Element) -> str:
    return next((str(v) for k, v in element.attrib.items() if str(k).endswith("}id")), "")


def _target(parts: Parts, part: str) -> str:
    entry = _target_entry(parts, part)
    return "" if entry is None else unquote(entry.get("Target", ""))


def _target_entry(parts: Parts, part: str) -> Element | None:
    """The relation that says where the linked book lies."""
    if part not in parts or relations_part(part) not in parts:
        return None
    book = child(parts.tree(part), "externalBook")
    wanted = "" if book is None else _relation_id(book)
    return next((e for e in parts.tree(relations_part(part)) if e.get("Id") == wanted and wanted), None)


def _lead_to_start_folder(parts: Parts, part: str, book: Element) -> None:
    """A path of the computer on which the workbook was last saved would not hold on another."""
    entry = _target_entry(parts, part)
    assert entry is not None
    if (entry.get("Type"), entry.get("Target")) == (_START_FOLDER, ADDIN):
        return
    entry.set("Type", _START_FOLDER)
    entry.set("Target", ADDIN)
    entry.set("TargetMode", "External")
    _changed(parts, relations_part(part))
    for other in [e for e in parts.tree(relations_part(part)) if e is not entry]:
        parts.tree(relations_part(part)).remove(other)
    for other in [e for e in book if local(e) in ("AlternateContent", "alternateUrls")]:
        book.remove(other)
        _changed(parts, part)


def _changed(parts: Parts, part: str) -> None:
    if part not in parts.added:
        parts.touch(part)


def _made(parts: Parts) -> BookLink:
    workbook = parts.tree(parts.workbook)
    namespace = etree.QName(workbook).namespace
    root = made_root("externalLink", namespace or "")
    book = etree.SubElement(root, f"{{{namespace}}}externalBook", nsmap={"r": parts.office_relations})
    sheets = etree.SubElement(book, f"{{{namespace}}}sheetNames")
    for name in CODE_NAMES:
        etree.SubElement(sheets, f"{{{namespace}}}sheetName", val=name)
    part = parts.free_name("xl/externalLinks/externalLink{}.xml")
    parts.add(part, root, _CONTENT)
    book.set(f"{{{parts.office_relations}}}id", parts.relate(part, _START_FOLDER, ADDIN, external=True))
    key = parts.relate(parts.workbook, "externalLink", part)
    holder = child(workbook, "externalReferences")
    if holder is None:
        holder = placed_before_calculation(workbook, "externalReferences")
    entry = etree.SubElement(holder, beside(holder, "externalReference"))
    entry.set(f"{{{parts.office_relations}}}id", key)
    parts.touch(parts.workbook)
    return BookLink(len(list(children(holder, "externalReference"))), part, ADDIN)
