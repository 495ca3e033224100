"""An open workbook: its named tables and cells, changes that are made whole or not at all and can be undone."""
