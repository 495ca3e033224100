"""LibreOffice Calc as a host: `=DSO(…)` in a cell calls the Python under it through the one door, `hosts/call`.

`shims` makes the Basic functions that give Calc the bare names, `service` answers them: `given` reads what Basic hands
over, `left_out` tells an argument left out from a 0, `cells` turns values over. `formulas`, `sheets` and `reasons` find
out for `WHY` what a cell computes. `extension` is all of it in one file for a user's office (built by `hosts/addin/oxt`
with the component in `addin/libreoffice`), with `buttons` and `dialogs`. Only `service`, `dialogs` and `extension` need
LibreOffice's own Python bridge (`uno`). There is no finance here: what is added to a finance room is found through the
catalogue. What users meet is in `docs/libreoffice.md`.
"""
