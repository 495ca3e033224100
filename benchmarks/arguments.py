"""What every benchmark may be told."""

from __future__ import annotations

import argparse


def arguments(description: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=description.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000, help="lines or rows (default: one million)")
    parser.add_argument("--runs", type=int, default=3, help="runs of the fast ways; the slow ones run once")
    parser.add_argument("--ours", action="store_true", help="time Duebook only, without the others beside it")
    return parser.parse_args()
