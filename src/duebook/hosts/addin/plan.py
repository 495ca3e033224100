"""What an installation or a removal will do and say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from duebook.hosts.addin.effects import Effect, Verify
from duebook.hosts.addin.findings import Finding


@dataclass(frozen=True)
class Plan:
    """What to do, what to say when it is done, and what else the user should know. Keys: `messages/*/install.toml`."""

    effects: Sequence[Effect]
    done: str
    nothing: str
    """The sentence where there is nothing to change."""
    findings: Sequence[Finding] = ()
    notes: Mapping[str, Mapping[str, object]] = field(default_factory=dict)

    @property
    def changes(self) -> bool:
        """Whether anything is left to do but to check."""
        return any(not isinstance(effect, Verify) for effect in self.effects)
