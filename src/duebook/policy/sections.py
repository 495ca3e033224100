"""The sections of a credit policy: which module of this room reads which tables.

A section is a module with `TABLES` (the names of its tables), optionally `LISTS` (keys that hold several values), and
`read(check)`, which gives its checked rules. Duebook's own tables of a section stand in the TOML file of the section's
name beside it (`closing`'s in `default.toml`, which users copy). To add one: write the module and its TOML file, name
it here, and describe its tables and keys in `tables.toml`, of which the checker and docs/policy.md are made.
"""

from __future__ import annotations

from types import ModuleType

from duebook.policy import (
    allowances,
    audit,
    calendars,
    closing,
    cover,
    credit_terms,
    default_probability,
    disputes,
    grades,
    late_payment,
    letterhead,
    limitation,
    limits,
    monitoring,
    order_check,
    reminders,
    reviews,
    risk_amounts,
    score_card,
    structure,
    terms_law,
)

SECTIONS: tuple[ModuleType, ...] = (
    closing,
    allowances,
    calendars,
    grades,
    default_probability,
    score_card,
    limits,
    risk_amounts,
    credit_terms,
    terms_law,
    order_check,
    monitoring,
    reviews,
    structure,
    cover,
    late_payment,
    reminders,
    disputes,
    limitation,
    audit,
    letterhead,
)

SECTION_OF: dict[str, ModuleType] = {table: section for section in SECTIONS for table in section.TABLES}
LIST_KEYS = frozenset(key for section in SECTIONS for key in getattr(section, "LISTS", ()))
KNOWN_TABLES = ("policy", *SECTION_OF)
