"""Excel as a host, through xlwings: the only room that imports it (and never its licensed `pro` part).

`udfs` is what a worksheet function calls, `press` what a ribbon button calls, `macros` the buttons themselves, `live`
an open workbook (tables, changes that can be undone, filling). What a user installs is built in `hosts/addin`.
"""
