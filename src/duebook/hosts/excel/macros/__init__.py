"""The buttons of the ribbon: plain functions of an open workbook, each declared once with `hosts/excel/buttons.button`.

To add one, write it in the module of its group. It reads named tables and cells through `live.tables`, calls the same
finance code as a cell or the command line, and writes through `live.changes`, whole or not at all. The ribbon, its
help in both languages, Lite's scripts and the docs are made from the declaration.
"""
