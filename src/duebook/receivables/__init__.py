"""Receivables: aging, DSO, provision. Pure functions; may import `policy` and `core`."""
