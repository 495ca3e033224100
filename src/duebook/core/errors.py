"""The one exception users meet: a message key and its facts, told in the user's language."""

from __future__ import annotations

from duebook.core import messages


class DuebookError(Exception):
    """Something the user can mend. `key` names a sentence in `messages/`, `facts` fill it.

    `DuebookError("file.not_found", path="a.csv")` reads, in English, "a.csv: no such file. …". Every such sentence
    names what was wrong and what to do next.
    """

    def __init__(self, key: str, **facts: object) -> None:
        self.key = key
        self.facts = facts
        super().__init__(key, facts)

    def text(self, language: str = "en") -> str:
        return messages.text(self.key, language, **self.facts)

    def __str__(self) -> str:
        return self.text("en")
