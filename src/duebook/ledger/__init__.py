"""Reads any export into one canonical ledger: files, columns, dates, checks.

`files` turns a file into raw tables of text, `canonical` turns raw tables into documents, allocations, customers and
problems. May import `core` only.
"""
