"""Whether a refusal is said in Chinese throughout."""

from __future__ import annotations

import re

from tests.policy.planted import DESCRIBED, Tables, shipped

from duebook.core import messages
from duebook.core.arguments import UNITS
from duebook.core.cells import Label
from duebook.core.errors import DuebookError
from duebook.core.money import minor_units
from duebook.policy import sections

EXAMPLES = ("Duebook", "ISO", "CN", "US", "Saturday", "Sunday", "true", "false", "TRUE", "FALSE", "from", "note")
"""Words of the examples that refusals give."""


def check_chinese(fault: DuebookError, policy: Tables) -> None:
    """No English in the Chinese sentence beyond table names, keys, named values, the file and the given value."""
    said = messages.text(fault.key, "zh", **{**fault.facts, "file": "", "value": ""})
    where = fault.facts["where"]
    place = set() if isinstance(where, Label) else set(re.findall(r"[A-Za-z_]+", str(where)))
    assert not set(re.findall(r"[A-Za-z][A-Za-z_]*", said)) - known_words(policy) - place, fault.text("zh")
    assert fault.text("zh").startswith(str(getattr(fault.facts["file"], "zh", fault.facts["file"])))
    assert isinstance(where, Label) or where in fault.text("zh")


def known_words(policy: Tables) -> set[str]:
    """Table names, keys, and the named values of the policy, of Duebook's own tables and of the code."""
    found = {*DESCRIBED, *minor_units(), *UNITS, *sections.LIST_KEYS, *EXAMPLES, "contract"}
    for described in DESCRIBED.values():
        found.update(*({key, *spec.get("one_of", ())} for key, spec in described["keys"].items()))
    for rows in (*policy.values(), *map(shipped, sections.SECTION_OF)):
        for entry in rows if isinstance(rows, list) else [rows]:
            found.update(*(map(_tokens, entry.values()) if isinstance(entry, dict) else [_tokens(entry)]))
    return {part for word in found for part in re.findall(r"[A-Za-z][A-Za-z_]*", word)}


def _tokens(value: object) -> set[str]:
    """Named values: texts of one word. A sentence in a policy (a source, a reason) vouches for no word."""
    values = value if isinstance(value, list) else [value]
    return {text for text in map(str, values) if " " not in text}
