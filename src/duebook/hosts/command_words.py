"""What the command line says of its own accord (usage, help, wrong arguments), in the user's language.

Python's argparse looks each of its sentences up by `gettext`; `speaking` answers from `messages/*/argparse.toml`
while a command line is read. A sentence of a later Python that is not there stays English.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, NoReturn

from duebook.core.messages import Both, catalogue, half, in_edition, text, width

REFUSED = 2
"""Exit status: wrong arguments, or an input that cannot be read."""

_PIECE = re.compile(
    r"[^\s\u2e80-\uffef]+[、。，；：！？）》”]*"  # a word with what closes it
    r"|[（《“]*[\u2e80-\uffef][、。，；：！？）》”]*"  # a Chinese character: a line may end after each
)


@cache
def _keys() -> dict[str, str]:
    """What argparse says in English → its key."""
    return {sentence: key for key, sentence in catalogue("en").items() if key.startswith("argparse.")}


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Within, argparse speaks `language`."""

    def one(sentence: str) -> str:
        key = _keys().get(sentence)
        return text(key, language) if key else sentence

    before = {name: getattr(argparse, name) for name in ("_", "ngettext")}
    setattr(argparse, "_", one)  # noqa: B010  # not in the published interface, but how it is translated
    setattr(argparse, "ngettext", lambda some, several, count: one(some if count == 1 else several))  # noqa: B010
    Parser.language = language
    try:
        yield
    finally:
        for name, function in before.items():
            setattr(argparse, name, function)


def wrong(key: str, **facts: object) -> argparse.ArgumentTypeError:
    """A value that cannot be read, to raise from an argument's `type`: `cli.key`, in the language being spoken."""
    return argparse.ArgumentTypeError(text(f"cli.{key}", Parser.language, **facts))


def wrapped(words: str, columns: int) -> list[str]:
    """Lines of at most `columns`, a Chinese character taking two; of a bilingual text each half begins a line."""
    if isinstance(words, Both):
        return [line for half in dict.fromkeys((words.en, words.zh)) for line in wrapped(half, columns)]
    lines, end = [""], 0
    for piece in _PIECE.finditer(words):
        gap = " " if lines[-1] and piece.start() > end else ""
        if lines[-1] and width(lines[-1] + gap + piece[0]) > columns:
            lines.append(piece[0])
        else:
            lines[-1] += gap + piece[0]
        end = piece.end()
    return lines


class _Help(argparse.HelpFormatter):
    def _split_lines(self, text: str, width: int) -> list[str]:
        return wrapped(text, width)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return "\n".join(indent + line for line in wrapped(text, width - len(indent)))


class Parser(argparse.ArgumentParser):
    """A parser whose help wraps Chinese, and whose refusal says where help is."""

    language = "en"

    def __init__(self, *arguments: Any, **options: Any) -> None:
        options.setdefault("formatter_class", _Help)
        super().__init__(*arguments, **options)

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        from duebook.ledger.database_address import without_secrets

        # A database's address may be among the words that are refused.
        shown = in_edition(self.language, lambda tongue: without_secrets(half(message, tongue)))
        said = text("cli.usage", self.language, message=shown, program=self.prog)
        self.exit(REFUSED, f"{said}\n")
