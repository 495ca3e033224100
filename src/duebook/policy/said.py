"""How a figure says which credit policy it rests on, and whether that policy's figures are only illustrative."""

from __future__ import annotations

from types import ModuleType

from duebook.core.notes import note
from duebook.policy.load import Policy


def say_policy(policy: Policy, section: ModuleType | None = None) -> None:
    """Notes name and version of `policy`; with `section` also that its figures are illustrative until adopted.

    Leave `section` out where the table retypes the law: a statutory rate is no proposal that waits for adoption.
    """
    facts = {"name": policy.name, "version": policy.version or "–"}
    if section is None or not policy.illustrative(section):
        note("policy.in_use", **facts)
    elif policy.adopted:
        note("policy.in_use_partly", **facts, tables=", ".join(policy.not_own(section)))
    else:
        note("policy.in_use_illustrative", **facts)
