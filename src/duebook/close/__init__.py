"""The month-end run: open as of a date, age, tie out, fill, seal. May import every room but `desk` and `hosts`."""
