"""What `duebook addin …` does with its arguments, and how its result is told."""

from __future__ import annotations

import argparse


def install(chosen: argparse.Namespace) -> int:
    from duebook.hosts.addin.install import run_install

    return run_install(chosen)


def uninstall(chosen: argparse.Namespace) -> int:
    from duebook.hosts.addin.install import run_uninstall

    return run_uninstall(chosen)


def doctor(chosen: argparse.Namespace) -> int:
    from duebook.hosts.addin.doctor import run_doctor

    return run_doctor(chosen)


def build(chosen: argparse.Namespace) -> int:
    from duebook.hosts.addin.build import run_build

    return run_build(chosen)


def lite(chosen: argparse.Namespace) -> int:
    from duebook.hosts.addin.lite import run_lite

    return run_lite(chosen)
