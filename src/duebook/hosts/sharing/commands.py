"""What `duebook freeze` and `duebook rebind` do with their arguments, and how the result is told."""

from __future__ import annotations

import argparse


def freeze(chosen: argparse.Namespace) -> int:
    from duebook.hosts.sharing.freeze import run_freeze

    return run_freeze(chosen)


def rebind(chosen: argparse.Namespace) -> int:
    from duebook.hosts.sharing.rebind import run_rebind

    return run_rebind(chosen)
