"""What the doctor found at one link of the chain between Excel and Duebook. Texts: `messages/*/doctor.toml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from duebook.core.messages import text

State = Literal["well", "note", "fault", "unknown"]
SIGNS: Mapping[State, str] = {"well": "✓", "note": "!", "fault": "✗", "unknown": "–"}


@dataclass(frozen=True)
class Finding:
    """One link: well, worth a note, at fault, or unknown because an earlier link is broken."""

    link: str
    state: State
    key: str
    facts: Mapping[str, object] = field(default_factory=dict)

    def label(self, language: str) -> str:
        return text(f"doctor.link_{self.link}", language)

    def said(self, language: str) -> str:
        return text(f"doctor.{self.key}", language, **self.facts)

    def remedy(self, language: str) -> str:
        """What to do; empty where there is nothing to."""
        return text(f"doctor.{self.key}_remedy", language, **self.facts) if self.state in ("note", "fault") else ""


def well(link: str, **facts: object) -> Finding:
    return Finding(link, "well", f"{link}_well", facts)


def note(link: str, key: str, **facts: object) -> Finding:
    return Finding(link, "note", key, facts)


def fault(link: str, key: str, **facts: object) -> Finding:
    return Finding(link, "fault", key, facts)


def unknown(link: str) -> Finding:
    return Finding(link, "unknown", "unknown")
