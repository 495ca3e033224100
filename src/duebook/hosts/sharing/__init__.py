"""Workbooks for colleagues: formulas frozen to values, or written in the dialect of another host."""
