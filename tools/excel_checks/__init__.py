"""What `tools/windows_check.py` checks in a real Excel, a module per part: lists of steps, each a small function.

`steps` says what a step is and runs them one by one, `report` writes what was seen, `desk` is the Excel at hand. The
tests run the same steps against LibreOffice with a desk of their own; what only Excel has is then not tried.
"""
