"""The optional last arguments of functions that follow the credit policy."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from duebook.core.arguments import Day, PolicyChoice
from duebook.policy.load import Policy, load

PolicyArgument = Annotated[Policy | None, PolicyChoice()]
"""Default it to None; `in_use(policy)` then gives Duebook's own."""
PolicyDay = Annotated[
    date | None,
    Day("The day whose policy tables count. Default: the newest entries.", "按哪一天生效的政策表；默认取最新条目。"),
]
"""Default it to None. No clock is ever read: the newest entry counts, or that of the day given."""


def in_use(policy: Policy | None) -> Policy:
    return policy or load()
