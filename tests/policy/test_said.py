"""A figure says which policy it rests on; the law's own figures wait for no adoption."""

from __future__ import annotations

from dataclasses import replace

from duebook.core.notes import listening
from duebook.policy import closing, late_payment, reminders
from duebook.policy.load import load
from duebook.policy.said import say_policy
from duebook.policy.sheet import policy_of_range


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


def test_a_policy_that_adopts_itself_over_duebook_s_adopts_none_of_its_tables() -> None:
    """Not even those that stand in the same file as the name of Duebook's policy."""
    ours = policy_of_range([["[policy]", ""], ["name", "adopted"], ["Ours", True]], load())
    assert ours.adopted and ours.illustrative(closing) and set(ours.not_own(closing)) == set(closing.TABLES)
