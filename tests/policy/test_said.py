"""A figure says which policy it rests on; the law's own figures wait for no adoption."""

from __future__ import annotations

from dataclasses import replace

from duebook.core.notes import listening
from duebook.policy import late_payment, reminders
from duebook.policy.load import load
from duebook.policy.said import say_policy


def test_a_policy_is_named_and_marked_until_it_is_adopted() -> None:
    policy = load()
    adopted = replace(policy, adopted=True, own={table: policy.source(table) for table in reminders.TABLES})
    with listening() as notes:
        say_policy(policy)
        say_policy(policy, reminders)
        say_policy(adopted, reminders)
        say_policy(adopted, late_payment)
    keys = [note.key.removeprefix("policy.") for note in notes]
    assert keys == ["in_use", "in_use_illustrative", "in_use", "in_use_partly"]
    assert all(policy.name in note.text(language) for note in notes for language in ("en", "zh"))
    assert "illustrative until adopted" in notes[1].text() and "仅供示例" in notes[1].text("zh")
