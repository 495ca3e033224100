"""Fills workbooks exactly: slots, rows, parts of the file. Knows no finance.

A *plan* (slot → rows or value) is applied to a template by a writer. May import `core` only.
"""
