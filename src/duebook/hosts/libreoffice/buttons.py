"""The entries of the extension's menu and toolbar.

Only what an office can do by itself: the ribbon's other buttons write through xlwings, which works with Excel only, or
need the engine and the readers of ledgers, which the extension does not bring (`duebook close` does that work).
"""

from __future__ import annotations

BUTTONS = ("insert_function", "explain_cell", "language")
"""Names, in order; the last two are buttons of the ribbon too, whose labels and pictures they have."""
