"""A made-up month end that the project owns: a trading company's ledger export, its customers and what is true of it.

May import `core`. Every draw comes from one seeded generator, so the same seed writes the same bytes on any machine.
To make the month richer, add to `trade.py` (what happens) or `blemishes.py` (how the export spoils it), never to both:
the truth is what happened, the files are what the export shows.
"""

from duebook.sample.month import SampleMonth, write_month

__all__ = ["SampleMonth", "write_month"]
