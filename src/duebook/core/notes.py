"""What a function wants to say beside its result: clipped negatives, a gap in the data, the rule that decided.

A function calls `note("room.key", …)` and goes on. Where a host listens (`listening`), the sentences are kept and
`WHY` shows them; elsewhere they are dropped, as a plain Python caller expects. A note never changes a result.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple

from duebook.core import cells, messages


class Note(NamedTuple):
    key: str
    facts: dict[str, object]

    def text(self, language: str = "en") -> str:
        return messages.text(self.key, language, **cells.shown_facts(self.facts, language))


_heard: ContextVar[list[Note] | None] = ContextVar("duebook_notes", default=None)


def note(key: str, **facts: object) -> None:
    """Says the sentence `key` of `messages/` about the result that is being computed."""
    heard = _heard.get()
    if heard is not None:
        heard.append(Note(key, facts))


@contextmanager
def listening() -> Iterator[list[Note]]:
    """Keeps what functions say inside the block."""
    heard: list[Note] = []
    token = _heard.set(heard)
    try:
        yield heard
    finally:
        _heard.reset(token)
