"""How the commands tell what they did: sentences, or JSON for programs."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass

from duebook.core.messages import text
from duebook.hosts.cli import PROBLEMS

MOST_LISTED = 10


@dataclass(frozen=True)
class Left:
    """A formula that stays as it is: what kind of place it stands in, where, and how it reads."""

    kind: str
    where: str
    formula: str


def listed(things: Collection[str]) -> str:
    """The first few of many, and that there are more."""
    shown = ", ".join(list(things)[:MOST_LISTED])
    return shown if len(things) <= MOST_LISTED else f"{shown}, … ({len(things)})"


def tell(
    chosen: argparse.Namespace,
    key: str,
    *,
    left: Sequence[Left] = (),
    remarks: Sequence[str] = (),
    facts: Mapping[str, object] | None = None,
    **said: object,
) -> int:
    """Says the sentence, what was left and why, and remarks; gives the status of a command that met problems."""
    sentence = text(key, chosen.language, **said)
    lines = [
        text(f"sharing.left_{each.kind}", chosen.language, where=each.where, formula=f"={each.formula}")
        for each in left
    ]
    if chosen.json:
        whole = {
            "message": sentence,
            **(facts or {}),
            "left": [asdict(each) for each in left],
            "remarks": list(remarks),
        }
        print(json.dumps(whole, ensure_ascii=False, indent=1))
        return PROBLEMS
    if not chosen.quiet:
        print(sentence)
    # problems are told even to those who want quiet
    for line in [*lines, *remarks]:
        print(line, file=sys.stderr if chosen.quiet else sys.stdout)
    return PROBLEMS
