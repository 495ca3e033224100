"""The report a person can send: report.txt to read, report.json for programs, written anew after every step."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from tools.excel_checks.steps import Result, State

_WIDTH = 100


class Report:
    """`facts` say on what the check ran. Paths below the user's own folder are shown from `~` on."""

    def __init__(self, folder: Path, facts: Mapping[str, object]) -> None:
        self.folder = folder
        self.facts = dict(facts)
        self.results: list[Result] = []
        self.begun = ""
        """The step that has begun and not yet ended: where a check hangs, the report says in which."""

    def begin(self, name: str) -> None:
        self.begun = name
        self.write()

    def add(self, result: Result) -> None:
        self.results.append(result)
        self.begun = ""
        self.write()

    def write(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        found = json.dumps(self.as_data(), ensure_ascii=False, indent=1) + "\n"
        (self.folder / "report.json").write_text(self._private(found, json_text=True), "utf-8", newline="\n")
        (self.folder / "report.txt").write_text(self._private(self.as_text()), "utf-8", newline="\n")

    def _private(self, text: str, json_text: bool = False) -> str:
        """The user's name stands in the path of the user's folder."""
        home = str(Path.home())
        if len(Path(home).parts) < 2:
            return text
        return text.replace(json.dumps(home, ensure_ascii=False)[1:-1] if json_text else home, "~")

    def count(self, state: State) -> int:
        return Counter(result.state for result in self.results)[state]

    def summary(self) -> str:
        return ", ".join(f"{self.count(state)} {state}" for state in State)

    def as_data(self) -> dict[str, object]:
        steps = [
            {
                "name": one.name,
                "state": one.state,
                "expected": one.expected,
                "shown": one.shown,
                "seconds": one.seconds,
                **({"details": list(one.details)} if one.details else {}),
            }
            for one in self.results
        ]
        return {"facts": self.facts, "steps": steps, **({"hangs_in": self.begun} if self.begun else {})}

    def as_text(self) -> str:
        wide = max(map(len, self.facts), default=0)
        lines = ["Duebook in a real Excel: report of tools/windows_check.py", "=" * _WIDTH, self.summary()]
        if self.begun:
            lines.append(f'NOT FINISHED: it was at "{self.begun}"')
        lines += ["", *(f"{name:<{wide}}  {value}" for name, value in self.facts.items()), ""]
        worst = sorted(self.results, key=lambda one: list(State).index(one.state) != 1)  # failures first
        for one in worst:
            lines += self._of(one)
        return "\n".join(lines) + "\n"

    @staticmethod
    def _of(one: Result) -> list[str]:
        lines = ["-" * _WIDTH, f"{one.state:<9}  {one.name}   ({one.seconds} s)", f"  expected  {one.expected}"]
        lines.append(f"  {'reason' if one.state is State.NOT_TRIED else 'seen':<8}  {one.shown}")
        return [*lines, *(f"            {line}" for line in one.details)]
