"""Writes statements of account into a folder: names that every system takes, nobody else's file replaced."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from duebook.books.fill import fill
from duebook.close import output, statement_book
from duebook.close.slots_statement import STATEMENT_TABLES
from duebook.close.statement import Addressee, Statement, Statements
from duebook.core import resources
from duebook.core.errors import DuebookError
from duebook.core.messages import LANGUAGES, text
from duebook.policy import letterhead
from duebook.policy.letterhead import Letterheads

Progress = Callable[[str], None]
"""Called with the number and the name of the file that is being written."""
LONGEST = 60
"""Characters of a customer's id in a file name; path and date around it stay within what Windows takes."""
_UNSAFE = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]|[. ]+$|^ +')
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")
_KANA = re.compile("[\u3040-\u30ff]")
_SLOTS = tuple(table.name for table in STATEMENT_TABLES)


@dataclass(frozen=True)
class Written:
    """A statement that was written; `telling`: what in it the customer may not be meant to read.

    `addressed`: whether the policy has a letterhead for it.
    """

    file: str
    customer_id: str
    customer_name: str | None
    currency: str
    language: str
    balance: Decimal
    overdue: Decimal
    telling: tuple[str, ...]
    addressed: bool


@dataclass(frozen=True)
class Look:
    """How statements look: the edition, the user's own template, the letterheads of the policy.

    Without a `language` a customer with a Chinese name gets a Chinese statement, all others an English one.
    """

    language: str | None
    template: Path | None
    letterheads: Letterheads

    def language_for(self, addressee: Addressee) -> str:
        if self.language is not None:
            return self.language
        return "zh" if _is_chinese(addressee) else "en"

    def path(self, language: str) -> Path:
        return self.template or resources.templates() / f"statement.{language}.xlsx"

    def of(self, currency: str, on: date) -> Mapping[str, letterhead.Letterhead]:
        return {tongue: self.letterheads.on(on, tongue, currency) for tongue in LANGUAGES}


def refuse(out: Path, template: Path | None) -> None:
    """What can be refused before anything is read."""
    if out.exists() and not out.is_dir():
        raise DuebookError("statement.out_is_file", path=out.name)
    if (out / output.SEAL).exists():
        raise DuebookError("statement.into_close", path=out.name)
    if template is not None and not template.is_file():
        raise DuebookError("statement.no_template", path=template.name)
    if template is not None and not output.holds_table(template, *_SLOTS):
        raise DuebookError("statement.no_slots", path=template.name)


def write(stated: Statements, out: Path, look: Look, progress: Progress = lambda name: None) -> list[Written]:
    """Writes every statement, each whole. DuebookError, before the first, where somebody else's file is in the way."""
    names = file_names(stated.addressees, stated.known, stated.as_of, look)
    for name in names:
        if (out / name).exists() and not output.holds_table(out / name, *_SLOTS):
            raise DuebookError("statement.foreign", path=f"{out.name}/{name}")
        if (out / f"~${name}").exists() or (out / f".~lock.{name}#").exists():
            raise DuebookError("close.workbook_open", path=f"{out.name}/{name}")
    if names:
        out.mkdir(parents=True, exist_ok=True)
    done = []
    for number, (name, own) in enumerate(zip(names, stated, strict=True), start=1):
        progress(f"{number:,}/{len(names):,} {name}")
        language, letterheads = look.language_for(own.addressee), look.of(own.addressee.currency, own.as_of)
        fill(look.path(language), out / name, statement_book.plan(own, stated.bucket_labels, language, letterheads))
        done.append(_told(name, own, language, addressed=any(of.company for of in letterheads.values())))
    return done


def _told(name: str, own: Statement, language: str, *, addressed: bool) -> Written:
    who = (own.addressee.customer_id, own.addressee.customer_name, own.addressee.currency)
    return Written(name, *who, language, own.balance, own.overdue, own.telling, addressed)


def _is_chinese(addressee: Addressee) -> bool:
    """Whether a name is written in Chinese; one in yen is taken to be Japanese, which has the same characters."""
    name = addressee.customer_name or ""
    return bool(_HAN.search(name)) and not _KANA.search(name) and addressee.currency != "JPY"


def file_names(addressees: Sequence[Addressee], known: Sequence[str], as_of: date, look: Look) -> list[str]:
    """A name for each: word, customer, currency, day. No two of the `known` customers share one on any system."""
    folded = Counter(_folded(customer) for customer in {*known, *(own.customer_id for own in addressees)})
    found = []
    for own in addressees:
        language = look.language_for(own)
        tongues = (language,) if language in LANGUAGES else LANGUAGES
        word = "-".join(text("statement.file_word", tongue) for tongue in tongues)
        suffix = look.path(language).suffix.lower().replace(".xlt", ".xls")
        name = _plain(own.customer_id)
        if name != own.customer_id or folded[_folded(own.customer_id)] > 1:
            name = f"{name}~{hashlib.sha256(own.customer_id.encode()).hexdigest()[:8]}"
        found.append(f"{word}-{name}-{own.currency}-{as_of.isoformat()}{suffix}")
    return found


def _plain(customer: str) -> str:
    """An id as a part of a file name: what Windows keeps for itself becomes "_"."""
    return _UNSAFE.sub("_", unicodedata.normalize("NFC", customer))[:LONGEST]


def _folded(customer: str) -> str:
    """What a file system that folds case or width takes for the same name."""
    return unicodedata.normalize("NFKC", _plain(customer)).casefold()
