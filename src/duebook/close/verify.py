"""Verifies a sealed close: are the outputs as sealed, and does the same input still give the same result?"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from duebook.close import seal
from duebook.close.options import AuditRequest, CloseOptions, Period
from duebook.close.output import SEAL
from duebook.close.run import close_month
from duebook.core import resources
from duebook.core.errors import DuebookError
from duebook.core.version import VERSION
from duebook.ledger import database
from duebook.ledger.files import Source
from duebook.policy import load as policy_file


@dataclass(frozen=True)
class Finding:
    """One thing that is not as sealed: a message key of `verify.…` and its facts."""

    key: str
    facts: Mapping[str, str]


@dataclass(frozen=True)
class Verdict:
    """`recomputed` is False where an input was not at hand or the version is another: only outputs were checked."""

    findings: tuple[Finding, ...]
    recomputed: bool
    missing: tuple[str, ...]


def verify(folder: Path, search: Sequence[Path], progress: Callable[[str], None] = lambda step: None) -> Verdict:
    """Checks the outputs' hashes, then runs the close again from the inputs found in `search` (files or folders)."""
    content = seal.read(folder)
    findings = [
        Finding("verify.output_changed" if part else "verify.output_damaged", {"file": name, "part": part})
        for name, part in seal.changed_outputs(folder, content)
    ]
    if content["duebook"] != VERSION:  # the policy and templates that shipped with it are not at hand
        other = Finding("verify.other_version", {"then": content["duebook"], "now": VERSION})
        return Verdict((*findings, other), False, ())
    inputs, missing = _find(content, [folder / database.FOLDER, *search, folder.parent, Path.cwd()])
    if missing:
        return Verdict(tuple(findings), False, tuple(missing))
    with tempfile.TemporaryDirectory(prefix="duebook-verify-") as scratch:
        again = Path(scratch) / "again"
        try:
            outcome = close_month(_options(content, inputs, again), progress)
        except DuebookError as error:
            return Verdict((*findings, Finding("verify.cannot_rerun", {"detail": error.text()})), True, ())
        findings += _differences(content, outcome.sealed)
    return Verdict(tuple(findings), True, ())


def _find(content: Mapping[str, Any], places: Sequence[Path]) -> tuple[dict[tuple[str, str], Path], list[str]]:
    """Inputs by (use, name), told by their hash; names of those that are nowhere."""
    found: dict[tuple[str, str], Path] = {}
    missing = []
    for entry in content["inputs"]:
        use, name, sha256 = entry["use"], entry["name"], entry["sha256"]
        candidates = [place / name if place.is_dir() else place for place in places]
        if use == "policy" and not content["options"]["policy"]:
            candidates = [policy_file.default_path()]
        elif use == "template":
            candidates.insert(0, resources.templates() / name)
        elif use in ("history", "previous"):
            folders = [place for place in places if place.is_dir()]
            candidates += [sub / SEAL for place in folders for sub in (place, *sorted(place.iterdir()))]
        for path in candidates:
            if path.is_file() and seal.digest(path) == sha256:
                found[use, name] = path
                break
        else:
            missing.append(_told(use, name))
    return found, missing


def _told(use: str, name: str) -> str:
    """An input as its user knows it: every earlier close is a close.json, so the option that gave it tells which."""
    if use == "previous":
        return f"{name} (--previous)"
    if use == "history":
        number, file = name.split(" ", 1)
        return f"{file} (--history {int(number) + 1})"
    return name


def _options(content: Mapping[str, Any], inputs: Mapping[tuple[str, str], Path], out: Path) -> CloseOptions:
    said = content["options"]
    period = said["period"] and Period(*map(date.fromisoformat, said["period"].split("..")))
    return CloseOptions(
        sources=tuple(
            Source(
                inputs["ledger", s["name"]],
                *(s.get(name) for name in ("role", "sheet", "encoding", "delimiter", "query", "database")),
            )
            for s in said["sources"]
        ),
        as_of=date.fromisoformat(content["as_of"]),
        out=out,
        currency=said["currency"],
        dates=said["dates"],
        columns=said["columns"],
        preset=said["preset"],
        policy=next((path for (use, _), path in inputs.items() if use == "policy"), None) if said["policy"] else None,
        control_totals={currency: Decimal(total) for currency, total in said["control_totals"].items()},
        templates=tuple(inputs["template", name] for name in said["templates"]),
        previous=inputs["previous", SEAL].parent if said["previous"] else None,
        disputed=said["disputed"],
        unapplied=said["unapplied"],
        scheme=said["scheme"],
        period=period or None,
        language=said["language"],
        known_at=date.fromisoformat(said["known_at"]) if said["known_at"] else None,
        functional=said["functional"],
        rates=inputs["rates", said["rates"]] if said["rates"] else None,
        account_controls={(account, code): Decimal(total) for account, code, total in said["account_controls"]},
        vat_rates={currency: Decimal(rate) for currency, rate in said["vat_rates"].items()},
        history=tuple(inputs["history", f"{number} {SEAL}"].parent for number in range(said["history"])),
        audit=_audit(said["audit"], inputs),
    )


def _audit(said: Mapping[str, Any] | None, inputs: Mapping[tuple[str, str], Path]) -> AuditRequest | None:
    if said is None:
        return None
    return AuditRequest(
        receipts_to=date.fromisoformat(said["receipts_to"]) if said["receipts_to"] else None,
        sample=said["sample"],
        seed=said["seed"],
        over={currency: Decimal(amount) for currency, amount in said["over"].items()},
        replies=inputs["replies", said["replies"]] if said["replies"] else None,
        deliveries=inputs["deliveries", said["deliveries"]] if said["deliveries"] else None,
    )


def _differences(then: Mapping[str, Any], now: Mapping[str, Any]) -> list[Finding]:
    """What the second run gives otherwise: figures by name, workbooks by part."""
    found = [
        Finding("verify.figure_changed", {"name": name})
        for name in sorted({*then, *now} - {"outputs"})
        if then.get(name) != now.get(name)
    ]
    for name in sorted({*then["outputs"], *now["outputs"]}):
        before, after = (_parts(side["outputs"].get(name, {})) for side in (then, now))
        changed = [part for part in sorted({*before, *after}) if before.get(part) != after.get(part)]
        found += [
            Finding("verify.part_changed" if part else "verify.file_changed", {"file": name, "part": part})
            for part in changed
        ]
    return found


def _parts(output: Mapping[str, Any]) -> Mapping[str, str]:
    """Hashes of a workbook's parts; of another file, its own hash as that of one part without a name."""
    parts: Mapping[str, str] = output.get("parts") or ({"": output["sha256"]} if output else {})
    return parts
