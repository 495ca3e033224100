"""Duebook: trade credit management inside Excel.

This package loads nothing heavy: the rooms below it (ledger, receivables, portfolio, books, close, hosts) are
imported where they are used, so that a worksheet function answers at once.
"""

__version__ = "0.1.0"
