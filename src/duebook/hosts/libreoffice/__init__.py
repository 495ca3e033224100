"""LibreOffice Calc as a host: `=DSO(…)` in a cell calls the Python under it through the one door, `hosts/call`.

`shims` makes the Basic functions that give Calc the bare names, `service` answers them, `cells` turns values over;
`formulas`, `sheets` and `reasons` find out for `WHY` what a cell computes. Only `service` needs LibreOffice's own
Python bridge (`uno`). There is no finance here: what is added to a finance room is found through the catalogue.
What users meet is in `docs/libreoffice.md`.
"""
